import type { Deployment } from '../../api/generated/apps/v1.ts';
import { scaledIntOrPercent } from '../../api/int-or-string.ts';

/** How far a rollout may go from the desired number of pods. */
export interface Limits {
  readonly desired: number;
  /** Pods beyond the desired number: 0 unless the strategy is RollingUpdate. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

const noLimit = 2 ** 31 - 1;

/**
 * Shares are of the desired number, surge rounded up and unavailability rounded down. When both come
 * to nothing the rollout could never move: then one pod may be unavailable. Source: ResolveFenceposts
 * and its callers in pkg/controller/deployment/util/deployment_util.go.
 */
export function limitsOf({ spec }: Deployment): Limits {
  const desired = spec.replicas ?? 1;
  if (!isRollingUpdate(spec)) return { desired, maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge: surge = 0, maxUnavailable: unavailable = 0 } = spec.strategy?.rollingUpdate ?? {};
  const maxSurge = scaledIntOrPercent(surge, desired, 'up');
  const resolved = scaledIntOrPercent(unavailable, desired, 'down');
  const maxUnavailable = maxSurge === 0 && resolved === 0 ? 1 : resolved;
  return { desired, maxSurge, maxUnavailable: Math.min(maxUnavailable, desired) };
}

export const isRollingUpdate = ({ strategy }: Deployment['spec']): boolean => strategy?.type === 'RollingUpdate';

/** Seconds without progress after which a rollout counts as stuck; undefined for ever. */
export const progressDeadlineSeconds = ({ spec: { progressDeadlineSeconds: seconds } }: Deployment): number | undefined =>
  seconds === noLimit ? undefined : seconds;

/** Old ReplicaSets that are kept for rollbacks; undefined for all. */
export const revisionHistoryLimit = ({ spec: { revisionHistoryLimit: limit } }: Deployment): number | undefined =>
  limit === noLimit ? undefined : limit;
