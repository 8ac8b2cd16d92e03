/** The only source of time. Nothing in the core reads `Date.now` or arms a timer of its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go back: for measuring, never for showing. */
  monotonic(): number;
  /** Runs `fire` once, `delayMs` from now (at once, but not synchronously, for 0 or less); returns its cancel, which may be called again. */
  after(delayMs: number, fire: () => void): () => void;
}

/** Resolves after `delayMs`, or as soon as `signal` aborts; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

/** The same clock, whose timers end with `signal`: none is left armed after it, and none fires any more. */
export function clockUntil(clock: Clock, signal: AbortSignal): Clock {
  const armed = new Set<() => void>();
  const end = () => {
    for (const cancel of armed) cancel();
    armed.clear();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(delayMs, fire) {
      if (signal.aborted) return () => undefined;
      const cancel = clock.after(delayMs, () => {
        armed.delete(cancel);
        fire();
      });
      armed.add(cancel);
      return () => {
        armed.delete(cancel);
        cancel();
      };
    },
  };
}
