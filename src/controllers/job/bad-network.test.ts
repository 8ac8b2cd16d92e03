import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng, type Rng } from '../../base/rng.ts';
import type { Job as JobObject } from '../../api/generated/batch/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isActive } from '../../api/pods/pod-state.ts';
import { runController } from '../../client/controller.ts';
import { faultyApi, type FaultRates } from '../../client/fault-injection.ts';
import { Informers } from '../../client/informers.ts';
import { typedClient } from '../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { jobController } from './controller.ts';
import { isFinished, isTracked } from './job-state.ts';
import { orphanFinalizersController } from './orphan-finalizers.ts';

const bad: FaultRates = {
  refused: 0.1,
  answerLost: 0.1,
  conflict: 0.1,
  late: 0.3,
  latencyMs: 500,
  watchBroken: 0.05,
  watchExpired: 0.1,
  frameLate: 0.2,
  frameTwice: 0.1,
};
const at = { namespace: 'default', name: 'job' };

for (let seed = 1; seed <= 6; seed++) {
  test(`over a bad network each pod is counted once and none is held in the end, seed ${seed}`, async () => {
    using plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    const rng = seededRng(seed);
    let rates: FaultRates | undefined = bad;
    const client = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng, rates: () => rates }),
      credentials: { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } },
    });
    const informers = new Informers(client, plane.env);
    const started = Promise.all(
      [jobController(), orphanFinalizersController].map((one) => runController(one, client, informers, plane.env)),
    );
    const completionMode = seed % 2 === 0 ? 'Indexed' : 'NonIndexed';
    const [completions, parallelism] = [3 + rng.below(10), 1 + rng.below(5)];
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
    await plane.client.create<JobObject>(Job, {
      metadata: at,
      spec: { completionMode, completions, parallelism, backoffLimit: 1_000, template },
      status: {},
    });
    const done = await work(plane, rng, parallelism);
    rates = undefined;
    await started;
    await plane.clock.advance(120_000);
    const { status } = await plane.client.get(Job, at);
    assert.deepEqual([status.succeeded, status.failed ?? 0], [completions, done.failed], JSON.stringify(status));
    assert.equal(done.succeeded, completions);
    assert.deepEqual((await pods(plane)).filter(isTracked), []);
  });
}

const pods = async (plane: VirtualControlPlane): Promise<readonly PodObject[]> =>
  (await plane.client.list(Pod, { namespace: at.namespace })).items;

/** Ends pods in one way or another until the job is over; tells what it did. */
async function work(plane: VirtualControlPlane, rng: Rng, parallelism: number): Promise<{ succeeded: number; failed: number }> {
  const done = { succeeded: 0, failed: 0 };
  for (let step = 0; step < 600; step++) {
    if (isFinished(await plane.client.get(Job, at))) return done;
    const active = (await pods(plane)).filter(isActive);
    assert.ok(active.length <= parallelism, `${active.length} pods are at work`);
    for (const { metadata } of active) {
      const name = metadata.name!;
      const fate = rng.next();
      if (fate < 0.1) await plane.client.delete(Pod, { namespace: at.namespace, name });
      else if (fate < 0.7) {
        const phase = fate < 0.2 ? 'Failed' : 'Succeeded';
        await plane.client.patch(Pod, { namespace: at.namespace, name }, 'merge', { status: { phase } }, { subresource: 'status' });
      }
      if (fate < 0.2) done.failed++;
      else if (fate < 0.7) done.succeeded++;
    }
    await plane.clock.advance(1_000 + rng.below(20_000));
  }
  throw new Error('the job does not end');
}
