/**
 * Delays that double from one failure to the next and are forgotten after twice the longest one
 * (client-go's flowcontrol.Backoff), by key.
 */
export class BackOff {
  readonly #entries = new Map<string, { delayMs: number; sinceMs: number }>();
  readonly #initialMs: number;
  readonly #maxMs: number;

  constructor(initialMs: number, maxMs: number) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** 0 for a key that has not failed. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** A failure: the next delay is twice as long. */
  next(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    if (!entry || nowMs - entry.sinceMs > 2 * this.#maxMs) this.#entries.set(key, { delayMs: this.#initialMs, sinceMs: nowMs });
    else this.#entries.set(key, { delayMs: Math.min(entry.delayMs * 2, this.#maxMs), sinceMs: nowMs });
  }

  /** How long to wait yet, when counted from an event (a container's end); 0 for no more. */
  leftSince(key: string, eventMs: number, nowMs: number): number {
    const entry = this.#entries.get(key);
    if (!entry || eventMs - entry.sinceMs > 2 * this.#maxMs) return 0;
    return Math.max(0, eventMs + entry.delayMs - nowMs);
  }

  /** How long to wait yet, when counted from the last failure. */
  leftSinceFailure(key: string, nowMs: number): number {
    const entry = this.#entries.get(key);
    return entry ? Math.max(0, entry.sinceMs + entry.delayMs - nowMs) : 0;
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}
