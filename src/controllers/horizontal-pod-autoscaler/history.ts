/** What was recommended and done of late for one autoscaler: stabilization windows and policies look back at it. */
export class History {
  #recommendations: readonly Recommendation[] = [];
  #changes: readonly Change[] = [];

  get recommendations(): readonly Recommendation[] {
    return this.#recommendations;
  }

  /** The first is what there was: a restart must not let a target shrink at once. */
  begin(replicas: number, nowMs: number): void {
    if (this.#recommendations.length === 0) this.#recommendations = [{ replicas, atMs: nowMs }];
  }

  recommend(replicas: number, nowMs: number): void {
    this.#recommendations = [...this.#recommendations.filter(({ atMs }) => nowMs - atMs <= longestWindowMs), { replicas, atMs: nowMs }];
  }

  changed(by: number, nowMs: number): void {
    this.#changes = [...this.#changes.filter(({ atMs }) => nowMs - atMs <= longestWindowMs), { by, atMs: nowMs }];
  }

  /** By how much the target grew in the last `periodMs`, or shrank where it is negative. */
  netChange(periodMs: number, nowMs: number): number {
    return this.#changes.filter(({ atMs }) => atMs > nowMs - periodMs).reduce((sum, { by }) => sum + by, 0);
  }
}

export interface Recommendation {
  readonly replicas: number;
  readonly atMs: number;
}

interface Change {
  readonly by: number;
  readonly atMs: number;
}

/** As long as a stabilization window may be. */
const longestWindowMs = 3_600_000;
