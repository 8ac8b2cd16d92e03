import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { withoutZeros } from '../../workloads/without-zeros.ts';
import { condition, conditionOf, replaced, replicaFailure, withCondition, withoutCondition } from './conditions.ts';
import { limitsOf, progressDeadlineSeconds } from './limits.ts';
import { allOf, sizeOf, total, type Family } from './replica-sets.ts';

/** The counts, and whether enough pods are available. Source: calculateStatus in pkg/controller/deployment/sync.go. */
export function plainStatus(deployment: Deployment, family: Family, nowMs: number): DeploymentStatus {
  const { metadata, status } = deployment;
  const { desired, maxUnavailable } = limitsOf(deployment);
  const all = allOf(family);
  const availableReplicas = total(all, (one) => one.status.availableReplicas ?? 0);
  const available =
    availableReplicas >= desired - maxUnavailable
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
      : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', nowMs);
  const terminatingReplicas = terminatingOf(all);
  return {
    ...withoutZeros({
      observedGeneration: metadata.generation,
      replicas: total(all, (one) => one.status.replicas ?? 0),
      updatedReplicas: family.current?.status.replicas ?? 0,
      readyReplicas: total(all, (one) => one.status.readyReplicas ?? 0),
      availableReplicas,
      unavailableReplicas: Math.max(0, total(all, sizeOf) - availableReplicas),
    }),
    ...(terminatingReplicas !== undefined && { terminatingReplicas }),
    ...(status.collisionCount !== undefined && { collisionCount: status.collisionCount }),
    conditions: withCondition(status.conditions, available),
  };
}

/** Undefined when a ReplicaSet does not tell; a new one has none. */
function terminatingOf(replicaSets: readonly ReplicaSet[]): number | undefined {
  const known = replicaSets.filter(({ status }) => status.terminatingReplicas !== undefined || (status.observedGeneration ?? 0) > 0);
  if (known.some(({ status }) => status.terminatingReplicas === undefined)) return undefined;
  return total(known, (one) => one.status.terminatingReplicas ?? 0);
}

/** The status of a rollout: how it gets on, and what went wrong. Source: syncRolloutStatus in progress.go. */
export function rolloutStatus(deployment: Deployment, family: Family, nowMs: number): DeploymentStatus {
  const plain = plainStatus(deployment, family, nowMs);
  const conditions = progressConditions(deployment, family.current, plain, nowMs);
  const failure = replicaFailure([family.current, ...family.old]);
  return { ...plain, conditions: failure ? withCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure') };
}

function progressConditions(deployment: Deployment, current: ReplicaSet | undefined, status: DeploymentStatus, nowMs: number) {
  if (progressDeadlineSeconds(deployment) === undefined) return withoutCondition(status.conditions, 'Progressing');
  const before = conditionOf(deployment.status.conditions, 'Progressing');
  const over = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === 'NewReplicaSetAvailable';
  if (over) return status.conditions;
  const subject = current
    ? `ReplicaSet ${JSON.stringify(current.metadata.name)}`
    : `Deployment ${JSON.stringify(deployment.metadata.name)}`;
  const progressing = (value: 'True' | 'False', reason: string, message: string) =>
    condition('Progressing', value, reason, `${subject} ${message}`, nowMs);
  if (isComplete(deployment, status)) {
    return withCondition(status.conditions, progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'));
  }
  if (hasProgressed(deployment.status, status)) {
    return replaced(status.conditions, progressing('True', 'ReplicaSetUpdated', 'is progressing.'));
  }
  if (isOverdue(deployment, status, nowMs)) {
    return withCondition(status.conditions, progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'));
  }
  return status.conditions;
}

/** All desired pods are of the current template and available, and no others are there. */
export function isComplete({ metadata, spec }: Deployment, status: DeploymentStatus): boolean {
  const desired = spec.replicas ?? 1;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  return (
    updatedReplicas === desired && replicas === desired && availableReplicas === desired && observedGeneration >= (metadata.generation ?? 0)
  );
}

/** More pods are new, ready or available than before, or fewer are old. */
function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const count = (status: DeploymentStatus) => {
    const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
    return { updated: updatedReplicas, old: replicas - updatedReplicas, ready: readyReplicas, available: availableReplicas };
  };
  const [then, next] = [count(before), count(now)];
  return next.updated > then.updated || next.old < then.old || next.ready > then.ready || next.available > then.available;
}

function isOverdue(deployment: Deployment, { conditions }: DeploymentStatus, nowMs: number): boolean {
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  if (reason === undefined || reason === 'NewReplicaSetAvailable') return false;
  return reason === 'ProgressDeadlineExceeded' || untilOverdueMs(deployment, { conditions }, nowMs)! < 0;
}

/**
 * How long until the rollout counts as stuck if nothing happens; negative when it does, undefined when
 * it never will: it is complete, has no deadline, or is known to be stuck.
 */
export function untilOverdueMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const seconds = progressDeadlineSeconds(deployment);
  const progressing = conditionOf(status.conditions, 'Progressing');
  if (seconds === undefined || !progressing || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  if (isComplete(deployment, status)) return undefined;
  return Date.parse(progressing.lastUpdateTime ?? '') + seconds * 1000 - nowMs;
}
