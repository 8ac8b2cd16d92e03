import type { Clock } from './clock.ts';
import { Heap } from './heap.ts';

export interface VirtualClockOptions {
  /** Resolves when everything that could run without time passing has run. On Node: `() => new Promise((done) => setImmediate(done))`. */
  readonly turn: () => Promise<void>;
  /** A quicker way to take `turn` before every step, until `step` answers false; made of `turn` when absent. */
  readonly repeat?: (step: () => boolean) => Promise<void>;
  /** Where `now()` starts, in milliseconds since the epoch; 2026-01-01T00:00:00Z when absent. */
  readonly startMs?: number;
}

/**
 * Time that stands still until somebody moves it. Timers fire in the order of their due times, those
 * of the same time in the order they were set, and after each one all work it caused runs to its end
 * before the next: a run is the same each time.
 */
export class VirtualClock implements Clock {
  readonly #repeat: (step: () => boolean) => Promise<void>;
  readonly #startMs: number;
  readonly #timers = new Heap<Timer>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order));
  #elapsedMs = 0;
  #set = 0;

  constructor({ turn, repeat, startMs = Date.UTC(2026, 0, 1) }: VirtualClockOptions) {
    this.#repeat = repeat ?? repeating(turn);
    this.#startMs = startMs;
  }

  now(): number {
    return Math.floor(this.#startMs + this.#elapsedMs);
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    // A delay that is no number is as good as none; Node's timers do the same.
    const timer: Timer = { dueMs: this.#elapsedMs + (delayMs > 0 ? delayMs : 0), order: this.#set++, fire };
    this.#timers.push(timer);
    return () => (timer.fire = undefined);
  }

  /** Lets `ms` pass: every timer due in that time fires, also those set on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await this.#repeat(() => this.#fireNext(endMs));
    this.#elapsedMs = endMs;
  }

  /** Runs everything that needs no time to pass. */
  async settle(): Promise<void> {
    await this.advance(0);
  }

  /**
   * Lets time pass until `holds()` is true, looked at whenever something has run. Rejects when it still
   * is not after `limitMs`, or when no timer is left that could change it.
   */
  async until(holds: () => boolean, limitMs: number): Promise<void> {
    const endMs = this.#elapsedMs + limitMs;
    await this.#repeat(() => !holds() && this.#fireNext(endMs));
    if (holds()) return;
    const reason = this.#nextTimer() ? `it still does not after ${limitMs} ms` : 'no timer is left that could change it';
    throw new Error(`waiting until ${holds.toString()} holds: ${reason}`);
  }

  /** Fires the next timer if it is due by `endMs`. */
  #fireNext(endMs: number): boolean {
    const timer = this.#nextTimer();
    if (!timer || timer.dueMs > endMs) return false;
    this.#timers.pop();
    this.#elapsedMs = timer.dueMs;
    const fire = timer.fire;
    timer.fire = undefined;
    fire?.();
    return true;
  }

  #nextTimer(): Timer | undefined {
    for (;;) {
      const timer = this.#timers.peek();
      if (!timer || timer.fire) return timer;
      this.#timers.pop();
    }
  }
}

const repeating = (turn: () => Promise<void>) => async (step: () => boolean) => {
  do await turn();
  while (step());
};

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  /** Absent once it was cancelled or has fired. */
  fire: (() => void) | undefined;
}
