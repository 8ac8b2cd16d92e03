import type { Clock } from '../base/clock.ts';

/** So often a key may be handled in a row. */
const burst = 200;
/** From then on; kube-controller-manager's `--kube-api-qps`. */
const perSecond = 20;
/** With so many keys remembered, those that may have a whole burst again are forgotten. */
const sweepAt = 1000;

/**
 * Slows down keys that are handled without end, such as a set whose pods a node refuses as fast as they
 * are made: upstream such loops are held by the client's rate limit. Without it a loop in one process
 * lets no timer fire, and virtual time stands still for ever.
 */
export class KeyPace {
  readonly #clock: Clock;
  /** How often more each may be handled, and as of when. */
  readonly #left = new Map<string, { readonly times: number; readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts the key as handled now, and answers 0; or else how many milliseconds it must wait. */
  spend(key: string): number {
    const atMs = this.#clock.monotonic();
    const times = this.#leftAt(key, atMs);
    if (times < 1) return Math.ceil(((1 - times) * 1000) / perSecond);
    if (this.#left.size >= sweepAt) this.#sweep(atMs);
    this.#left.set(key, { times: times - 1, atMs });
    return 0;
  }

  #leftAt(key: string, nowMs: number): number {
    const left = this.#left.get(key);
    return left ? Math.min(burst, left.times + ((nowMs - left.atMs) * perSecond) / 1000) : burst;
  }

  #sweep(nowMs: number): void {
    for (const key of this.#left.keys()) if (this.#leftAt(key, nowMs) === burst) this.#left.delete(key);
  }
}
