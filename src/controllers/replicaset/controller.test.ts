import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import type { Event as EventObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ResourceQuota } from '../../api/kinds/core/resourcequota.ts';
import type { KubeObject } from '../../api/meta.ts';
import { isActive } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { controllerOf } from '../../workloads/owner.ts';

const namespace = 'shop';
const labels = { app: 'web' };
const web = { namespace, name: 'web' };

describe('replica set controller', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({
      controllers: ['replicaset-controller', 'serviceaccount-controller', 'garbage-collector-controller'],
    });
    await plane.client.create<KubeObject>(Namespace, { metadata: { name: namespace } });
    await plane.clock.advance(100);
  });
  afterEach(() => plane[Symbol.dispose]());

  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  const create = (spec: Partial<ReplicaSetObject['spec']> = {}): Promise<ReplicaSetObject> =>
    plane.client.create<ReplicaSetObject>(ReplicaSet, {
      metadata: web,
      spec: { replicas: 3, selector: { matchLabels: labels }, template, ...spec },
      status: { replicas: 0 },
    });
  const read = () => plane.client.get(ReplicaSet, web);
  const scale = (replicas: number) => plane.client.patch(ReplicaSet, web, 'merge', { spec: { replicas } });
  const pods = async (): Promise<PodObject[]> => (await plane.client.list(Pod, { namespace })).items.filter(isActive);
  const events = async (): Promise<EventObject[]> => [...(await plane.client.list(Event, { namespace })).items];
  const settle = () => plane.clock.advance(100);

  /** What a kubelet would say. */
  async function becomeReady(pod: PodObject): Promise<void> {
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: timestampOf(plane.clock.now()) };
    const at = { namespace, name: pod.metadata.name! };
    await plane.client.patch(Pod, at, 'merge', { status: { phase: 'Running', conditions: [ready] } }, { subresource: 'status' });
  }

  test('as many pods come and go as are asked for', async () => {
    await create();
    await settle();
    assert.equal((await pods()).length, 3);
    for (const replicas of [7, 2, 0]) {
      await scale(replicas);
      await settle();
      assert.equal((await pods()).length, replicas);
      const { metadata, status } = await read();
      assert.deepEqual([status?.replicas, status?.observedGeneration], [replicas, metadata.generation]);
    }
  });

  test('more than a burst of pods come, each once', async () => {
    await create({ replicas: 520 });
    await settle();
    assert.equal((await pods()).length, 520);
    assert.equal((await read()).status?.fullyLabeledReplicas, 520);
  });

  test('who made a pod is told', async () => {
    await create({ replicas: 1 });
    await settle();
    const [pod] = await pods();
    const [event] = await events();
    assert.equal(event?.message, `Created pod: ${pod!.metadata.name}`);
    assert.deepEqual([event.reason, event.source?.component], ['SuccessfulCreate', 'replicaset-controller']);
    assert.deepEqual([event.involvedObject.kind, event.involvedObject.apiVersion], ['ReplicaSet', 'apps/v1']);
  });

  test('a pod that fails, or is deleted, is replaced at once', async () => {
    await create({ replicas: 2 });
    await settle();
    const [failed, deleted] = await pods();
    await plane.client.patch(
      Pod,
      { namespace, name: failed!.metadata.name! },
      'merge',
      { status: { phase: 'Failed' } },
      { subresource: 'status' },
    );
    await plane.client.delete(Pod, { namespace, name: deleted!.metadata.name! });
    await settle();
    const now = (await pods()).map(({ metadata }) => metadata.name);
    assert.equal(now.length, 2);
    assert.ok(!now.includes(deleted!.metadata.name) && !now.includes(failed!.metadata.name));
  });

  test('ready pods count as available only after minReadySeconds, without any further change', async () => {
    await create({ replicas: 1, minReadySeconds: 30 });
    await settle();
    await becomeReady((await pods())[0]!);
    await settle();
    assert.deepEqual([(await read()).status?.readyReplicas, (await read()).status?.availableReplicas], [1, undefined]);
    await plane.clock.advance(29_000);
    assert.equal((await read()).status?.availableReplicas, undefined);
    await plane.clock.advance(1_000);
    assert.equal((await read()).status?.availableReplicas, 1);
  });

  test('the pod that is not ready goes first', async () => {
    await create();
    await settle();
    const [, keep] = await pods();
    await becomeReady(keep!);
    await scale(1);
    await settle();
    assert.deepEqual(
      (await pods()).map(({ metadata }) => metadata.name),
      [keep!.metadata.name],
    );
  });

  test('an orphan is adopted in place of a new pod, and one that is relabelled is let go and replaced', async () => {
    await plane.client.create<KubeObject>(Pod, { metadata: { namespace, name: 'orphan', labels }, spec: template.spec } as KubeObject);
    await create({ replicas: 1 });
    await settle();
    assert.deepEqual(
      (await pods()).map(({ metadata }) => metadata.name),
      ['orphan'],
    );
    assert.equal(controllerOf((await pods())[0]!)?.name, 'web');
    await plane.client.patch(Pod, { namespace, name: 'orphan' }, 'merge', { metadata: { labels: { app: 'else' } } });
    await settle();
    const owners = new Set((await pods()).map((pod) => `${pod.metadata.name === 'orphan' ? 'orphan' : 'new'}: ${controllerOf(pod)?.name}`));
    assert.deepEqual(owners, new Set(['orphan: undefined', 'new: web']));
  });

  test('an orphan that comes later is adopted, and one pod too many goes', async () => {
    await create({ replicas: 1 });
    await settle();
    await plane.client.create<KubeObject>(Pod, { metadata: { namespace, name: 'orphan', labels }, spec: template.spec } as KubeObject);
    await settle();
    assert.equal((await pods()).length, 1);
  });

  test('pods on their way out are counted apart until they are gone', async () => {
    await create({ template: { ...template, metadata: { labels, finalizers: ['example.com/hold'] } } });
    await settle();
    await scale(1);
    await settle();
    const { status } = await read();
    assert.deepEqual([status?.replicas, status?.terminatingReplicas], [1, 2]);
  });

  test('what a quota forbids is told in a condition until it is allowed', async () => {
    await plane.client.create<KubeObject>(ResourceQuota, {
      metadata: { namespace, name: 'q' },
      spec: { hard: { pods: '2' } },
    } as KubeObject);
    await plane.client.patch(
      ResourceQuota,
      { namespace, name: 'q' },
      'merge',
      { status: { hard: { pods: '2' }, used: { pods: '0' } } },
      { subresource: 'status' },
    );
    await create({ replicas: 10 });
    await settle();
    const { status } = await read();
    assert.equal(status?.replicas, 2);
    assert.equal(status.conditions?.[0]?.reason, 'FailedCreate');
    assert.match(status.conditions[0].message!, /^pods "web-.*" is forbidden: exceeded quota: q/);
    assert.ok(
      (await events()).some(({ reason, message }) => reason === 'FailedCreate' && message?.startsWith('Error creating: pods "web-')),
    );
    await plane.client.delete<KubeObject>(ResourceQuota, { namespace, name: 'q' });
    await plane.until(async () => (await pods()).length === 10);
    await settle();
    assert.equal((await read()).status?.conditions, undefined);
  });

  test('a replica set that is being deleted makes no pods', async () => {
    await create({ replicas: 2 });
    await settle();
    await plane.client.patch(ReplicaSet, web, 'merge', { metadata: { finalizers: ['example.com/hold'] } });
    await plane.client.delete(ReplicaSet, web);
    await plane.client.delete(Pod, { namespace, name: (await pods())[0]!.metadata.name! });
    await settle();
    assert.equal((await pods()).length, 1);
  });
});
