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
