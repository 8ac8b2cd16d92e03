import type { Clock } from '../base/clock.ts';
import { badRequest, timedOut } from '../api/errors.ts';
import { first, type Query } from './options.ts';

/**
 * The time that a client gives its request (`?timeout=5s`, as `kubectl --request-timeout` sends it),
 * in milliseconds; undefined when it gives none. Throws a 400 for what is no Go duration.
 */
export function requestTimeout(query: Query): number | undefined {
  const text = first(query, 'timeout');
  if (!text) return undefined;
  const ms = parseDuration(text);
  return ms > 0 ? ms : undefined;
}

/** Rejects with a 504 when `work` takes longer; the work itself goes on, as upstream's does. */
export function inTime<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(timedOut('request did not complete within the allotted timeout')));
    work.then(resolve, reject).finally(cancel).catch(reject);
  });
}

const unitsMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function parseDuration(text: string): number {
  const refuse = (why: string) =>
    badRequest(`invalid timeout specified in the request URL - time: ${why} duration ${JSON.stringify(text)}`);
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (rest === '') throw refuse('invalid');
  let ms = 0;
  for (let at = 0; at < rest.length;) {
    const [part, amount = '', unit = ''] = /^(\d*\.?\d*)([^\d.]*)/.exec(rest.slice(at))!;
    if (!/\d/.test(amount)) throw refuse('invalid');
    if (unit === '') throw refuse('missing unit in');
    if (unitsMs[unit] === undefined) throw refuse(`unknown unit ${JSON.stringify(unit)} in`);
    ms += Number(amount) * unitsMs[unit];
    at += part.length;
  }
  return sign === '-' ? -ms : ms;
}
