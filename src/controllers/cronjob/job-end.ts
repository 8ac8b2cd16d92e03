import type { Job } from '../../api/generated/batch/v1.ts';

/** How the job ended; undefined while it has not. */
export const endOf = ({ status }: Job): 'Complete' | 'Failed' | undefined => {
  const found = status?.conditions?.find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');
  return found && (found.type === 'Complete' ? 'Complete' : 'Failed');
};

export interface HistoryLimits {
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
}

/** Finished jobs beyond the limits, the oldest first: the successful, then the failed. */
export const beyondHistory = (jobs: readonly Job[], { successfulJobsHistoryLimit, failedJobsHistoryLimit }: HistoryLimits): Job[] => [
  ...oldest(jobs, 'Complete', successfulJobsHistoryLimit),
  ...oldest(jobs, 'Failed', failedJobsHistoryLimit),
];

function oldest(jobs: readonly Job[], end: 'Complete' | 'Failed', limit: number | undefined): Job[] {
  const ended = jobs.filter((job) => endOf(job) === end);
  return limit === undefined || ended.length <= limit ? [] : ended.sort(byStart).slice(0, ended.length - limit);
}

/** Those that never started come last. */
function byStart(a: Job, b: Job): number {
  const [startA, startB] = [a.status?.startTime, b.status?.startTime];
  if (startA !== startB && (startA === undefined || startB === undefined)) return startA === undefined ? 1 : -1;
  return compare(startA, startB) || compare(a.metadata.name, b.metadata.name);
}

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
