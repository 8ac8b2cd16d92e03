import { GoDurationError, parseGoDuration } from './go-duration.ts';
import { isTimeZone } from './time-zone.ts';

/** When a schedule fires: at minutes that all its sets hold, or every so often. */
export type CronSchedule =
  | { readonly everyMs: number }
  | {
      readonly minutes: CronField;
      readonly hours: CronField;
      readonly daysOfMonth: CronField;
      readonly months: CronField;
      /** 0 is Sunday. */
      readonly daysOfWeek: CronField;
      /** From a `TZ=` or `CRON_TZ=` before the fields; the reader's own where absent. */
      readonly timeZone?: string;
    };

export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Written as `*`: where one of the two kinds of day is so, the other alone decides; else either suffices. */
  readonly any: boolean;
}

/** Text that is no schedule, in the words of Go's robfig/cron, by which Kubernetes reads schedules. */
export class CronError extends Error {
  override name = 'CronError';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
}

const numbered = (names: string, first: number) => Object.fromEntries(names.split(' ').map((name, index) => [name, first + index]));

const bounds = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  daysOfMonth: { min: 1, max: 31 },
  months: { min: 1, max: 12, names: numbered('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  daysOfWeek: { min: 0, max: 6, names: numbered('sun mon tue wed thu fri sat', 0) },
} satisfies Record<string, Bounds>;

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Reads the five fields, or `@hourly` and its like, or `@every 90s`. Throws CronError. */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new CronError('empty spec string');
  const { timeZone, rest } = splitTimeZone(text);
  if (rest.startsWith('@every ')) return { everyMs: everyMs(rest) };
  const fields = rest.startsWith('@') ? descriptors[rest] : rest;
  if (fields === undefined) throw new CronError(`unrecognized descriptor: ${rest}`);
  const parts = fields.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== 5) throw new CronError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts as [string, string, string, string, string];
  return {
    minutes: parseField(minute, bounds.minutes),
    hours: parseField(hour, bounds.hours),
    daysOfMonth: parseField(dayOfMonth, bounds.daysOfMonth),
    months: parseField(month, bounds.months),
    daysOfWeek: parseField(dayOfWeek, bounds.daysOfWeek),
    ...(timeZone !== undefined && { timeZone }),
  };
}

function splitTimeZone(text: string): { timeZone?: string; rest: string } {
  if (!text.startsWith('TZ=') && !text.startsWith('CRON_TZ=')) return { rest: text };
  const space = text.indexOf(' ');
  // Go's parser panics here, and Kubernetes tells what it caught.
  if (space < 0) throw new CronError('invalid schedule format: runtime error: slice bounds out of range [:-1]');
  const timeZone = text.slice(text.indexOf('=') + 1, space);
  if (timeZone !== '' && timeZone !== 'Local' && !isTimeZone(timeZone))
    throw new CronError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`);
  return { timeZone, rest: text.slice(space).trim() };
}

/** Whole seconds, one at the least. */
function everyMs(descriptor: string): number {
  try {
    const ms = parseGoDuration(descriptor.slice('@every '.length));
    return Math.max(1000, ms - (ms % 1000));
  } catch (error) {
    if (!(error instanceof GoDurationError)) throw error;
    throw new CronError(`failed to parse duration ${descriptor}: ${error.message}`, { cause: error });
  }
}

function parseField(text: string, limits: Bounds): CronField {
  const ranges = text
    .split(',')
    .filter((range) => range !== '')
    .map((range) => parseRange(range, limits));
  return { values: new Set(ranges.flatMap(({ values }) => values)), any: ranges.some(({ any }) => any) };
}

function parseRange(text: string, limits: Bounds): { values: number[]; any: boolean } {
  const [range = '', ...steps] = text.split('/');
  const ends = range.split('-');
  let any = ends[0] === '*' || ends[0] === '?';
  const start = any ? limits.min : valueOf(ends[0]!, limits);
  if (!any && ends.length > 2) throw new CronError(`too many hyphens: ${text}`);
  let end = any ? limits.max : ends.length === 2 ? valueOf(ends[1]!, limits) : start;
  if (steps.length > 1) throw new CronError(`too many slashes: ${text}`);
  let step = 1;
  if (steps.length === 1) {
    step = natural(steps[0]!);
    // `5/15` counts from 5 to the field's end.
    if (ends.length === 1) end = limits.max;
    if (step > 1) any = false;
  }
  if (start < limits.min) throw new CronError(`beginning of range (${start}) below minimum (${limits.min}): ${text}`);
  if (end > limits.max) throw new CronError(`end of range (${end}) above maximum (${limits.max}): ${text}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return { values, any };
}

const valueOf = (text: string, { names }: Bounds): number => names?.[text.toLowerCase()] ?? natural(text);

function natural(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
