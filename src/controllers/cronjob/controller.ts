import type { CronJob as CronJobObject } from '../../api/generated/batch/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { CronError, parseCron, type CronSchedule } from '../../codec/cron.ts';
import { isTimeZone } from '../../codec/time-zone.ts';
import { lastDue, nextDueInMs, ScheduleError } from './due-time.ts';
import { jobName, mailTimestamp } from './job-of.ts';
import { Round } from './round.ts';

/** Starts each CronJob's jobs when they are due, and keeps of those that have ended as many as it is told to. Source: upstream's pkg/controller/cronjob. */
export function cronJobController(): Controller {
  /** The schedule by which each was last handled. */
  const schedules = new Map<string, string>();
  return defineController({
    name: 'cronjob-controller',
    for: CronJob,
    owns: [Job],
    async reconcile(cronJob, context) {
      const key = keyOf(cronJob);
      const { uid } = cronJob.metadata;
      const { schedule, timeZone = '' } = cronJob.spec;
      const before = schedules.get(key);
      const now = `${uid} ${timeZone} ${schedule}`;
      schedules.set(key, now);
      // A new schedule holds from now on: what it would have missed before is not made up for.
      if (before !== undefined && before !== now && before.startsWith(`${uid} `)) return atNextTime(cronJob, context);
      return sync(cronJob, context);
    },
    gone: async (key) => void schedules.delete(key),
  });
}

function atNextTime(cronJob: CronJobObject, context: Context): After {
  const round = new Round(cronJob, context);
  const schedule = readSchedule(round, 'UnParseableCronJobSchedule', () => `unparseable schedule for cronjob: ${cronJob.spec.schedule}`);
  return schedule && waitForNext(round, schedule, context);
}

async function sync(cronJob: CronJobObject, context: Context): Promise<After> {
  const round = new Round(cronJob, context);
  const jobs = context.owned(Job, cronJob).sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  try {
    await round.forgetHistory(jobs);
    await round.lookAt(jobs);
    return await startIfDue(round, context);
  } finally {
    // What was done is noted, whatever went wrong after it.
    const { status } = round;
    if (!semanticallyEqual(cronJob.status, status)) await context.client.updateStatus(CronJob, { ...cronJob, status });
  }
}

async function startIfDue(round: Round, context: Context): Promise<After> {
  const { cronJob } = round;
  const { suspend, timeZone, concurrencyPolicy } = cronJob.spec;
  if (cronJob.metadata.deletionTimestamp) return;
  if (timeZone !== undefined && !isTimeZone(timeZone))
    return round.tell('Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`);
  if (suspend) return;
  const schedule = readSchedule(
    round,
    'UnparseableSchedule',
    (why) => `unparseable schedule: ${JSON.stringify(cronJob.spec.schedule)} : ${why}`,
  );
  if (!schedule) return;
  warnOfZoneInSchedule(round);
  const dueMs = dueTime(round, schedule, context.env.clock.now());
  if (dueMs === 'never') return;
  if (dueMs !== undefined && mayStart(round, dueMs, context.env.clock.now())) {
    if (concurrencyPolicy === 'Replace') await round.replaceActive();
    await round.start(dueMs);
  }
  return waitForNext(round, schedule, context);
}

function readSchedule(round: Round, reason: string, message: (why: string) => string): CronSchedule | undefined {
  try {
    return parseCron(round.cronJob.spec.schedule);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    round.tell('Warning', reason, message(error.message));
    return undefined;
  }
}

function warnOfZoneInSchedule(round: Round): void {
  const { schedule } = round.cronJob.spec;
  if (!schedule.includes('TZ')) return;
  const more = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';
  round.tell(
    'Warning',
    'UnsupportedSchedule',
    `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, ${more}`,
  );
}

/** When a job is due that was not started; undefined for none, `never` where the schedule has no times. */
function dueTime(round: Round, schedule: CronSchedule, nowMs: number): number | 'never' | undefined {
  try {
    const { dueMs, tooManyMissed } = lastDue(round.cronJob, schedule, nowMs);
    if (tooManyMissed && dueMs !== undefined) {
      const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      round.tell('Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
    }
    return dueMs;
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    round.tell('Warning', 'InvalidSchedule', `invalid schedule: ${round.cronJob.spec.schedule} : ${error.message}`);
    return 'never';
  }
}

function mayStart(round: Round, dueMs: number, nowMs: number): boolean {
  const { spec, status } = round.cronJob;
  const { startingDeadlineSeconds, concurrencyPolicy } = spec;
  if (startingDeadlineSeconds !== undefined && dueMs + startingDeadlineSeconds * 1000 < nowMs) {
    round.tell('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${mailTimestamp(dueMs)}`);
    return false;
  }
  const isStarted =
    round.active.some(({ name }) => name === jobName(round.cronJob, dueMs)) || Date.parse(status?.lastScheduleTime ?? '') === dueMs;
  if (isStarted) return false;
  if (concurrencyPolicy !== 'Forbid' || round.active.length === 0) return true;
  round.tell('Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
  return false;
}

/** Counted from the job that was just started, if one was. */
function waitForNext({ cronJob, status }: Round, schedule: CronSchedule, { env }: Context): After {
  const ms = nextDueInMs({ ...cronJob, status }, schedule, env.clock.now());
  return ms === undefined ? undefined : { requeueAfterMs: ms };
}
