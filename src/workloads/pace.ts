/**
 * Gives keys a rest after work that would otherwise be done again and again while many pods change at
 * once. Upstream has its client's limit of 20 requests a second for that.
 */
export class Pace {
  readonly #restingUntilMs = new Map<string, number>();

  /** How long to wait before the next work; 0 for not at all. */
  waitMs(key: string, nowMs: number): number {
    return Math.max(0, (this.#restingUntilMs.get(key) ?? 0) - nowMs);
  }

  /** How many keys rest. */
  resting(nowMs: number): number {
    for (const [key, untilMs] of this.#restingUntilMs) if (untilMs <= nowMs) this.#restingUntilMs.delete(key);
    return this.#restingUntilMs.size;
  }

  rest(key: string, untilMs: number): void {
    this.#restingUntilMs.set(key, untilMs);
  }

  forget(key: string): void {
    this.#restingUntilMs.delete(key);
  }
}
