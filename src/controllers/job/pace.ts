import type { Job } from '../../api/generated/batch/v1.ts';
import { keyOf } from '../../client/informer.ts';

/** What a job's pods tell in a second is handled in one go (upstream's syncJobBatchPeriod). */
const batchMs = 1000;

/** Sees to it that a job of many pods is not gone through for each of them, nor its status written. */
export class Pace {
  readonly #last = new Map<string, { readonly wish: string; readonly atMs: number }>();

  /** 0 where the job is to be handled now, which is noted; else how long it has to wait. What its owner changed never waits. */
  restMs(job: Job, nowMs: number): number {
    const { uid, generation, deletionTimestamp } = job.metadata;
    const wish = `${uid} ${generation} ${deletionTimestamp}`;
    const last = this.#last.get(keyOf(job));
    if (last?.wish === wish && nowMs - last.atMs < batchMs) return last.atMs + batchMs - nowMs;
    this.#last.set(keyOf(job), { wish, atMs: nowMs });
    return 0;
  }

  forget(key: string): void {
    this.#last.delete(key);
  }
}
