/** Nodes of one zone that wait for their NoExecute taint, let out one at a time at a rate (a token bucket of one). */
export class TaintQueue {
  readonly #waiting = new Set<string>();
  #perSecond: number;
  /** When the next may go, in the milliseconds that callers bring; -Infinity while nobody has gone. */
  #nextAtMs = -Infinity;

  /** `perSecond` 0 lets nobody out. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  add(name: string): void {
    this.#waiting.add(name);
  }

  remove(name: string): void {
    this.#waiting.delete(name);
  }

  /** Who has to wait now waits a full turn of the new rate. */
  setRate(perSecond: number, nowMs: number): void {
    if (perSecond === this.#perSecond) return;
    if (perSecond > 0) this.#nextAtMs = this.#perSecond > 0 && nowMs >= this.#nextAtMs ? -Infinity : nowMs + 1000 / perSecond;
    this.#perSecond = perSecond;
  }

  /** The node whose turn it is, taken out; undefined while none may go. */
  take(nowMs: number): string | undefined {
    const [name] = this.#waiting;
    if (name === undefined || this.#perSecond <= 0 || nowMs < this.#nextAtMs) return undefined;
    this.#waiting.delete(name);
    this.#nextAtMs = nowMs + 1000 / this.#perSecond;
    return name;
  }

  /** How long until `take` gives a node; undefined when nothing but a change will make it. */
  waitMs(nowMs: number): number | undefined {
    if (this.#waiting.size === 0 || this.#perSecond <= 0) return undefined;
    return Math.max(0, this.#nextAtMs - nowMs);
  }
}
