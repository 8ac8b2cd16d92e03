import type { CronField, CronSchedule } from './cron.ts';
import { zoneOffsetMs } from './time-zone.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A schedule that has no time within so many years has none. */
const horizonYears = 5;

/**
 * The first time after `afterMs` at which the schedule fires, as Go's robfig/cron has it: where the
 * clock is put forward, times that are left out do not fire; where it is put back, times that come
 * twice fire twice. Undefined for a schedule such as February 30. `timeZone` is the schedule's own,
 * else this one.
 */
export function nextFireMs(schedule: CronSchedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  if ('everyMs' in schedule) return afterMs - (afterMs % 1000) + schedule.everyMs;
  const zone = zoneOf(schedule.timeZone) ?? timeZone;
  let ms = afterMs - (afterMs % minuteMs) + minuteMs;
  const lastYear = localTime(ms, zone).getUTCFullYear() + horizonYears;
  for (;;) {
    const local = localTime(ms, zone);
    if (local.getUTCFullYear() > lastYear) return undefined;
    if (!schedule.months.values.has(local.getUTCMonth() + 1)) ms = nextDay(ms + daysLeftInMonth(local) * dayMs, zone);
    else if (!isDay(schedule, local)) ms = nextDay(ms, zone);
    else if (!schedule.hours.values.has(local.getUTCHours())) ms += hourMs - local.getUTCMinutes() * minuteMs;
    else if (!schedule.minutes.values.has(local.getUTCMinutes())) ms += minuteMs;
    else return ms;
  }
}

/** The controller's own zone is UTC. */
const zoneOf = (name: string | undefined): string | undefined => (name === '' || name === 'Local' ? 'UTC' : name);

/** A Date whose UTC parts are the local ones. */
const localTime = (ms: number, zone: string): Date => new Date(ms + zoneOffsetMs(zone, ms));

/** Where one of the two kinds of day is left open, the other decides alone. */
function isDay({ daysOfMonth, daysOfWeek }: { readonly daysOfMonth: CronField; readonly daysOfWeek: CronField }, local: Date): boolean {
  const inMonth = daysOfMonth.values.has(local.getUTCDate());
  const inWeek = daysOfWeek.values.has(local.getUTCDay());
  return daysOfMonth.any || daysOfWeek.any ? inMonth && inWeek : inMonth || inWeek;
}

/** Whole days between this one and the month's last. */
const daysLeftInMonth = (local: Date): number =>
  new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate() - local.getUTCDate();

/** The first instant of the next local day, which midnight may not be, and which may not be 24 hours long. */
function nextDay(ms: number, zone: string): number {
  const day = localTime(ms, zone).getUTCDate();
  let next = ms + dayMs - timeOfDay(ms, zone);
  while (localTime(next, zone).getUTCDate() === day) next += hourMs;
  const midnight = next - timeOfDay(next, zone);
  return localTime(midnight, zone).getUTCDate() === day ? next : midnight;
}

const timeOfDay = (ms: number, zone: string): number => localTime(ms, zone).getTime() % dayMs;
