/**
 * Keeps a daemon set and a kubelet that refuses its pods from chasing one another: failed pods are deleted
 * ever less often, from once a second to once in 15 minutes. Source: flowcontrol.Backoff in client-go.
 */
export class FailureBackoff {
  readonly #entries = new Map<string, { delayMs: number; lastMs: number }>();
  #sweptMs = 0;

  /** How long a failure of this key has still to wait; 0 when it may be dealt with now. */
  waitMs(key: string, nowMs: number): number {
    const entry = this.#entries.get(key);
    return entry ? Math.max(0, entry.lastMs + entry.delayMs - nowMs) : 0;
  }

  /** It was dealt with: the next time it will have to wait longer. */
  next(key: string, nowMs: number): void {
    this.#sweep(nowMs);
    const entry = this.#entries.get(key);
    this.#entries.set(key, { delayMs: entry ? Math.min(entry.delayMs * 2, maxDelayMs) : firstDelayMs, lastMs: nowMs });
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepEveryMs) return;
    this.#sweptMs = nowMs;
    for (const [key, { lastMs }] of this.#entries) if (nowMs - lastMs > 2 * maxDelayMs) this.#entries.delete(key);
  }
}

const firstDelayMs = 1_000;
const maxDelayMs = 15 * 60_000;
const sweepEveryMs = 60_000;
