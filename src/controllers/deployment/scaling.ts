import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { isRollingUpdate, limitsOf } from './limits.ts';
import { allOf, byAge, isInUse, isSettled, sizeOf, total, type Family } from './replica-sets.ts';
import { desiredReplicasOf, maxReplicasOf } from './revision.ts';

/** A size that a ReplicaSet is to get. */
export interface Sizing {
  readonly replicaSet: ReplicaSet;
  readonly size: number;
}

/** The Deployment's size has changed since a ReplicaSet in use got its own. */
export function isScaled(deployment: Deployment, family: Family): boolean {
  const { desired } = limitsOf(deployment);
  return allOf(family)
    .filter(isInUse)
    .some((one) => (desiredReplicasOf(one) ?? desired) !== desired);
}

/**
 * The sizes that a change of the Deployment's size comes to. One ReplicaSet alone takes it all; in the
 * middle of a rollout each takes its share. Pods come only when all that are to go have gone: until
 * then nothing is to be done. Source: scale in pkg/controller/deployment/sync.go.
 */
export function sizesAfterScaling(deployment: Deployment, family: Family): readonly Sizing[] {
  const { desired } = limitsOf(deployment);
  const sizings = sizesNow(deployment, family, desired);
  const grows =
    total(
      sizings.map(({ replicaSet }) => replicaSet),
      sizeOf,
    ) < sizings.reduce((sum, { size }) => sum + size, 0);
  return grows && !allOf(family).every(isSettled) ? [] : sizings;
}

function sizesNow(deployment: Deployment, family: Family, desired: number): readonly Sizing[] {
  const inUse = allOf(family).filter(isInUse);
  const alone = inUse.length > 1 ? undefined : (inUse[0] ?? family.current ?? family.old.at(-1));
  if (alone) return sizeOf(alone) === desired && !isScaled(deployment, family) ? [] : [{ replicaSet: alone, size: desired }];
  if (isSaturated(family.current, desired)) return family.old.filter(isInUse).map((replicaSet) => ({ replicaSet, size: 0 }));
  return isRollingUpdate(deployment.spec) ? proportionalSizes(deployment, inUse) : [];
}

/** Both the Deployment and the ReplicaSet take it for the whole, and it is. */
const isSaturated = (current: ReplicaSet | undefined, desired: number): boolean =>
  current !== undefined &&
  sizeOf(current) === desired &&
  desiredReplicasOf(current) === desired &&
  (current.status.availableReplicas ?? 0) === desired;

/**
 * The difference to the allowed number of pods is spread over the ReplicaSets by their sizes, from the
 * largest to the smallest; what rounding leaves goes to the largest. Of equal ones the newer grows
 * and the older shrinks first.
 */
export function proportionalSizes(deployment: Deployment, inUse: readonly ReplicaSet[]): readonly Sizing[] {
  const { desired, maxSurge } = limitsOf(deployment);
  const allowed = desired > 0 ? desired + maxSurge : 0;
  const toAdd = allowed - total(inUse, sizeOf);
  const sorted = inUse.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  if (toAdd === 0) return sorted.map((replicaSet) => ({ replicaSet, size: sizeOf(replicaSet) }));
  let left = toAdd;
  const sizings = sorted.map((replicaSet) => {
    const share = shareOf(replicaSet, allowed, deployment.status.replicas ?? 0);
    const added = left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    left -= added;
    return { replicaSet, size: sizeOf(replicaSet) + added };
  });
  return sizings.map((one, i) => (i === 0 ? { ...one, size: Math.max(0, one.size + left) } : one));
}

/** By how much it would grow or shrink if all kept their proportions. */
function shareOf(replicaSet: ReplicaSet, allowed: number, actual: number): number {
  const size = sizeOf(replicaSet);
  const whole = maxReplicasOf(replicaSet) ?? actual;
  if (allowed === 0) return -size;
  return whole === 0 ? 0 : Math.round((size * allowed) / whole) - size;
}
