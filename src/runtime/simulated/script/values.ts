/** What an annotation's value may be. Each reader throws `ScriptValueError` with what is wrong. */
import { GoDurationError, parseGoDuration } from '../../../codec/go-duration.ts';
import { parseQuantity, QuantityError, scaledValue } from '../../../api/quantity.ts';

export class ScriptValueError extends Error {
  override name = 'ScriptValueError';
}

/** From `fromMs` until before `toMs`, counted from the container's start. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A value that holds from a time on, counted from the container's start. */
export interface Step {
  readonly fromMs: number;
  readonly value: number;
}

/** `1m30s`, in milliseconds. */
export function duration(text: string): number {
  try {
    const ms = parseGoDuration(text);
    if (ms < 0) throw new ScriptValueError('a duration must not be negative');
    return ms;
  } catch (error) {
    if (error instanceof GoDurationError) throw new ScriptValueError(`${error.message}; write it like 1m30s`);
    throw error;
  }
}

/** A duration, or `never`. */
export const durationOrNever = (text: string): number => (text === 'never' ? Infinity : duration(text));

/** `30s-1m`, `30s` for from then on, `always`. */
export function span(text: string): Span {
  if (text === 'always') return { fromMs: 0, toMs: Infinity };
  const [from = '', to, ...rest] = text.split('-');
  if (rest.length > 0) throw new ScriptValueError(`${JSON.stringify(text)} is no span of time; write it like 30s-1m`);
  const read = { fromMs: duration(from), toMs: to === undefined ? Infinity : duration(to) };
  if (read.toMs <= read.fromMs) throw new ScriptValueError(`the span ${text} ends before it begins`);
  return read;
}

export const isWithin = ({ fromMs, toMs }: Span, atMs: number): boolean => fromMs <= atMs && atMs < toMs;

export function exitCode(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text) || Number(text) > 255) throw new ScriptValueError('an exit code is a number from 0 to 255');
  return Number(text);
}

/** `once`, `always`, or how many runs. */
export function runs(text: string): number {
  if (text === 'always') return Infinity;
  if (text === 'once') return 1;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new ScriptValueError('must be once, always, or a number of runs');
  return Number(text);
}

/** `100m`, or `100m@0s,900m@1m`: in units of 10^`scale`. Before the first step the first value holds. */
export function steps(text: string, scale: number): readonly Step[] {
  const read = text.split(',').map((part): Step => {
    const [value = '', at = '0s', ...rest] = part.trim().split('@');
    if (rest.length > 0) throw new ScriptValueError(`${JSON.stringify(part)} has more than one @`);
    return { fromMs: duration(at), value: amount(value, scale) };
  });
  for (let i = 1; i < read.length; i++)
    if (read[i]!.fromMs <= read[i - 1]!.fromMs) throw new ScriptValueError('the steps must stand in the order of their times');
  return read;
}

function amount(text: string, scale: number): number {
  try {
    const value = Number(scaledValue(parseQuantity(text), scale));
    if (value < 0) throw new ScriptValueError('an amount must not be negative');
    return value;
  } catch (error) {
    if (error instanceof QuantityError) throw new ScriptValueError(`${JSON.stringify(text)}: ${error.message}`);
    throw error;
  }
}

/** The value at a time. */
export function valueAt(steps: readonly Step[], atMs: number): number {
  return (steps.findLast(({ fromMs }) => fromMs <= atMs) ?? steps[0])?.value ?? 0;
}

/** The values summed up over the time until `atMs`, in value × milliseconds. */
export function sumUntil(steps: readonly Step[], atMs: number): number {
  let sum = 0;
  for (const [i, { fromMs, value }] of steps.entries()) {
    const from = i === 0 ? 0 : fromMs;
    const to = Math.min(steps[i + 1]?.fromMs ?? Infinity, atMs);
    if (to > from) sum += (to - from) * value;
  }
  return sum;
}

/** When the value first goes above `limit`; Infinity for never. */
export const firstAbove = (steps: readonly Step[], limit: number): number => steps.find(({ value }) => value > limit)?.fromMs ?? Infinity;
