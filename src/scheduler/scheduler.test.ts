import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Running } from '../base/component.ts';
import type { Pod as PodType, PodSpec } from '../api/generated/core/v1.ts';
import { PriorityClass } from '../api/kinds/scheduling/priorityclass.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { Event } from '../api/kinds/events/event.ts';
import { podCondition } from '../api/pods/pod-state.ts';
import { typedClient } from '../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import type { KubeSchedulerConfiguration } from './config.ts';
import type { PluginFactory } from './framework.ts';
import { defaultPlugins } from './plugins/all.ts';
import { kubeScheduler } from './scheduler.ts';
import { testNode } from './plugins/test-objects.ts';

const namespace = 'default';
let plane: VirtualControlPlane;
let running: Running | undefined;

describe('kube-scheduler', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
  });
  afterEach(async () => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
    plane[Symbol.dispose]();
  });

  /** With the rights of the real one, and no more. */
  async function start(config?: KubeSchedulerConfiguration, plugins?: readonly PluginFactory[]): Promise<void> {
    const user = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };
    const client = typedClient({ api: plane.api.call, credentials: { by: 'identity', user }, userAgent: 'kube-scheduler' });
    running = await kubeScheduler({ client, ...(config && { config }), ...(plugins && { plugins }) }).start(plane.env);
    await running.ready;
  }

  /** A node that is ready: new ones are tainted until somebody says so. */
  async function addNode(name: string, parts: Parameters<typeof testNode>[1] = {}): Promise<void> {
    await plane.client.create(Node, testNode(name, parts));
    await plane.client.patch(Node, { name }, 'merge', { spec: { taints: parts.taints ?? null } });
  }

  const get = (name: string): Promise<PodType> => plane.client.get(Pod, { namespace, name });

  async function addPod(name: string, cpu = '1', spec: Partial<PodSpec> = {}): Promise<PodType> {
    const containers = [{ name: 'c', image: 'app', resources: { requests: { cpu } } }];
    return plane.client.create(Pod, {
      metadata: { name, namespace },
      spec: { containers, automountServiceAccountToken: false, ...spec },
      status: {},
    });
  }

  async function nodesOf(...names: string[]): Promise<(string | undefined)[]> {
    return (await Promise.all(names.map(get))).map(({ spec }) => spec.nodeName);
  }

  async function eventsOf(name: string): Promise<string[]> {
    const { items } = await plane.client.list(Event, { namespace });
    const about = items.filter(({ regarding }) => regarding?.name === name);
    return about.map(
      ({ type, reason, action, note, reportingController }) => `${type} ${reason} ${action} ${reportingController}: ${note}`,
    );
  }

  test('a pod is bound to a node that has room, and an event tells it', async () => {
    await addNode('small', { allocatable: { cpu: '500m' } });
    await addNode('big');
    await start();
    await addPod('web');
    await plane.clock.advance(100);
    const pod = await get('web');
    assert.equal(pod.spec.nodeName, 'big');
    assert.equal(podCondition(pod, 'PodScheduled')?.status, 'True');
    assert.deepEqual(await eventsOf('web'), ['Normal Scheduled Binding default-scheduler: Successfully assigned default/web to big']);
  });

  test('pods spread over nodes as they fill, and none is promised more than it has', async () => {
    for (const name of ['a', 'b', 'c']) await addNode(name);
    await start();
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    for (const name of names) await addPod(name);
    await plane.clock.advance(1000);
    const nodes = await nodesOf(...names);
    assert.deepEqual(
      ['a', 'b', 'c'].map((node) => nodes.filter((one) => one === node).length),
      [4, 4, 4],
    );
  });

  test('the same seed places pods alike', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    async function placed(): Promise<(string | undefined)[]> {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await addNode(name);
      await start();
      for (const name of names) await addPod(name, '100m');
      await plane.clock.advance(1000);
      return nodesOf(...names);
    }
    const first = await placed();
    plane[Symbol.dispose]();
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    assert.deepEqual(await placed(), first);
  });

  test('a pod that fits nowhere says why, and is bound when a node comes that has room', async () => {
    await addNode('small', { allocatable: { cpu: '500m' } });
    await addNode('cordoned', { unschedulable: true });
    await start();
    await addPod('web');
    await plane.clock.advance(100);
    const condition = podCondition(await get('web'), 'PodScheduled');
    const message =
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. ' +
      'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    assert.deepEqual([condition?.status, condition?.reason, condition?.message], ['False', 'Unschedulable', message]);
    assert.deepEqual(await eventsOf('web'), [`Warning FailedScheduling Scheduling default-scheduler: ${message}`]);
    await addNode('big');
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('web'), ['big']);
  });

  test('without any node a pod is unschedulable, and is tried again until there is one', async () => {
    await start();
    await addPod('web');
    await plane.clock.advance(100);
    const condition = podCondition(await get('web'), 'PodScheduled');
    assert.deepEqual([condition?.reason, condition?.message], ['Unschedulable', 'no nodes available to schedule pods']);
    await addNode('n');
    await plane.clock.advance(11_000);
    assert.deepEqual(await nodesOf('web'), ['n']);
  });

  test('a pod waits for room until another pod goes', async () => {
    await addNode('n', { allocatable: { cpu: '1' } });
    await start();
    await addPod('first');
    await plane.clock.advance(100);
    await addPod('second');
    await plane.clock.advance(1000);
    assert.deepEqual(await nodesOf('first', 'second'), ['n', undefined]);
    await plane.client.delete(Pod, { namespace, name: 'first' }, { gracePeriodSeconds: 0 });
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('second'), ['n']);
  });

  test('a gated pod is not tried before its gates are gone', async () => {
    await addNode('n');
    await start();
    const gated = await addPod('web', '1', { schedulingGates: [{ name: 'example.com/wait' }] });
    await plane.clock.advance(1000);
    const waiting = await get('web');
    assert.equal(waiting.spec.nodeName, undefined);
    assert.equal(podCondition(waiting, 'PodScheduled')?.reason, 'SchedulingGated');
    await plane.client.patch(Pod, { namespace, name: 'web' }, 'merge', {
      spec: { schedulingGates: [] },
      metadata: { uid: gated.metadata.uid },
    });
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('web'), ['n']);
  });

  test('only pods of its profiles are its business', async () => {
    await addNode('n');
    await start({ profiles: [{ schedulerName: 'mine', plugins: { multiPoint: { disabled: [{ name: 'ImageLocality' }] } } }] });
    await addPod('default');
    await addPod('mine', '1', { schedulerName: 'mine' });
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('default', 'mine'), [undefined, 'n']);
    assert.match((await eventsOf('mine'))[0]!, /^Normal Scheduled Binding mine: /);
  });

  test('what another scheduler binds takes its room', async () => {
    await addNode('n', { allocatable: { cpu: '1' } });
    await start();
    await addPod('foreign', '1', { nodeName: 'n' });
    await addPod('own');
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('own'), [undefined]);
  });

  test('a pod that has finished takes no room', async () => {
    await addNode('n', { allocatable: { cpu: '1' } });
    await start();
    await addPod('job');
    await plane.clock.advance(100);
    await plane.client.patch(Pod, { namespace, name: 'job' }, 'merge', { status: { phase: 'Succeeded' } }, { subresource: 'status' });
    await addPod('next');
    await plane.clock.advance(100);
    assert.deepEqual(await nodesOf('next'), ['n']);
  });

  test('a binding that fails is told as an error, holds no room, and is tried again after a while', async () => {
    await addNode('n', { allocatable: { cpu: '1' } });
    const refused = new Set(['unlucky']);
    const flaky: PluginFactory = {
      name: 'Flaky',
      make: () => ({
        name: 'Flaky',
        preBind: async (_state, { pod }) => (refused.delete(pod.metadata.name ?? '') ? { code: 'Error', reasons: ['no luck'] } : undefined),
      }),
    };
    await start({}, [...defaultPlugins, flaky]);
    await addPod('unlucky');
    await plane.clock.advance(100);
    const condition = podCondition(await get('unlucky'), 'PodScheduled');
    assert.deepEqual([condition?.reason, condition?.message], ['SchedulerError', 'running PreBind plugin "Flaky": no luck']);
    await plane.clock.advance(3000);
    assert.deepEqual(await nodesOf('unlucky'), ['n']);
  });

  test('a pod that is deleted while it waits is not scheduled', async () => {
    await start();
    await addPod('web');
    await plane.clock.advance(100);
    await plane.client.delete(Pod, { namespace, name: 'web' }, { gracePeriodSeconds: 0 });
    await addNode('n');
    await plane.clock.advance(11_000);
    assert.ok(!(await eventsOf('web')).some((event) => event.includes('Successfully assigned')));
  });

  test('a stopped scheduler binds nothing more', async () => {
    await addNode('n');
    await start();
    await running![Symbol.asyncDispose]();
    await addPod('web');
    await plane.clock.advance(10_000);
    assert.deepEqual(await nodesOf('web'), [undefined]);
  });

  describe('preemption', () => {
    beforeEach(async () => {
      for (const [name, value] of [
        ['high', 1000],
        ['polite', 1000],
        ['low', 1],
      ] as const) {
        const preemptionPolicy = name === 'polite' ? 'Never' : 'PreemptLowerPriority';
        await plane.client.create(PriorityClass, { metadata: { name }, value, preemptionPolicy });
      }
    });

    const ofClass = (priorityClassName: string) => ({ priorityClassName });

    test('a more important pod takes the room of a less important one, once that has gone', async () => {
      await addNode('n', { allocatable: { cpu: '1' } });
      await start();
      await addPod('victim', '1', ofClass('low'));
      await plane.clock.advance(100);
      const { metadata } = await addPod('urgent', '1', ofClass('high'));
      await plane.clock.advance(100);
      const [victim, urgent] = [await get('victim'), await get('urgent')];
      assert.ok(victim.metadata.deletionTimestamp);
      const target = podCondition(victim, 'DisruptionTarget');
      assert.deepEqual(
        [target?.status, target?.reason, target?.message],
        ['True', 'PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod'],
      );
      assert.deepEqual([urgent.spec.nodeName, urgent.status?.nominatedNodeName], [undefined, 'n']);
      assert.equal(podCondition(urgent, 'PodScheduled')?.message, '0/1 nodes are available: 1 Insufficient cpu.');
      assert.ok(
        (await eventsOf('victim')).includes(`Normal Preempted Preempting default-scheduler: Preempted by pod ${metadata.uid} on node n`),
      );
      await addPod('late', '1', ofClass('low'));
      await plane.client.delete(Pod, { namespace, name: 'victim' }, { gracePeriodSeconds: 0 });
      await plane.clock.advance(100);
      assert.deepEqual(await nodesOf('urgent', 'late'), ['n', undefined]);
    });

    test('a pod whose policy is never to preempt waits', async () => {
      await addNode('n', { allocatable: { cpu: '1' } });
      await start();
      await addPod('victim', '1', ofClass('low'));
      await plane.clock.advance(100);
      await addPod('polite', '1', ofClass('polite'));
      await plane.clock.advance(100);
      assert.equal((await get('victim')).metadata.deletionTimestamp, undefined);
      assert.equal(
        podCondition(await get('polite'), 'PodScheduled')?.message,
        '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
      );
    });

    test('of two nodes the one is chosen whose victim matters least', async () => {
      await addNode('a', { allocatable: { cpu: '1' } });
      await addNode('b', { allocatable: { cpu: '1' } });
      await start();
      await addPod('plain', '1', { nodeName: 'a' });
      await addPod('lowly', '1', { nodeName: 'b', priorityClassName: 'low' });
      await addPod('urgent', '1', ofClass('high'));
      await plane.clock.advance(100);
      assert.equal((await get('urgent')).status?.nominatedNodeName, 'a');
      assert.deepEqual(
        [await get('plain'), await get('lowly')].map(({ metadata }) => metadata.deletionTimestamp !== undefined),
        [true, false],
      );
    });
  });
});
