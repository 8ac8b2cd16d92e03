import type { Clock } from '../../src/base/clock.ts';
import { realClock } from '../../src/machine/real/clock.ts';

/** Behind the machine's time at first, so that what clients reckon an age from is never in their future. */
const behindMs = 24 * 3_600_000;

/** Time that goes `speed` times as fast as the machine's: minutes pass in seconds. Durations are its own. */
export function fastClock(speed: number): Clock {
  const beganMs = realClock.now();
  const startMs = realClock.monotonic();
  const monotonic = () => (realClock.monotonic() - startMs) * speed;
  return {
    now: () => beganMs - behindMs + Math.floor(monotonic()),
    monotonic,
    after: (delayMs, fire) => realClock.after(delayMs / speed, fire),
  };
}
