import type { Clock } from './clock.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** The first retry's delay; doubles with each failure of the same key. 5 ms when absent. */
  readonly baseDelayMs?: number;
  /** 1000 s when absent. */
  readonly maxDelayMs?: number;
}

/**
 * A queue of keys with client-go's promises. Fair: keys come out in the order in which they went in.
 * Stingy: a key that waits is not added twice. One at a time: a key in hand is not given to a second
 * worker, and if it is added meanwhile it is given once more after `done`. Every `take` must be
 * followed by a `done`.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;
  /** Waiting keys in order; a Set keeps the order of insertion and finds a key at once. */
  readonly #waiting = new Set<string>();
  /** Keys to be given (again): those waiting, and those in hand that were added meanwhile. */
  readonly #dirty = new Set<string>();
  readonly #inHand = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, { readonly dueMs: number; readonly cancel: () => void }>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor({ clock, baseDelayMs = 5, maxDelayMs = 1_000_000 }: WorkQueueOptions) {
    this.#clock = clock;
    this.#baseDelayMs = baseDelayMs;
    this.#maxDelayMs = maxDelayMs;
  }

  /** Keys that wait, without those in hand or delayed. */
  get length(): number {
    return this.#waiting.size;
  }

  /** Nothing waits, is in hand, or is delayed. */
  get idle(): boolean {
    return this.#dirty.size === 0 && this.#inHand.size === 0 && this.#delayed.size === 0;
  }

  add(key: string): void {
    if (this.#closed || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#inHand.has(key)) this.#offer(key);
  }

  /** Adds later; of several delays pending for one key the earliest counts. At once for 0 or less. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key);
    const dueMs = this.#clock.now() + delayMs;
    const pending = this.#delayed.get(key);
    if (pending && pending.dueMs <= dueMs) return;
    pending?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** Adds after a delay that grows with each failure since the last `forget`. */
  retry(key: string): void {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(this.#baseDelayMs * 2 ** failures, this.#maxDelayMs));
  }

  /** How often `retry` was called for the key since the last `forget`. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. */
  take(): Promise<string | undefined> {
    const [key] = this.#waiting;
    if (key !== undefined) {
      this.#waiting.delete(key);
      return Promise.resolve(this.#hand(key));
    }
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#inHand.delete(key);
    if (this.#dirty.has(key)) this.#offer(key);
  }

  /** Keys that wait are still given out; nothing more is added, and takers get undefined. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #offer(key: string): void {
    const taker = this.#takers.shift();
    if (taker) taker(this.#hand(key));
    else this.#waiting.add(key);
  }

  #hand(key: string): string {
    this.#dirty.delete(key);
    this.#inHand.add(key);
    return key;
  }
}
