import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { byValue } from '../../workloads/pod-ranking.ts';
import { indexWaitMs, waitMs, type Failures } from './back-off.ts';
import type { Census } from './census.ts';
import { indexesOf, lowestFree, union } from './indexes.ts';
import { indexOf, isSuspended, replacesOnlyFailed } from './job-state.ts';

/** What is to be done about the number of pods of a job that goes on. */
export type Plan =
  | { readonly do: 'nothing' }
  | { readonly do: 'delete'; readonly pods: readonly Pod[] }
  /** `indexes` of an Indexed job: as many as pods. */
  | { readonly do: 'create'; readonly count: number; readonly indexes?: readonly number[] }
  /** Pods have failed too recently. */
  | { readonly do: 'wait'; readonly ms: number };

/** So many pods at most are made or deleted in one go. */
const mostAtOnce = 500;

/** Deletion goes before creation: both in one go are never planned. */
export function planPods(census: Census, failures: Failures, nowMs: number): Plan {
  const { job, active, terminating } = census;
  const wanted = wantedActive(census);
  const surplus = surplusPods(job, active, Math.max(0, active.length - wanted));
  if (surplus.length > 0) return { do: 'delete', pods: isSuspended(job) ? surplus : surplus.slice(0, mostAtOnce) };
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating : 0);
  if (missing <= 0 || isSuspended(job)) return { do: 'nothing' };
  const perIndex = job.spec.backoffLimitPerIndex !== undefined;
  const ms = perIndex ? 0 : waitMs(failures, nowMs);
  if (ms > 0) return { do: 'wait', ms };
  const count = Math.min(missing, mostAtOnce);
  return census.indexes ? planIndexes(census, count, nowMs) : { do: 'create', count };
}

function wantedActive({ job, active, succeeded }: Census): number {
  const { completions, parallelism = 1 } = job.spec;
  if (isSuspended(job)) return 0;
  // Without a number of completions a success tells the others to end when they are done.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

function planIndexes(census: Census, count: number, nowMs: number): Plan {
  const { completions, awaitingReplacement } = census.indexes!;
  const free = lowestFree(takenIndexes(census), count, completions);
  const waits = free.map((index) => indexWaitMs(awaitingReplacement.get(index), nowMs));
  const now = free.filter((_, at) => waits[at] === 0);
  if (now.length > 0) return { do: 'create', count: now.length, indexes: now };
  return waits.length > 0 ? { do: 'wait', ms: Math.min(...waits) } : { do: 'nothing' };
}

function takenIndexes({ job, pods, active, indexes }: Census) {
  const { completions, succeeded, failed = [] } = indexes!;
  const atWork = replacesOnlyFailed(job)
    ? pods.filter(({ metadata, status }) => metadata.deletionTimestamp !== undefined && status?.phase !== 'Failed')
    : [];
  return union(union(succeeded, failed), indexesOf([...active, ...atWork].flatMap((pod) => indexOf(pod, completions) ?? [])));
}

/** At least `count` active pods: in an Indexed job first those without an index of the job, and all but one of each index. */
function surplusPods(job: Job, active: readonly Pod[], count: number): readonly Pod[] {
  const { remove, keep } =
    job.spec.completionMode === 'Indexed' ? withoutDoubles(active, job.spec.completions ?? 0) : { remove: [], keep: active };
  return remove.length >= count ? remove : [...remove, ...[...keep].sort(byValue).slice(0, count - remove.length)];
}

function withoutDoubles(active: readonly Pod[], completions: number): { remove: Pod[]; keep: Pod[] } {
  const remove: Pod[] = [];
  const best = new Map<number, Pod>();
  for (const pod of [...active].sort(byValue)) {
    const index = indexOf(pod, completions);
    const other = index === undefined ? pod : best.get(index);
    if (other) remove.push(other);
    if (index !== undefined) best.set(index, pod);
  }
  return { remove, keep: [...best.values()] };
}
