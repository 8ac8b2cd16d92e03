import type { Clock } from '../../base/clock.ts';

/** The machine's time. Timers keep the process alive until they fire or are cancelled. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, fire) {
    const dueMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    // Node holds at most 2^31 - 1 ms, 24.8 days, and fires at once when asked for more.
    const arm = () => {
      const leftMs = dueMs - performance.now();
      timer = leftMs > longestMs ? setTimeout(arm, longestMs) : setTimeout(fire, Math.max(0, leftMs));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

const longestMs = 2 ** 31 - 1;
