import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import { keyOf } from '../../client/informer.ts';
import { indexFailures, indexIgnoredFailures } from './job-state.ts';

/** The first wait before a failed pod is replaced; doubles with each failure without a success in between. */
const firstWaitMs = 10_000;
const longestWaitMs = 600_000;

/** Failures of a job's pods since the last success. */
export interface Failures {
  readonly count: number;
  /** Of the last one; absent when there is none. */
  readonly lastMs?: number;
}

const noFailures: Failures = { count: 0 };

/** Of all jobs at work, for as long as the process lives: a new one begins anew. */
export class BackOffs {
  readonly #ofJobs = new Map<string, { readonly uid: string; readonly failures: Failures }>();

  of(job: Job): Failures {
    const known = this.#ofJobs.get(keyOf(job));
    return known && known.uid === job.metadata.uid ? known.failures : noFailures;
  }

  note(job: Job, failures: Failures): void {
    this.#ofJobs.set(keyOf(job), { uid: job.metadata.uid ?? '', failures });
  }

  forget(key: string): void {
    this.#ofJobs.delete(key);
  }
}

/** With pods that have ended since. Source: upstream's backoff_utils.go. */
export function withEnded({ count, lastMs }: Failures, succeeded: readonly Pod[], failed: readonly Pod[]): Failures {
  const failures = failed.map(finishedAtMs);
  if (succeeded.length === 0) return failed.length === 0 ? { count, ...(lastMs !== undefined && { lastMs }) } : sum(count, failures);
  const lastSuccessMs = Math.max(...succeeded.map(finishedAtMs));
  const since = failures.filter((ms) => ms > lastSuccessMs);
  return since.length === 0 ? noFailures : sum(0, since);
}

const sum = (before: number, failures: readonly number[]): Failures => ({
  count: before + failures.length,
  lastMs: failures.reduce((last, ms) => Math.max(last, ms), -Infinity),
});

/** How long no replacement may be made; 0 when it may be made now. */
export function waitMs({ count, lastMs }: Failures, nowMs: number): number {
  if (count === 0 || lastMs === undefined) return 0;
  return Math.max(0, Math.min(firstWaitMs * 2 ** (count - 1), longestWaitMs) - (nowMs - lastMs));
}

/** The same for one index, whose last failed pod carries the count of those before it. */
export const indexWaitMs = (lastFailed: Pod | undefined, nowMs: number): number =>
  lastFailed
    ? waitMs({ count: indexFailures(lastFailed) + indexIgnoredFailures(lastFailed) + 1, lastMs: finishedAtMs(lastFailed) }, nowMs)
    : 0;

/**
 * When the pod ended: its last container's end, or since when it is not ready, or when its deletion
 * began. A pod of which nobody tells any of these was created and nothing more.
 */
export function finishedAtMs(pod: Pod): number {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp = '' } = pod.metadata;
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends);
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  if (deletionTimestamp) return Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  return Date.parse(creationTimestamp);
}
