import type { StatefulSet, StatefulSetStatus } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { withoutZeros } from '../../workloads/without-zeros.ts';
import { revisionOf } from './pod-identity.ts';
import { isCreated, isRunningAndAvailable, isRunningAndReady, isTerminating } from './pod-state.ts';
import type { Revisions } from './revisions.ts';

/** When all replicas are updated and ready, the update revision is the current one. Source: updateStatus and completeRollingUpdate. */
export function statusOf(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, nowMs: number): StatefulSetStatus {
  const created = pods.filter(isCreated);
  const ready = created.filter(isRunningAndReady);
  const ofRevision = (name: string | undefined) => created.filter((pod) => !isTerminating(pod) && revisionOf(pod) === name).length;
  const { current, update, collisionCount } = revisions;
  const updatedReplicas = ofRevision(update.metadata.name);
  const wanted = set.spec.replicas ?? 1;
  const isComplete =
    set.spec.updateStrategy?.type === 'RollingUpdate' && [updatedReplicas, created.length, ready.length].every((count) => count === wanted);
  return {
    ...set.status,
    observedGeneration: set.metadata.generation,
    replicas: created.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isRunningAndAvailable(pod, set, nowMs)).length,
    currentReplicas: isComplete ? updatedReplicas : ofRevision(current.metadata.name),
    updatedReplicas,
    currentRevision: isComplete ? update.metadata.name : current.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
  };
}

/** As it is written: counts of zero are left out, but for two that Go always writes. */
export const written = ({ readyReplicas, currentReplicas, updatedReplicas, ...others }: StatefulSetStatus): StatefulSetStatus => ({
  ...others,
  ...withoutZeros({ readyReplicas, currentReplicas, updatedReplicas }),
});
