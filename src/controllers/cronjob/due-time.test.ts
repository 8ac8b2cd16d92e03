import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob, Job } from '../../api/generated/batch/v1.ts';
import { parseCron } from '../../codec/cron.ts';
import { lastDue, nextDueInMs, ScheduleError } from './due-time.ts';
import { beyondHistory } from './job-end.ts';
import { jobName, localTimestamp, mailTimestamp } from './job-of.ts';

const at = (time: string): number => Date.parse(`2026-01-01T${time}Z`);
const cronJob = (schedule: string, more: object = {}, lastScheduleTime?: string): CronJob => ({
  metadata: { name: 'cron', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { schedule, jobTemplate: {}, ...more },
  status: lastScheduleTime === undefined ? {} : { lastScheduleTime },
});
const due = (job: CronJob, now: number) => lastDue(job, parseCron(job.spec.schedule), now);

test('of several missed times the last is due', () => {
  const job = cronJob('*/10 * * * *');
  assert.deepEqual(due(job, at('00:09:59')), { tooManyMissed: false });
  assert.deepEqual(due(job, at('00:10:00')), { dueMs: at('00:10:00'), tooManyMissed: false });
  assert.deepEqual(due(job, at('05:55:00')), { dueMs: at('05:50:00'), tooManyMissed: false });
});

test('more than a hundred missed times are too many, and the last is still due', () => {
  assert.deepEqual(due(cronJob('* * * * *'), at('01:41:30')), { dueMs: at('01:41:00'), tooManyMissed: true });
  assert.deepEqual(due(cronJob('* * * * *', { startingDeadlineSeconds: 300 }), at('01:41:30')), {
    dueMs: at('01:41:00'),
    tooManyMissed: false,
  });
});

test('times at uneven distances are found as well', () => {
  assert.equal(due(cronJob('0,1 12 * * *'), Date.parse('2026-01-04T00:00:00Z')).dueMs, Date.parse('2026-01-03T12:01:00Z'));
});

test('a schedule without times is no schedule', () => {
  assert.throws(() => due(cronJob('0 0 30 2 *'), at('00:00:00')), ScheduleError);
});

test('the next time is a tenth of a second late, counted from the last start', () => {
  const job = cronJob('*/10 * * * *', {}, '2026-01-01T00:10:00Z');
  assert.equal(nextDueInMs(job, parseCron('*/10 * * * *'), at('00:10:05')), 595_100);
});

test('a job is named for its minute and says its time in the zone', () => {
  const ms = Date.parse('2026-07-01T12:34:00Z');
  assert.equal(jobName(cronJob('* * * * *'), ms), `cron-${ms / 60_000}`);
  assert.equal(localTimestamp(ms, 'UTC'), '2026-07-01T12:34:00Z');
  assert.equal(localTimestamp(ms, 'America/New_York'), '2026-07-01T08:34:00-04:00');
  assert.equal(localTimestamp(ms, 'Asia/Kolkata'), '2026-07-01T18:04:00+05:30');
  assert.equal(mailTimestamp(at('00:05:00')), 'Thu, 01 Jan 2026 00:05:00 +0000');
});

test('the oldest finished jobs are beyond the limits, each kind for itself', () => {
  const job = (name: string, type: string, startTime?: string): Job => ({
    metadata: { name },
    spec: { template: {} },
    status: { conditions: [{ type, status: 'True' }], ...(startTime && { startTime }) },
  });
  const jobs = [
    job('c', 'Complete', '2026-01-01T00:02:00Z'),
    job('never-started', 'Complete'),
    job('a', 'Complete', '2026-01-01T00:01:00Z'),
    job('f', 'Failed', '2026-01-01T00:03:00Z'),
    job('running', 'Suspended'),
  ];
  const names = (limits: object) => beyondHistory(jobs, limits).map(({ metadata }) => metadata.name);
  assert.deepEqual(names({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 }), ['a', 'c']);
  assert.deepEqual(names({ failedJobsHistoryLimit: 0 }), ['f']);
  assert.deepEqual(names({}), []);
});
