/**
 * Holds back what would be written again and again while many pods change at once: a service's endpoints
 * are written at most once in `intervalMs`. Upstream has its client's limit of 20 requests a second for that.
 */
export class Pace {
  readonly #intervalMs: number;
  readonly #lastMs = new Map<string, number>();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** How long to wait before the next write; 0 for not at all. */
  waitMs(key: string, nowMs: number): number {
    const lastMs = this.#lastMs.get(key);
    return lastMs === undefined ? 0 : Math.max(0, lastMs + this.#intervalMs - nowMs);
  }

  wrote(key: string, nowMs: number): void {
    this.#lastMs.set(key, nowMs);
  }

  forget(key: string): void {
    this.#lastMs.delete(key);
  }
}

export const endpointWritesIntervalMs = 50;
