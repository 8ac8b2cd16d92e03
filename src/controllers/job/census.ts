import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { countIndexes } from '../../api/kinds/batch/index-intervals.ts';
import { isActive, isFinished as hasEnded, isReady } from '../../api/pods/pod-state.ts';
import { finishedAtMs } from './back-off.ts';
import { matchFailure } from './failure-policy.ts';
import { hasIndex, indexesOf, readIndexes, union, type Indexes } from './indexes.ts';
import { hasFailed, indexFailures, indexIgnoredFailures, indexOf, isIndexed, isTracked } from './job-state.ts';

/** A Job's pods, counted: what its decisions are made of. */
export interface Census {
  readonly job: Job;
  /** All that there are; by index where they have one. */
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  /** Going, and not ended yet. */
  readonly terminating: number;
  /** With those that the status does not count yet. */
  readonly succeeded: number;
  readonly failed: number;
  /** Ended, and not in the status in any way. */
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
  /** Only of Indexed jobs. */
  readonly indexes?: IndexCensus;
}

export interface IndexCensus {
  readonly completions: number;
  /** According to the status. */
  readonly succeededBefore: Indexes;
  readonly succeeded: Indexes;
  /** Only where there is a back-off limit per index. */
  readonly failed?: Indexes;
  /** Failed pods that must not go before their replacement is there, which inherits their count of failures. */
  readonly awaitingReplacement: ReadonlyMap<number, Pod>;
}

export function takeCensus(job: Job, ofJob: readonly Pod[]): Census {
  const { completions = 0, podFailurePolicy } = job.spec;
  const { uncountedTerminatedPods: uncounted, succeeded = 0, failed = 0 } = job.status ?? {};
  const pods = isIndexed(job) ? [...ofJob].sort((a, b) => (indexOf(a, completions) ?? -1) - (indexOf(b, completions) ?? -1)) : ofJob;
  const active = pods.filter(isActive);
  const noted = new Set([...(uncounted?.succeeded ?? []), ...(uncounted?.failed ?? [])]);
  const unnoted = pods.filter(
    (pod) => isTracked(pod) && !noted.has(pod.metadata.uid ?? '') && (!isIndexed(job) || indexOf(pod, completions) !== undefined),
  );
  const newlySucceeded = unnoted.filter(({ status }) => status?.phase === 'Succeeded');
  const newlyFailed = unnoted.filter((pod) => hasFailed(pod, job));
  const counted = newlyFailed.filter((pod) => matchFailure(podFailurePolicy, pod).counts).length;
  const indexes = isIndexed(job) ? indexCensus(job, pods, active) : undefined;
  return {
    job,
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !hasEnded(pod)).length,
    succeeded: indexes ? countIndexes(indexes.succeeded) : succeeded + newlySucceeded.length + (uncounted?.succeeded?.length ?? 0),
    failed: failed + counted + (uncounted?.failed?.length ?? 0),
    newlySucceeded,
    newlyFailed,
    ...(indexes && { indexes }),
  };
}

/** No failed pod will be replaced: none has to stay for it. */
export const withoutReplacements = (census: Census): Census =>
  census.indexes ? { ...census, indexes: { ...census.indexes, awaitingReplacement: new Map() } } : census;

function indexCensus(job: Job, pods: readonly Pod[], active: readonly Pod[]): IndexCensus {
  const { completions = 0, backoffLimitPerIndex } = job.spec;
  const indexesWhere = (holds: (pod: Pod) => boolean) =>
    indexesOf(pods.filter((pod) => isTracked(pod) && holds(pod)).flatMap((pod) => indexOf(pod, completions) ?? []));
  const succeededBefore = readIndexes(job.status?.completedIndexes, completions);
  // A pod that was noted as failed while it was going counts as that, though it succeeds in its last moment.
  const notedFailed = new Set(job.status?.uncountedTerminatedPods?.failed);
  const succeeded = union(
    succeededBefore,
    indexesWhere(({ metadata, status }) => status?.phase === 'Succeeded' && !notedFailed.has(metadata.uid ?? '')),
  );
  if (backoffLimitPerIndex === undefined) return { completions, succeededBefore, succeeded, awaitingReplacement: new Map() };
  const failed = union(
    readIndexes(job.status?.failedIndexes, completions),
    indexesWhere((pod) => failsIndex(pod, job)),
  );
  const settled = union(union(succeeded, failed), indexesOf(active.flatMap((pod) => indexOf(pod, completions) ?? [])));
  return { completions, succeededBefore, succeeded, failed, awaitingReplacement: awaitingReplacement(job, pods, settled) };
}

function failsIndex(pod: Pod, job: Job): boolean {
  if (!hasFailed(pod, job)) return false;
  const { action, counts } = matchFailure(job.spec.podFailurePolicy, pod);
  return action === 'FailIndex' || (counts && indexFailures(pod) >= (job.spec.backoffLimitPerIndex ?? 0));
}

/** The last failed pod of each index that is not `settled` by a success, a final failure or a pod at work. */
function awaitingReplacement(job: Job, pods: readonly Pod[], settled: Indexes): ReadonlyMap<number, Pod> {
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const index = indexOf(pod, job.spec.completions ?? 0);
    if (index === undefined || !isTracked(pod) || !hasFailed(pod, job) || hasIndex(settled, index)) continue;
    const other = last.get(index);
    if (!other || isLater(pod, other)) last.set(index, pod);
  }
  return last;
}

const isLater = (pod: Pod, other: Pod): boolean => failuresBefore(other) <= failuresBefore(pod) && finishedAtMs(pod) >= finishedAtMs(other);
const failuresBefore = (pod: Pod): number => indexFailures(pod) + indexIgnoredFailures(pod);
