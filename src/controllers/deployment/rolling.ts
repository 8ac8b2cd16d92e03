import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { isRollingUpdate, limitsOf, type Limits } from './limits.ts';
import { allOf, availableOf, byAge, isInUse, isObserved, isSettled, sizeOf, total, type Family } from './replica-sets.ts';
import type { Sizing } from './scaling.ts';

/**
 * The next step of a rolling update: the current ReplicaSet grows as far as surge allows, or else the
 * old ones shrink as far as availability allows. Source: pkg/controller/deployment/rolling.go.
 *
 * Upstream counts by what ReplicaSets are meant to have, and by statuses that may be older than that.
 * Here a step waits for the one before to be carried out, so that the limits hold for the pods
 * themselves at every moment.
 */
export function rollingStep(deployment: Deployment, current: ReplicaSet, family: Family): readonly Sizing[] {
  const { desired } = limitsOf(deployment);
  const size = sizeOf(current) > desired ? desired : sizeOfCurrent(deployment, sizeOf(current), family);
  return size === sizeOf(current) ? shrinkOld(limitsOf(deployment), current, family) : [{ replicaSet: current, size }];
}

/** The size that a new ReplicaSet is made with, or a current one of `size` may grow to. */
export function sizeOfCurrent(deployment: Deployment, size: number, family: Family): number {
  const { desired, maxSurge } = limitsOf(deployment);
  if (!isRollingUpdate(deployment.spec)) return desired;
  const room = desired + maxSurge - total(allOf(family), sizeOf);
  if (room <= 0 || !allOf(family).every(isSettled)) return size;
  return size + Math.min(room, desired - size);
}

function shrinkOld({ desired, maxUnavailable }: Limits, current: ReplicaSet, family: Family): readonly Sizing[] {
  const old = family.old.filter(isInUse).toSorted(byAge);
  if (old.length === 0 || !allOf(family).every(isObserved)) return [];
  const minAvailable = desired - maxUnavailable;
  const unavailableInCurrent = sizeOf(current) - availableOf(current);
  const mayGo = total(old, sizeOf) + sizeOf(current) - minAvailable - unavailableInCurrent;
  if (mayGo <= 0) return [];
  const cleaned = takeFrom(old.map(asItIs), mayGo, ({ replicaSet, size }) => size - availableOf(replicaSet));
  const available = total([...old, current], availableOf);
  const shrunk = takeFrom(cleaned, available - minAvailable, ({ size }) => size);
  return [...changes(cleaned, old.map(asItIs)), ...changes(shrunk, cleaned)];
}

const asItIs = (replicaSet: ReplicaSet): Sizing => ({ replicaSet, size: sizeOf(replicaSet) });

/** Takes `count` pods away from the first to the last, from each no more than `most` says. */
function takeFrom(sizings: readonly Sizing[], count: number, most: (one: Sizing) => number): Sizing[] {
  let left = count;
  return sizings.map((one) => {
    const taken = Math.max(0, Math.min(left, most(one)));
    left -= taken;
    return { ...one, size: one.size - taken };
  });
}

const changes = (next: readonly Sizing[], before: readonly Sizing[]): Sizing[] => next.filter((one, i) => one.size !== before[i]!.size);
