/** What `date` prints, in UTC: `Thu Jan  1 00:00:00 UTC 2026`, or as `+%Y-%m-%d …` asks. */
export function dateText(nowMs: number, format?: string): string {
  const pattern = format ?? '%a %b %e %H:%M:%S UTC %Y';
  return pattern.replaceAll(/%(.)/g, (all, letter: string) => fields[letter]?.(new Date(nowMs)) ?? all);
}

const two = (value: number): string => String(value).padStart(2, '0');
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const fields: Readonly<Record<string, (at: Date) => string>> = {
  Y: (at) => String(at.getUTCFullYear()),
  y: (at) => two(at.getUTCFullYear() % 100),
  m: (at) => two(at.getUTCMonth() + 1),
  d: (at) => two(at.getUTCDate()),
  e: (at) => String(at.getUTCDate()).padStart(2, ' '),
  H: (at) => two(at.getUTCHours()),
  M: (at) => two(at.getUTCMinutes()),
  S: (at) => two(at.getUTCSeconds()),
  N: (at) => `${String(at.getUTCMilliseconds()).padStart(3, '0')}000000`,
  s: (at) => String(Math.floor(at.getTime() / 1000)),
  a: (at) => weekdays[at.getUTCDay()]!.slice(0, 3),
  A: (at) => weekdays[at.getUTCDay()]!,
  b: (at) => months[at.getUTCMonth()]!.slice(0, 3),
  B: (at) => months[at.getUTCMonth()]!,
  F: (at) => at.toISOString().slice(0, 10),
  T: (at) => at.toISOString().slice(11, 19),
  Z: () => 'UTC',
  z: () => '+0000',
  '%': () => '%',
};
