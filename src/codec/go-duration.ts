/** A text that Go's time.ParseDuration refuses, with its sentence. */
export class GoDurationError extends Error {
  override name = 'GoDurationError';
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of `1h15m30.5s`, as Go reads it. Throws GoDurationError. */
export function parseGoDuration(text: string): number {
  const wrong = (what: string) => new GoDurationError(`time: ${what} duration ${JSON.stringify(text)}`);
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw wrong('invalid');
  let total = 0;
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw wrong('invalid');
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') throw wrong('missing unit in');
    const ms = unitMs[unit];
    if (ms === undefined) throw wrong(`unknown unit ${JSON.stringify(unit)} in`);
    rest = rest.slice(unit.length);
    total += Number(number) * ms;
  }
  return sign * total;
}
