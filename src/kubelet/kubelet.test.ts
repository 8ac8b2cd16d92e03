import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Lease as LeaseType } from '../api/generated/coordination/v1.ts';
import type { Node as NodeType } from '../api/generated/core/v1.ts';
import { Lease } from '../api/kinds/coordination/lease.ts';
import { Node } from '../api/kinds/core/node.ts';
import { isReady } from '../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { TrialKubelet } from './trial.ts';

describe('kubelet', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const nodeOf = (): Promise<NodeType> => plane.client.get<NodeType>(Node, { name: 'node01' });
  const leaseOf = (): Promise<LeaseType> => plane.client.get<LeaseType>(Lease, { namespace: 'kube-node-lease', name: 'node01' });
  const readyOf = async () => (await nodeOf()).status.conditions?.find(({ type }) => type === 'Ready');

  test('a node is registered with what its kubelet was told', async () => {
    const taints = [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' as const }];
    const node = new TrialKubelet(plane.client, plane.env, {
      nodeLabels: { zone: 'a' },
      registerWithTaints: taints,
      systemReserved: { cpu: '500m', memory: '1Gi' },
    });
    await node.start();
    await plane.clock.advance(100);
    const { metadata, spec, status } = await nodeOf();
    assert.equal(metadata.labels?.['kubernetes.io/hostname'], 'node01');
    assert.equal(metadata.labels?.['zone'], 'a');
    assert.deepEqual(
      spec.taints?.find(({ key }) => key === 'dedicated'),
      taints[0],
    );
    assert.equal(spec.podCIDR, '10.244.1.0/24');
    assert.deepEqual(status.capacity, { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' });
    assert.deepEqual(status.allocatable, { cpu: '3500m', memory: '7Gi', pods: '110', 'ephemeral-storage': '100Gi' });
    assert.deepEqual(
      status.conditions?.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`),
      [
        'MemoryPressure False KubeletHasSufficientMemory',
        'DiskPressure False KubeletHasNoDiskPressure',
        'PIDPressure False KubeletHasSufficientPID',
        'Ready True KubeletReady',
      ],
    );
    assert.deepEqual(status.addresses, [
      { type: 'InternalIP', address: '172.18.0.3' },
      { type: 'Hostname', address: 'node01' },
    ]);
    assert.equal(status.nodeInfo?.containerRuntimeVersion, 'simulated://1.0.0');
    assert.deepEqual(await node.eventsOf('node01'), [
      'Starting: Starting kubelet.',
      'NodeHasSufficientMemory: Node node01 status is now: NodeHasSufficientMemory',
      'NodeHasNoDiskPressure: Node node01 status is now: NodeHasNoDiskPressure',
      'NodeHasSufficientPID: Node node01 status is now: NodeHasSufficientPID',
      'NodeReady: Node node01 status is now: NodeReady',
    ]);
  });

  test('a node without a network is not ready, until it is given its range of addresses', async () => {
    const node = new TrialKubelet(plane.client, plane.env, { podCidr: '' });
    await node.start();
    await plane.clock.advance(1000);
    assert.equal(
      (await readyOf())?.message,
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    );
    await node.run('early', { containers: [{ name: 'main', image: 'nginx' }] });
    await plane.clock.advance(2000);
    assert.ok(
      (await node.eventsOf('early')).some((event) =>
        event.startsWith('NetworkNotReady: network is not ready: container runtime network not ready'),
      ),
    );
    await plane.client.patch(Node, { name: 'node01' }, 'merge', { spec: { podCIDR: '10.244.7.0/24', podCIDRs: ['10.244.7.0/24'] } });
    await plane.clock.settle();
    assert.equal((await readyOf())?.status, 'True');
    await plane.until(async () => isReady(await node.pod('early')));
    assert.equal((await node.pod('early')).status.podIP, '10.244.7.2');
  });

  test('the lease is owned by the node and renewed, and nothing else is written while nothing happens', async () => {
    const node = new TrialKubelet(plane.client, plane.env);
    await node.start();
    await node.run('web', { containers: [{ name: 'main', image: 'nginx' }] });
    await plane.clock.advance(30_000);
    const { metadata, spec } = await leaseOf();
    assert.deepEqual([spec.holderIdentity, spec.leaseDurationSeconds], ['node01', 40]);
    assert.deepEqual(metadata.ownerReferences, [{ apiVersion: 'v1', kind: 'Node', name: 'node01', uid: (await nodeOf()).metadata.uid }]);
    const before = { node: await nodeOf(), pod: await node.pod('web'), timers: plane.timersFired() };
    await plane.clock.advance(60_000);
    assert.ok(Date.parse((await leaseOf()).spec.renewTime!) > Date.parse(spec.renewTime!) + 40_000);
    assert.equal((await nodeOf()).metadata.resourceVersion, before.node.metadata.resourceVersion);
    assert.equal((await node.pod('web')).metadata.resourceVersion, before.pod.metadata.resourceVersion);
    await plane.clock.advance(300_000);
    assert.notEqual((await nodeOf()).metadata.resourceVersion, before.node.metadata.resourceVersion);
  });

  test('what others say of the node’s readiness is put right at once', async () => {
    const node = new TrialKubelet(plane.client, plane.env);
    await node.start();
    await plane.clock.advance(1000);
    const condition = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    await plane.client.patch(Node, { name: 'node01' }, 'strategic', { status: { conditions: [condition] } }, { subresource: 'status' });
    await plane.clock.settle();
    assert.deepEqual([(await readyOf())?.status, (await readyOf())?.reason], ['True', 'KubeletReady']);
  });

  test('a kubelet that is started again goes on with what runs', async () => {
    const probe = { httpGet: { port: 80 }, periodSeconds: 5 };
    const node = new TrialKubelet(plane.client, plane.env);
    await node.start();
    await node.run('web', { containers: [{ name: 'main', image: 'nginx', readinessProbe: probe }] });
    await node.run('left', { containers: [{ name: 'main', image: 'nginx' }], terminationGracePeriodSeconds: 1 });
    await plane.until(async () => isReady(await node.pod('web')));
    const before = await node.pod('web');
    await node.stop();
    await node.forceDelete('left');
    await plane.clock.advance(60_000);
    await node.start();
    const wasUnready = await unreadyWithin(30_000, async () => isReady(await node.pod('web')));
    const { status } = await node.pod('web');
    assert.equal(wasUnready, false);
    assert.deepEqual(status.containerStatuses, before.status.containerStatuses);
    assert.equal(status.podIP, before.status.podIP);
    const left = (await node.runtime.listPodSandbox()).map(({ metadata }) => metadata.name);
    assert.deepEqual(left, ['web']);
  });

  async function unreadyWithin(ms: number, ready: () => Promise<boolean>): Promise<boolean> {
    let unready = false;
    for (let passed = 0; passed < ms; passed += 500) {
      await plane.clock.advance(500);
      unready ||= !(await ready());
    }
    return unready;
  }

  test('pods whose machine was without power come back, in a new sandbox', async () => {
    const node = new TrialKubelet(plane.client, plane.env);
    await node.start();
    await node.run('web', { containers: [{ name: 'main', image: 'nginx' }] });
    await plane.until(async () => isReady(await node.pod('web')));
    const before = await node.pod('web');
    await node.stop();
    node.runtime.powerOff();
    await plane.clock.advance(60_000);
    node.runtime.powerOn();
    await node.start();
    await plane.clock.advance(10_000);
    const { status } = await node.pod('web');
    assert.equal(status.containerStatuses?.[0]?.restartCount, 1);
    assert.ok(status.containerStatuses?.[0]?.lastState?.terminated);
    assert.deepEqual(status.podIPs, [{ ip: status.podIP }]);
    assert.notEqual(status.podIP, before.status.podIP);
    assert.ok(isReady(await node.pod('web')));
    assert.ok((await node.eventsOf('web')).includes('SandboxChanged: Pod sandbox changed, it will be killed and re-created.'));
  });
});
