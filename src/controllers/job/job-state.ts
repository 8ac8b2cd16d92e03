/** What a Job says of itself, and what its pods' metadata says of their place in it. */
import type { Job, JobCondition } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index';
export const indexFailuresKey = 'batch.kubernetes.io/job-index-failure-count';
export const indexIgnoredFailuresKey = 'batch.kubernetes.io/job-index-ignored-failure-count';

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true;
/** Another controller looks after the job: this one has to leave it alone. */
export const isManagedElsewhere = ({ spec }: Job): boolean =>
  spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller';
/** A pod that is going is replaced when it has gone, not before. */
export const replacesOnlyFailed = ({ spec }: Job): boolean => spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

export const trueCondition = ({ status }: Job, type: string): JobCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
export const isFinished = (job: Job): boolean => (trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed')) !== undefined;

/** Not counted yet, or counted in a status that may still be lost. */
export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) ?? false;

/** The pod's index; undefined where it has none that can be read, or one that the job does not have. */
export function indexOf({ metadata }: Pod, completions: number): number | undefined {
  const text = metadata.annotations?.[completionIndexKey] ?? '';
  const index = /^\+?\d+$/.test(text) ? Number(text) : undefined;
  return index !== undefined && index < completions ? index : undefined;
}

/** How often pods of its index failed before this one, as far as it counts towards the limit per index. */
export const indexFailures = (pod: Pod): number => countIn(pod, indexFailuresKey);
/** How often they failed in ways that the failure policy ignores. */
export const indexIgnoredFailures = (pod: Pod): number => countIn(pod, indexIgnoredFailuresKey);

/** Anybody may have written the annotation. */
function countIn({ metadata }: Pod, key: string): number {
  const count = Number(metadata.annotations?.[key] ?? 0);
  return Number.isInteger(count) && count >= 0 && count < 2 ** 31 ? count : 0;
}

/** A pod that is going counts as failed: one that no kubelet has will never say so itself. Unless only failed ones are replaced. */
export function hasFailed(pod: Pod, job: Job): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && pod.metadata.deletionTimestamp !== undefined && phase !== 'Succeeded';
}
