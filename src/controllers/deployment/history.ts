import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { revisionHistoryLimit } from './limits.ts';
import { byRevision, isInUse, isObserved } from './replica-sets.ts';

/**
 * Old ReplicaSets beyond the history's limit, the lowest revisions; those that still have pods stay.
 * Source: cleanupDeployment in pkg/controller/deployment/sync.go.
 */
export function superfluous(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = revisionHistoryLimit(deployment);
  if (limit === undefined) return [];
  const kept = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined).toSorted(byRevision);
  return kept.slice(0, Math.max(0, kept.length - limit)).filter(isEmpty);
}

const isEmpty = (one: ReplicaSet): boolean => !isInUse(one) && isObserved(one) && (one.status.replicas ?? 0) === 0;
