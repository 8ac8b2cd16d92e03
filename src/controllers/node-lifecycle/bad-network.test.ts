import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { Lease } from '../../api/kinds/coordination/lease.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { faultyApi, type FaultRates } from '../../client/fault-injection.ts';
import { Informers } from '../../client/informers.ts';
import { typedClient } from '../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { defaultFlags } from '../flags.ts';
import { nodeIpamController } from '../node-ipam/controller.ts';
import { taintEvictionController } from '../taint-eviction/controller.ts';
import { nodeLifecycleController } from './controller.ts';

const bad: FaultRates = {
  refused: 0.1,
  answerLost: 0.1,
  conflict: 0.1,
  late: 0.3,
  latencyMs: 500,
  watchBroken: 0.02,
  watchExpired: 0.1,
  frameLate: 0.1,
  frameTwice: 0.1,
};
const nodes = ['n0', 'n1', 'n2', 'n3'] as const;
const living = nodes.slice(0, 3);

for (let seed = 1; seed <= 3; seed++) {
  test(`over a bad network a lost node is told from the others, and only its pods go, seed ${seed}`, async () => {
    using plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    await plane.clock.advance(1_000);
    let rates: FaultRates | undefined = bad;
    const client = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng: seededRng(seed), rates: () => rates }),
      credentials: { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } },
    });
    const informers = new Informers(client, plane.env);
    const { env } = plane;
    const context = { client, informers, env, flags: { ...defaultFlags, clusterCidr: '10.0.0.0/16' }, kinds: () => [], reader: client };
    const started = Promise.all([nodeLifecycleController, taintEvictionController, nodeIpamController].map((one) => one.start(context)));
    for (const name of nodes) await register(plane, name);
    await live(plane, 30, nodes);
    await live(plane, 250, living);
    rates = undefined;
    await live(plane, 120, living);
    await started;
    const all = (await plane.client.list(Node)).items;
    assert.equal(new Set(all.map(({ spec }) => spec?.podCIDR)).size, nodes.length);
    for (const { metadata, spec } of all) {
      const effects = (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).toSorted();
      const lost = ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule'];
      assert.deepEqual(effects, metadata.name === 'n3' ? lost : [], metadata.name);
    }
    for (const pod of (await plane.client.list(Pod)).items) {
      const isLost = pod.spec.nodeName === 'n3';
      assert.deepEqual([isReady(pod), pod.metadata.deletionTimestamp !== undefined], [!isLost, isLost], pod.metadata.name);
    }
  });
}

const microNow = ({ clock }: VirtualControlPlane): string => timestampOf(clock.now()).replace('Z', '.000000Z');

/** With a pod on it that is ready. */
async function register(plane: VirtualControlPlane, name: string): Promise<void> {
  const { client, clock } = plane;
  await client.create(Node, { metadata: { name }, spec: {}, status: {} });
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: timestampOf(clock.now()) };
  await client.patch(Node, { name }, 'merge', { status: { conditions: [ready] } }, { subresource: 'status' });
  const renewTime = microNow(plane);
  await client.create(Lease, { metadata: { namespace: 'kube-node-lease', name }, spec: { holderIdentity: name, renewTime } });
  const tolerations = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds: 30 },
  ];
  await client.create(Pod, {
    metadata: { namespace: 'default', name: `on-${name}` },
    spec: { nodeName: name, tolerations, containers: [{ name: 'c', image: 'i' }] },
    status: {},
  });
  const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  await client.patch(Pod, { namespace: 'default', name: `on-${name}` }, 'merge', running, { subresource: 'status' });
}

async function live(plane: VirtualControlPlane, seconds: number, names: readonly string[]): Promise<void> {
  for (let at = 0; at < seconds; at += 10) {
    await plane.clock.advance(10_000);
    for (const name of names)
      await plane.client.patch(Lease, { namespace: 'kube-node-lease', name }, 'merge', { spec: { renewTime: microNow(plane) } });
  }
}
