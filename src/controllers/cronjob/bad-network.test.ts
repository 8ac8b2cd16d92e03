import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import type { CronJob as CronJobObject } from '../../api/generated/batch/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { runController } from '../../client/controller.ts';
import { faultyApi, type FaultRates } from '../../client/fault-injection.ts';
import { Informers } from '../../client/informers.ts';
import { typedClient } from '../../client/typed-client.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { cronJobController } from './controller.ts';
import { endOf } from './job-end.ts';

const bad: FaultRates = {
  refused: 0.1,
  answerLost: 0.1,
  conflict: 0.1,
  late: 0.3,
  latencyMs: 2_000,
  watchBroken: 0.05,
  watchExpired: 0.1,
  frameLate: 0.2,
  frameTwice: 0.1,
};
const namespace = 'default';

for (let seed = 1; seed <= 3; seed++) {
  test(`over a bad network no job runs beside another that forbids it, and the status ends with what there is, seed ${seed}`, async () => {
    using plane = await startVirtualControlPlane({ controllers: [] });
    const rng = seededRng(seed);
    let rates: FaultRates | undefined = bad;
    const client = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng, rates: () => rates }),
      credentials: { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } },
    });
    void runController(cronJobController(), client, new Informers(client, plane.env), plane.env);
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
    await plane.client.create<CronJobObject>(CronJob, {
      metadata: { name: 'cron', namespace },
      spec: { schedule: '*/2 * * * *', concurrencyPolicy: 'Forbid', successfulJobsHistoryLimit: 2, jobTemplate: { spec: { template } } },
      status: {},
    });
    const running = async () =>
      (await plane.client.list(Job, { namespace })).items.filter((job) => !endOf(job) && !job.metadata.deletionTimestamp);
    const seen = new Set<string>();
    for (let step = 0; step < 150; step++) {
      await plane.clock.advance(10_000 + rng.below(40_000));
      const jobs = await running();
      assert.ok(jobs.length <= 1, `${jobs.length} jobs run side by side`);
      for (const job of jobs) {
        seen.add(job.metadata.name!);
        if (rng.below(2) === 0) continue;
        const time = new Date(plane.clock.now()).toISOString();
        const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
          type,
          status: 'True',
          lastProbeTime: time,
          lastTransitionTime: time,
        }));
        await plane.client.updateStatus(Job, { ...job, status: { startTime: time, completionTime: time, conditions } });
      }
    }
    rates = undefined;
    await plane.clock.advance(119_000);
    const active = (await plane.client.get(CronJob, { namespace, name: 'cron' })).status.active ?? [];
    assert.deepEqual(
      active.map(({ name }) => name),
      (await running()).map(({ metadata }) => metadata.name),
    );
    assert.ok(seen.size > 15, `only ${seen.size} jobs were made`);
    const ended = (await plane.client.list(Job, { namespace })).items.filter((job) => endOf(job) && !job.metadata.deletionTimestamp);
    assert.ok(ended.length <= 2, `${ended.length} are kept`);
  });
}
