import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { CronJob as CronJobObject, CronJobSpec, Job as JobObject } from '../../api/generated/batch/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('cronjob controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['cronjob-controller'] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'cron' };
  const minuteMs = 60_000;
  const make = (schedule: string, more: Partial<CronJobSpec> = {}) => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
    const jobTemplate = { metadata: { labels: { made: 'by-cron' } }, spec: { template } };
    return plane.client.create<CronJobObject>(CronJob, { metadata: at, spec: { schedule, jobTemplate, ...more }, status: {} });
  };
  const cronJob = () => plane.client.get(CronJob, at);
  const jobs = async () => {
    const { items } = await plane.client.list(Job, { namespace: at.namespace });
    return [...items].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  };
  const scheduled = async () =>
    (await jobs()).map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']);
  const events = async (reason: string) => {
    await plane.clock.advance(500);
    return (await plane.client.list(Event, { namespace: at.namespace })).items.filter((event) => event.reason === reason);
  };
  /** As the job controller would say it. */
  const finish = async (job: JobObject, how: 'Complete' | 'Failed' = 'Complete') => {
    const time = new Date(plane.clock.now()).toISOString();
    const condition = (type: string) => ({ type, status: 'True', lastProbeTime: time, lastTransitionTime: time });
    const interim = how === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    await plane.client.updateStatus(Job, {
      ...job,
      status: { startTime: time, ...(how === 'Complete' && { completionTime: time }), conditions: [condition(interim), condition(how)] },
    });
    await plane.clock.advance(100);
  };

  test('a job a time, named for its minute, and the status says which are at work', async () => {
    await make('*/5 * * * *');
    await plane.clock.advance(5 * minuteMs + 1_000);
    const [job] = await jobs();
    assert.equal(job?.metadata.name, `cron-${Date.parse('2026-01-01T00:05:00Z') / minuteMs}`);
    assert.deepEqual(job.metadata.labels?.['made'], 'by-cron');
    assert.equal(job.metadata.ownerReferences?.[0]?.kind, 'CronJob');
    assert.deepEqual(await scheduled(), ['2026-01-01T00:05:00Z']);
    const { status } = await cronJob();
    assert.equal(status.lastScheduleTime, '2026-01-01T00:05:00Z');
    assert.deepEqual(
      status.active?.map(({ kind, apiVersion, name }) => [kind, apiVersion, name]),
      [['Job', 'batch/v1', job.metadata.name]],
    );
    await finish(job);
    const after = (await cronJob()).status;
    assert.deepEqual([after.active, after.lastSuccessfulTime], [undefined, '2026-01-01T00:05:01Z']);
    assert.equal((await events('SuccessfulCreate'))[0]?.message, `Created job ${job.metadata.name}`);
    assert.equal((await events('SawCompletedJob'))[0]?.message, `Saw completed job: ${job.metadata.name}, condition: Complete`);
  });

  test('as many finished jobs stay as the limits say', async () => {
    await make('* * * * *', { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 });
    for (const how of ['Complete', 'Failed', 'Complete', 'Failed'] as const) {
      await plane.clock.advance(minuteMs + 1_000);
      await finish((await jobs()).at(-1)!, how);
    }
    assert.deepEqual(await scheduled(), ['2026-01-01T00:03:00Z', '2026-01-01T00:04:00Z']);
    assert.equal((await events('SuccessfulDelete')).length, 2);
  });

  test('Forbid waits for the job that is at work, Replace ends it, Allow lets it be', async () => {
    await make('* * * * *', { concurrencyPolicy: 'Forbid' });
    await plane.clock.advance(2 * minuteMs + 1_000);
    assert.deepEqual(await scheduled(), ['2026-01-01T00:01:00Z']);
    assert.equal((await events('JobAlreadyActive')).length, 1);
    await plane.client.patch(CronJob, at, 'merge', { spec: { concurrencyPolicy: 'Replace' } });
    await plane.clock.advance(minuteMs);
    assert.deepEqual(await scheduled(), ['2026-01-01T00:03:00Z']);
    await plane.client.patch(CronJob, at, 'merge', { spec: { concurrencyPolicy: 'Allow' } });
    await plane.clock.advance(minuteMs);
    assert.deepEqual(await scheduled(), ['2026-01-01T00:03:00Z', '2026-01-01T00:04:00Z']);
    assert.equal((await cronJob()).status.active?.length, 2);
  });

  test('a suspended one starts nothing; what it missed counts when its deadline allows it', async () => {
    await make('0 * * * *', { suspend: true, startingDeadlineSeconds: 120 });
    await plane.clock.advance(60 * minuteMs + 60_000);
    assert.deepEqual(await jobs(), []);
    await plane.client.patch(CronJob, at, 'merge', { spec: { suspend: false } });
    await plane.clock.advance(1_000);
    assert.deepEqual(await scheduled(), ['2026-01-01T01:00:00Z']);
    await plane.client.patch(CronJob, at, 'merge', { spec: { suspend: true } });
    await plane.clock.advance(63 * minuteMs);
    await plane.client.patch(CronJob, at, 'merge', { spec: { suspend: false } });
    await plane.clock.advance(1_000);
    assert.equal((await jobs()).length, 1);
  });

  test('a new schedule holds from now on', async () => {
    await make('0 0 1 1 *');
    await plane.clock.advance(30 * minuteMs);
    await plane.client.patch(CronJob, at, 'merge', { spec: { schedule: '15 * * * *' } });
    await plane.clock.advance(minuteMs);
    assert.deepEqual(await jobs(), []);
    await plane.clock.advance(45 * minuteMs);
    assert.deepEqual(await scheduled(), ['2026-01-01T01:15:00Z']);
  });

  test('times are those of the time zone, and are said in it', async () => {
    await make('30 9 * * *', { timeZone: 'Asia/Tokyo' });
    await plane.clock.advance(31 * minuteMs);
    assert.deepEqual(await scheduled(), ['2026-01-01T09:30:00+09:00']);
  });

  test('a job that is deleted from outside is missed once', async () => {
    await make('*/30 * * * *');
    await plane.clock.advance(31 * minuteMs);
    const [job] = await jobs();
    await plane.client.delete(Job, { namespace: at.namespace, name: job!.metadata.name! }, { propagationPolicy: 'Background' });
    await plane.clock.advance(1_000);
    assert.equal((await cronJob()).status.active, undefined);
    assert.equal((await events('MissingJob'))[0]?.message, `Active job went missing: ${job!.metadata.name}`);
  });
});
