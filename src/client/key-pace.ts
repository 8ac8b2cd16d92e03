import type { Clock } from '../base/clock.ts';

/** So often a key may be handled in a row. */
const burst = 100;
/** Between two in a row there is less than this; after a longer rest all is forgotten. */
const restMs = 1000;
/** So long a key waits each time once its burst is spent: kube-controller-manager's `--kube-api-qps` of 20. */
const pauseMs = 50;
/** With so many keys remembered, those that have rested are forgotten. */
const sweepAt = 1000;

interface Row {
  /** How often it has been handled in a row. */
  readonly times: number;
  readonly atMs: number;
  /** Since when it waits. */
  readonly waitsFromMs?: number;
}

/**
 * Slows down keys that are handled without end, such as a set whose pods a node refuses as fast as they
 * are made: upstream such loops are held by the client's rate limit. Without it a loop in one process
 * lets no timer fire, and virtual time stands still for ever. The time that handling itself takes does
 * not count as waiting, for a busy machine must not speed up what keeps it busy.
 */
export class KeyPace {
  readonly #clock: Clock;
  readonly #rows = new Map<string, Row>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts the key as handled now, and answers 0; or else how many milliseconds it must wait. */
  spend(key: string): number {
    const nowMs = this.#clock.monotonic();
    const row = this.#rows.get(key);
    if (!row || hasRested(row, nowMs)) {
      if (this.#rows.size >= sweepAt) this.#sweep(nowMs);
      this.#rows.set(key, { times: 1, atMs: nowMs });
      return 0;
    }
    if (row.times >= burst) {
      const { waitsFromMs = nowMs } = row;
      const leftMs = waitsFromMs + pauseMs - nowMs;
      if (leftMs > 0) {
        this.#rows.set(key, { ...row, waitsFromMs });
        return leftMs;
      }
    }
    this.#rows.set(key, { times: row.times + 1, atMs: nowMs });
    return 0;
  }

  #sweep(nowMs: number): void {
    for (const [key, row] of this.#rows) if (hasRested(row, nowMs)) this.#rows.delete(key);
  }
}

/** Waiting for its turn is no rest. */
const hasRested = ({ atMs, waitsFromMs }: Row, nowMs: number): boolean => nowMs - (waitsFromMs ?? atMs) >= restMs;
