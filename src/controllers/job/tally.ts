import type { JobCondition, JobStatus, UncountedTerminatedPods } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { countIndexes } from '../../api/kinds/batch/index-intervals.ts';
import type { Census } from './census.ts';
import { jobCondition, withCondition } from './conditions.ts';
import { matchFailure } from './failure-policy.ts';
import { hasIndex, indexesOf, indexesText, union } from './indexes.ts';
import { hasFailed, indexOf, isIndexed, isTracked } from './job-state.ts';

/** So many uids at most stand in a status at a time, lest it grow too large; the rest is for the next go. */
const mostUncounted = 500;

/** Pods that can be counted, and the status in which they are noted before their finalizers go. */
export interface Tally {
  readonly status: JobStatus;
  /** Pods whose finalizers may go as soon as the status is written. */
  readonly release: readonly Pod[];
  /** There are more than fit: the job is not over yet. */
  readonly isFull: boolean;
}

/**
 * Counts each pod exactly once: its uid is noted in the status, then its finalizer goes, and when it
 * is seen to be gone the uid becomes one more in a counter (`settled`). Whatever is lost on the way,
 * nothing is counted twice. Succeeded pods of Indexed jobs need no uid: their index is noted.
 */
export function tally(census: Census, status: JobStatus, verdict: JobCondition | undefined): Tally {
  const { job, pods, indexes } = census;
  const before = settled(status, trackedUids(pods));
  const succeeded = [...(before.uncountedTerminatedPods?.succeeded ?? [])];
  const failed = [...(before.uncountedTerminatedPods?.failed ?? [])];
  const noted = { succeeded: new Set(succeeded), failed: new Set(failed) };
  const newIndexes: number[] = [];
  const release: Pod[] = [];
  const hasFailedAsAWhole = verdict !== undefined && verdict.type !== 'SuccessCriteriaMet';
  let isFull = false;
  for (const pod of pods) {
    if (!isTracked(pod) || !mayRelease(pod, census, verdict)) continue;
    release.push(pod);
    const uid = pod.metadata.uid ?? '';
    const index = indexes && indexOf(pod, indexes.completions);
    if (pod.status?.phase === 'Succeeded' && !noted.failed.has(uid)) {
      if (!isIndexed(job) && !noted.succeeded.has(uid)) succeeded.push(uid);
      if (index !== undefined && !hasIndex(indexes!.succeededBefore, index)) newIndexes.push(index);
    } else if ((hasFailed(pod, job) || hasFailedAsAWhole) && !noted.failed.has(uid) && (!isIndexed(job) || index !== undefined)) {
      if (matchFailure(job.spec.podFailurePolicy, pod).counts) failed.push(uid);
    }
    isFull = newIndexes.length + succeeded.length + failed.length >= mostUncounted;
    if (isFull) break;
  }
  const next = { ...before, uncountedTerminatedPods: uncounted(succeeded, failed), ...indexStatus(census, newIndexes) };
  return { status: withInterim(next, verdict), release, isFull };
}

/** With those uids counted and struck out whose pods are not `tracked` any more. */
export function settled(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const left = { succeeded: succeeded.filter((uid) => tracked.has(uid)), failed: failed.filter((uid) => tracked.has(uid)) };
  const done = { succeeded: succeeded.length - left.succeeded.length, failed: failed.length - left.failed.length };
  return {
    ...status,
    ...(done.succeeded > 0 && { succeeded: (status.succeeded ?? 0) + done.succeeded }),
    ...(done.failed > 0 && { failed: (status.failed ?? 0) + done.failed }),
    uncountedTerminatedPods: uncounted(left.succeeded, left.failed),
  };
}

export const trackedUids = (pods: readonly Pod[]): Set<string> => new Set(pods.filter(isTracked).map(({ metadata }) => metadata.uid ?? ''));

/** With the last word in it; undefined while something is still to be counted or pods are `terminating`. */
export function concluded(status: JobStatus, verdict: JobCondition, terminating: number, nowMs: number): JobStatus | undefined {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0 || terminating > 0) return undefined;
  const last = lastWord(verdict, nowMs);
  return {
    ...status,
    conditions: withCondition(status.conditions ?? [], last),
    ...(last.type === 'Complete' && { completionTime: last.lastTransitionTime! }),
  };
}

const lastWord = (verdict: JobCondition, nowMs: number): JobCondition =>
  jobCondition(verdict.type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed', verdict, nowMs);

/** A failed pod that awaits its replacement has to stay: the replacement reads off it how often its index failed. */
function mayRelease(pod: Pod, { job, indexes }: Census, verdict: JobCondition | undefined): boolean {
  if (job.metadata.deletionTimestamp || verdict || pod.status?.phase === 'Succeeded') return true;
  if (!hasFailed(pod, job)) return false;
  const index = indexes && indexOf(pod, indexes.completions);
  return index === undefined || indexes?.awaitingReplacement.get(index)?.metadata.uid !== pod.metadata.uid;
}

function indexStatus({ indexes }: Census, newIndexes: readonly number[]): Partial<JobStatus> {
  if (!indexes) return {};
  const succeeded = union(indexes.succeeded, indexesOf(newIndexes));
  return {
    succeeded: countIndexes(succeeded),
    completedIndexes: indexesText(succeeded),
    ...(indexes.failed && { failedIndexes: indexesText(indexes.failed) }),
  };
}

/** What was decided is in the status before the first finalizer goes: afterwards the reasons may be gone. */
function withInterim(status: JobStatus, verdict: JobCondition | undefined): JobStatus {
  if (verdict?.type !== 'SuccessCriteriaMet' && verdict?.type !== 'FailureTarget') return status;
  const isThere = status.conditions?.some(({ type, status: is }) => type === verdict.type && is === 'True');
  return isThere ? status : { ...status, conditions: withCondition(status.conditions ?? [], verdict) };
}

const uncounted = (succeeded: readonly string[], failed: readonly string[]): UncountedTerminatedPods => ({
  ...(succeeded.length > 0 && { succeeded }),
  ...(failed.length > 0 && { failed }),
});
