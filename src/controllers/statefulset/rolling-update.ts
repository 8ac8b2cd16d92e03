import type { StatefulSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { scaledIntOrPercent } from '../../api/int-or-string.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import { ordinalOf, startOrdinal } from './ordinals.ts';
import { revisionOf } from './pod-identity.ts';
import { isCreated, isTerminating, isUnavailable } from './pod-state.ts';

/** Is a pod of this ordinal, when it has to be made anew, still to be of the current revision? */
export function staysAtCurrent(ordinal: number, { spec, status }: StatefulSet): boolean {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return false;
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (status?.currentReplicas ?? 0);
  return ordinal < startOrdinal(spec) + kept;
}

/**
 * The pods to delete now so that they come back as the update revision: from the highest ordinal down to
 * the partition, no more than `maxUnavailable` out of service at once. Who is out of service already costs
 * nothing. `replicas` are in the order of their ordinals. Source: updateStatefulSetAfterInvariantEstablished.
 */
export function podsToUpdate(set: StatefulSet, replicas: readonly Pod[], updateRevision: string, nowMs: number): Pod[] {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const first = startOrdinal(set.spec) + (rollingUpdate?.partition ?? 0);
  const isOut = (pod: Pod) => isUnavailable(pod, set, nowMs);
  const mayGo = (pod: Pod) => isCreated(pod) && !isTerminating(pod) && !isFinished(pod);
  const outdated = replicas.filter((pod) => mayGo(pod) && ordinalOf(pod, set)! >= first && revisionOf(pod) !== updateRevision).toReversed();
  const room = Math.max(0, maxUnavailable(set) - replicas.filter(isOut).length);
  return [...outdated.filter(isOut), ...outdated.filter((pod) => !isOut(pod)).slice(0, room)];
}

/** At least one, or nothing would ever be updated. */
const maxUnavailable = ({ spec }: StatefulSet): number =>
  Math.max(1, scaledIntOrPercent(spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, spec.replicas ?? 1, 'down'));
