import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Lease } from '../../api/kinds/coordination/lease.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { nodeCondition } from './health.ts';

let plane: VirtualControlPlane;
describe('node lifecycle controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  async function register(name: string, ready = 'True'): Promise<void> {
    await plane.client.create(Node, { metadata: { name, labels: { 'kubernetes.io/os': 'linux' } }, spec: {}, status: {} });
    await post(name, ready);
    await plane.client.create(Lease, {
      metadata: { namespace: 'kube-node-lease', name },
      spec: { holderIdentity: name, renewTime: microNow() },
    });
  }
  const microNow = () => timestampOf(plane.clock.now()).replace('Z', '.000000Z');

  async function post(name: string, status: string): Promise<void> {
    const now = timestampOf(plane.clock.now());
    const condition = { type: 'Ready', status, reason: 'Kubelet', message: '', lastHeartbeatTime: now, lastTransitionTime: now };
    await plane.client.patch(Node, { name }, 'merge', { status: { conditions: [condition] } }, { subresource: 'status' });
  }
  const renew = (name: string) =>
    plane.client.patch(Lease, { namespace: 'kube-node-lease', name }, 'merge', { spec: { renewTime: microNow() } });
  const nodeNow = (name: string) => plane.client.get(Node, { name });
  const taintsOf = async (name: string) =>
    ((await nodeNow(name)).spec?.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);
  const messages = async (reason: string) =>
    (await plane.client.list(Event)).items.filter((event) => event.reason === reason).map(({ message }) => message);

  /** Lets time pass while the named kubelets live. */
  async function live(seconds: number, ...names: string[]): Promise<void> {
    for (let at = 0; at < seconds; at += 10) {
      await plane.clock.advance(10_000);
      for (const name of names) await renew(name);
    }
  }

  async function runPod(name: string, nodeName: string): Promise<void> {
    const pod = await plane.client.create(Pod, {
      metadata: { namespace: 'default', name },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
    await plane.client.updateStatus(Pod, {
      ...pod,
      status: { ...pod.status, phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });
  }
  const isPodReady = async (name: string) => podCondition(await plane.client.get(Pod, { namespace: 'default', name }), 'Ready')?.status;

  test('a node that becomes ready loses its taint at once, and has the old labels', async () => {
    await register('n1');
    await plane.clock.advance(100);
    assert.deepEqual(await taintsOf('n1'), []);
    assert.equal((await nodeNow('n1')).metadata.labels?.['beta.kubernetes.io/os'], 'linux');
    assert.deepEqual(await messages('RegisteredNode'), ['Node n1 event: Registered Node n1 in Controller']);
  });

  test('a cordoned node is tainted, until it is uncordoned', async () => {
    await register('n1');
    await plane.client.patch(Node, { name: 'n1' }, 'merge', { spec: { unschedulable: true } });
    await plane.until(async () => (await taintsOf('n1')).includes('unschedulable:NoSchedule'));
    await plane.client.patch(Node, { name: 'n1' }, 'merge', { spec: { unschedulable: null } });
    await plane.until(async () => (await taintsOf('n1')).length === 0);
  });

  test('a kubelet that falls silent: Unknown, taints, pods not ready; and all well when it is back', async () => {
    await register('n1');
    await register('n2');
    await runPod('p', 'n1');
    await live(50, 'n1', 'n2');
    assert.equal(nodeCondition(await nodeNow('n1'), 'Ready')?.status, 'True');
    await live(40, 'n2');
    assert.equal(nodeCondition(await nodeNow('n1'), 'Ready')?.status, 'True');
    await live(30, 'n2');
    const lost = await nodeNow('n1');
    for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'])
      assert.equal(nodeCondition(lost, type)?.status, 'Unknown', type);
    assert.equal(nodeCondition(lost, 'Ready')?.message, 'Kubelet stopped posting node status.');
    assert.deepEqual(await taintsOf('n1'), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
    assert.equal(await isPodReady('p'), 'False');
    assert.deepEqual(await messages('NodeNotReady'), ['Node n1 status is now: NodeNotReady', 'Node is not ready']);
    assert.deepEqual(await taintsOf('n2'), []);
    await post('n1', 'True');
    await plane.clock.advance(100);
    assert.deepEqual(await taintsOf('n1'), []);
  });

  test('nodes of a zone are tainted one by one', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await register(name);
    await plane.clock.advance(6_000);
    for (const name of ['a', 'b']) await post(name, 'False');
    const evicting = async () =>
      (await Promise.all(['a', 'b'].map(taintsOf))).flat().filter((taint) => taint === 'not-ready:NoExecute').length;
    await plane.until(async () => (await evicting()) === 1);
    await plane.clock.advance(9_000);
    assert.equal(await evicting(), 1);
    await plane.clock.advance(1_500);
    assert.equal(await evicting(), 2);
  });

  test('when no node is ready any more, nobody is evicted', async () => {
    for (const name of ['a', 'b']) await register(name);
    await live(200);
    for (const name of ['a', 'b']) assert.deepEqual(await taintsOf(name), ['unreachable:NoSchedule']);
  });

  test('a node that is removed is forgotten', async () => {
    await register('n1');
    await plane.clock.advance(6_000);
    await plane.client.delete(Node, { name: 'n1' });
    await plane.clock.advance(6_000);
    assert.deepEqual(await messages('RemovingNode'), ['Node n1 event: Removing Node n1 from Controller']);
  });

  test('a pod bound to a node that is not ready is marked', async () => {
    await register('n1', 'False');
    await register('n2');
    await plane.clock.advance(6_000);
    const pod = await plane.client.create(Pod, {
      metadata: { namespace: 'default', name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
    await plane.client.updateStatus(Pod, { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: 'True' }] } });
    await plane.clock.advance(100);
    const at = { group: '', version: 'v1', resource: 'pods', namespace: 'default', name: 'p', subresource: 'binding' };
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace: 'default', name: 'p' },
      target: { kind: 'Node', name: 'n1' },
    };
    await plane.client.createSub(at, binding);
    await plane.until(async () => (await isPodReady('p')) === 'False');
  });
});
