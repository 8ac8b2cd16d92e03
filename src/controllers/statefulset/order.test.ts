import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng, type Rng } from '../../base/rng.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { playKubelet, setPodStatus } from '../../workloads/trial-kubelet.ts';
import { isRunningAndReady } from './pod-state.ts';
import { revisionOf } from './pod-identity.ts';
import { at, trialSet, type TrialSet } from './trial-set.ts';

/** What people and fate do to a set, one thing at a time. */
async function disturb(plane: VirtualControlPlane, set: TrialSet, rng: Rng): Promise<void> {
  const pods = await set.pods();
  const victim = pods[rng.below(Math.max(1, pods.length))];
  const deeds = [
    () => set.patch({ replicas: rng.below(5) }),
    () => set.setImage('abcd'[rng.below(4)]!),
    () => set.patch({ updateStrategy: { rollingUpdate: { partition: rng.below(3), maxUnavailable: 1 + rng.below(2) } } }),
    () => victim && plane.client.delete(Pod, { namespace: at.namespace, name: victim.metadata.name! }),
    () => victim && setPodStatus(plane, victim, 'Running', false),
    () => victim && setPodStatus(plane, victim, 'Failed', false),
  ];
  await deeds[rng.below(deeds.length)]!();
}

/** Notes each pod that is made while one before it is missing, going, or not ready. */
function watchOrder(plane: VirtualControlPlane): string[] {
  const there = new Map<string, PodObject>();
  const breaches: string[] = [];
  const event = (type: string, pod: PodObject) => {
    const name = pod.metadata.name!;
    if (type === 'DELETED') there.delete(name);
    else there.set(name, pod);
    const ordinal = Number(name.slice('web-'.length));
    if (type !== 'ADDED') return;
    for (let before = 0; before < ordinal; before++) {
      const earlier = there.get(`web-${before}`);
      if (!earlier || !isRunningAndReady(earlier) || earlier.metadata.deletionTimestamp) breaches.push(`${name} before web-${before}`);
    }
  };
  plane.client.watch(Pod, { namespace: at.namespace }, {}, { event, end: () => undefined });
  return breaches;
}

const trials = [
  [1, 'OrderedReady'],
  [2, 'OrderedReady'],
  [4, 'Parallel'],
] as const;

for (const [seed, podManagementPolicy] of trials) {
  test(`whatever happens, a set becomes what it is to be (${podManagementPolicy}, seed ${seed})`, async () => {
    using plane = await startVirtualControlPlane({ controllers: ['statefulset-controller', 'serviceaccount-controller'] });
    await plane.clock.advance(100);
    const rng = seededRng(seed);
    const set = trialSet(plane.client);
    const breaches = watchOrder(plane);
    playKubelet(plane, at.namespace, { readyAfterMs: () => 50 + rng.below(300), goneAfterMs: () => 50 + rng.below(300) });
    await set.create({ podManagementPolicy });
    for (let n = 0; n < 20; n++) {
      await plane.clock.advance(rng.below(400));
      await disturb(plane, set, rng);
    }
    await set.patch({ replicas: 3, updateStrategy: { rollingUpdate: { partition: 0 } } });
    await plane.clock.advance(2_000);
    // Who was made unready by fate stays so until a kubelet looks again.
    for (const pod of await set.pods()) if (!pod.metadata.deletionTimestamp) await setPodStatus(plane, pod, 'Running', true);
    await plane.until(async () => {
      const { status } = await set.read();
      for (const pod of await set.pods())
        if (!pod.metadata.deletionTimestamp && pod.status.phase === 'Running' && !isRunningAndReady(pod))
          await setPodStatus(plane, pod, 'Running', true);
      return [status.replicas, status.readyReplicas, status.updatedReplicas, status.currentReplicas].every((count) => count === 3);
    });
    const { status } = await set.read();
    assert.equal(status.currentRevision, status.updateRevision);
    assert.deepEqual((await set.pods()).map((pod) => [pod.metadata.name, revisionOf(pod)]), [0, 1, 2].map((n) => [`web-${n}`, status.updateRevision])); // prettier-ignore
    if (podManagementPolicy === 'OrderedReady') assert.deepEqual(breaches, []);
  });
}
