import type { Job, JobCondition } from '../../api/generated/batch/v1.ts';
import type { ContainerStatus, Pod } from '../../api/generated/core/v1.ts';
import { countIndexes } from '../../api/kinds/batch/index-intervals.ts';
import type { Census } from './census.ts';
import { jobCondition } from './conditions.ts';
import { matchFailure } from './failure-policy.ts';

import { hasFailed, isSuspended, trueCondition } from './job-state.ts';
import { successMessage } from './success-policy.ts';

/**
 * Why the job is over, if it is: SuccessCriteriaMet or FailureTarget where that is decided now or was
 * before, and Failed where its FailureTarget is in the status already. Nothing of it says that the pods
 * have gone. What has been decided once stays.
 */
export function verdictOn(census: Census, nowMs: number): JobCondition | undefined {
  const { job } = census;
  const met = trueCondition(job, 'SuccessCriteriaMet');
  if (met) return met;
  const target = trueCondition(job, 'FailureTarget');
  if (target) return jobCondition('Failed', target, nowMs);
  const failure = failureOf(census, nowMs);
  if (failure) return jobCondition('FailureTarget', failure, nowMs);
  const message = census.indexes && successMessage(job.spec.successPolicy, census.indexes.succeeded, census.indexes.completions);
  return message === undefined ? undefined : jobCondition('SuccessCriteriaMet', { reason: 'SuccessPolicy', message }, nowMs);
}

/** All that was to be done is done: enough pods succeeded, and `active` are left at work. */
export function completionOf({ job, succeeded }: Census, active: number, nowMs: number): JobCondition | undefined {
  const enough = job.spec.completions === undefined ? succeeded > 0 : succeeded >= job.spec.completions;
  if (!enough || active > 0) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return jobCondition('SuccessCriteriaMet', { reason: 'CompletionsReached', message }, nowMs);
}

/** Milliseconds until `activeDeadlineSeconds` are over, 0 when they are; undefined where no time runs. */
export function deadlineInMs({ spec, status }: Job, nowMs: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || !status?.startTime || spec.suspend) return undefined;
  return Math.max(0, Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - nowMs);
}

interface Failure {
  readonly reason: string;
  readonly message: string;
}

function failureOf(census: Census, nowMs: number): Failure | undefined {
  const { job, pods, failed } = census;
  const message = pods
    .filter((pod) => hasFailed(pod, job))
    .map((pod) => matchFailure(job.spec.podFailurePolicy, pod).failsJob)
    .find((found) => found !== undefined);
  if (message !== undefined) return { reason: 'PodFailurePolicy', message };
  if (failed > backoffLimit(job) || hasTooManyRestarts(census))
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  if (!isSuspended(job) && deadlineInMs(job, nowMs) === 0)
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  return indexFailure(census);
}

function indexFailure({ job, indexes }: Census): Failure | undefined {
  const { maxFailedIndexes } = job.spec;
  if (!indexes?.failed) return undefined;
  const failed = countIndexes(indexes.failed);
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes)
    return { reason: 'MaxFailedIndexesExceeded', message: 'Job has exceeded the specified maximal number of failed indexes' };
  if (failed > 0 && failed + countIndexes(indexes.succeeded) >= indexes.completions)
    return { reason: 'FailedIndexes', message: 'Job has failed indexes' };
  return undefined;
}

const backoffLimit = ({ spec }: Job): number => spec.backoffLimit ?? 6;

/** Where containers are restarted in their pods, it is their restarts that count. */
function hasTooManyRestarts({ job, pods }: Census): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .reduce((sum, pod) => sum + restartsOf(pod), 0);
  const limit = backoffLimit(job);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

const restartsOf = ({ status }: Pod): number => restartsIn(status?.initContainerStatuses) + restartsIn(status?.containerStatuses);
const restartsIn = (statuses: readonly ContainerStatus[] = []): number => statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
