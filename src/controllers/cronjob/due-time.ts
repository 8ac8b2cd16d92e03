import type { CronJob } from '../../api/generated/batch/v1.ts';
import type { CronSchedule } from '../../codec/cron.ts';
import { nextFireMs } from '../../codec/cron-next.ts';

/** A schedule of which nothing comes. The message is upstream's. */
export class ScheduleError extends Error {
  override name = 'ScheduleError';
}

export interface Due {
  /** The most recent time at which a job should have been started since the last was; absent when there is none. */
  readonly dueMs?: number;
  /** So many times were missed that something must be wrong with the clock, or with the deadline. */
  readonly tooManyMissed: boolean;
}

const manyMissed = 100;

/**
 * When the CronJob was last due. Times older than `startingDeadlineSeconds` are not looked at. Throws
 * ScheduleError. Source: upstream's mostRecentScheduleTime.
 */
export function lastDue(cronJob: CronJob, schedule: CronSchedule, nowMs: number): Due {
  const { startingDeadlineSeconds } = cronJob.spec;
  const sinceMs = startedMs(cronJob);
  return mostRecent(cronJob, schedule, nowMs, Math.max(sinceMs, nowMs - (startingDeadlineSeconds ?? Infinity) * 1000));
}

/** A tenth of a second past the next time, lest a clock that is a little off be before it. */
const marginMs = 100;

/** How long until the CronJob is due again. */
export function nextDueInMs(cronJob: CronJob, schedule: CronSchedule, nowMs: number): number | undefined {
  const nextMs = nextFireMs(schedule, latestMs(cronJob, schedule, nowMs), cronJob.spec.timeZone);
  return nextMs === undefined ? undefined : nextMs + marginMs - nowMs;
}

function latestMs(cronJob: CronJob, schedule: CronSchedule, nowMs: number): number {
  try {
    return mostRecent(cronJob, schedule, nowMs, startedMs(cronJob)).dueMs ?? startedMs(cronJob);
  } catch (error) {
    if (error instanceof ScheduleError) return nowMs;
    throw error;
  }
}

/** When a job was last started, or the CronJob made. */
const startedMs = ({ metadata, status }: CronJob): number => Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');

function mostRecent({ spec: { timeZone } }: CronJob, schedule: CronSchedule, nowMs: number, sinceMs: number): Due {
  const firstMs = nextFireMs(schedule, sinceMs, timeZone);
  if (firstMs === undefined) throw new ScheduleError('time difference between two schedules is less than 1 second');
  if (nowMs < firstMs) return { tooManyMissed: false };
  const secondMs = nextFireMs(schedule, firstMs, timeZone);
  if (secondMs === undefined || nowMs < secondMs) return { dueMs: firstMs, tooManyMissed: false };
  // As many as there would be if all were as far apart as the first two: what is skipped so far need not be gone through.
  const gapMs = secondMs - firstMs;
  const missed = Math.floor((nowMs - firstMs) / gapMs) + 1;
  const skipped = lastBefore(schedule, timeZone, firstMs + (missed - 2) * gapMs, nowMs) ?? lastBefore(schedule, timeZone, firstMs, nowMs);
  return { ...(skipped !== undefined && { dueMs: skipped }), tooManyMissed: missed > manyMissed };
}

/** The last time of those after `fromMs` that are not after `nowMs`. */
function lastBefore(schedule: CronSchedule, timeZone: string | undefined, fromMs: number, nowMs: number): number | undefined {
  let last: number | undefined;
  let next = nextFireMs(schedule, fromMs, timeZone);
  while (next !== undefined && next <= nowMs) {
    last = next;
    next = nextFireMs(schedule, next, timeZone);
  }
  return last;
}
