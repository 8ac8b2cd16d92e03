import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob as CronJobObject } from '../../api/generated/batch/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

const hourMs = 3_600_000;

/** The times, in the zone, at which jobs were started in a day that begins at `from`. */
async function dayOf(schedule: string, timeZone: string, from: string, hours: number): Promise<(string | undefined)[]> {
  using plane = await startVirtualControlPlane({ controllers: ['cronjob-controller'], startMs: Date.parse(from) - hourMs / 2 });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
  await plane.client.create<CronJobObject>(CronJob, {
    metadata: { name: 'cron', namespace: 'default' },
    spec: { schedule, timeZone, jobTemplate: { spec: { template } } },
    status: {},
  });
  await plane.clock.advance(hours * hourMs + hourMs / 2);
  // In the order of their names, which is that of their times.
  const { items } = await plane.client.list(Job);
  return items.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']);
}

test('the day on which the clock is put forward has 23 hours, and what was to be in the missing one is not', async () => {
  const hourly = await dayOf('30 * * * *', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23);
  assert.equal(hourly.length, 23);
  assert.deepEqual(hourly.slice(1, 3), ['2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00']);
  assert.deepEqual(await dayOf('30 2 * * *', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23), []);
});

test('the day on which it is put back has 25, and what is in the hour that comes twice is twice', async () => {
  const hourly = await dayOf('30 * * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25);
  assert.equal(hourly.length, 25);
  assert.deepEqual(await dayOf('30 2 * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25), [
    '2026-10-25T02:30:00+02:00',
    '2026-10-25T02:30:00+01:00',
  ]);
});
