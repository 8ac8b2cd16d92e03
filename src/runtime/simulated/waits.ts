import type { Clock } from '../../base/clock.ts';

/** Waits on a clock that can be broken off all at once. */
export class Waits {
  readonly #clock: Clock;
  readonly #open = new Set<(error: Error) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `ms`, at once for 0. */
  pass(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return this.until(
      new Promise((resolve) => {
        void this.#clock.after(ms, resolve);
      }),
    );
  }

  /** What `event` resolves to, unless the waits are broken off before. */
  until<T>(event: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#open.add(reject);
      event
        .then(resolve, reject)
        .finally(() => this.#open.delete(reject))
        .catch(reject);
    });
  }

  breakOff(error: Error): void {
    for (const reject of this.#open) reject(error);
    this.#open.clear();
  }
}
