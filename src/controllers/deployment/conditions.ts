import type { Deployment, DeploymentCondition, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { progressDeadlineSeconds } from './limits.ts';

type Conditions = readonly DeploymentCondition[];
export type ConditionType = 'Available' | 'Progressing' | 'ReplicaFailure';

export function condition(
  type: ConditionType,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition {
  const now = timestampOf(nowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

export const conditionOf = (conditions: Conditions | undefined, type: ConditionType): DeploymentCondition | undefined =>
  conditions?.find((one) => one.type === type);

/** A condition of the same status and reason stays as it is; one of the same status keeps the time of its transition. */
export function withCondition(conditions: Conditions = [], next: DeploymentCondition): Conditions {
  const before = conditions.find(({ type }) => type === next.type);
  if (before?.status === next.status && before.reason === next.reason) return conditions;
  return replaced(conditions, next);
}

/** The same, but one of the same reason is replaced too: what counts is that it was said again. */
export function replaced(conditions: Conditions = [], next: DeploymentCondition): Conditions {
  const before = conditions.find(({ type }) => type === next.type);
  const kept: DeploymentCondition = before?.status === next.status ? { ...next, lastTransitionTime: before.lastTransitionTime } : next;
  return [...withoutCondition(conditions, next.type as ConditionType), kept];
}

export const withoutCondition = (conditions: Conditions = [], type: ConditionType): Conditions =>
  conditions.filter((one) => one.type !== type);

/** The Deployment with another condition, as it will be written at the end of the round. */
export const withStatusCondition = (deployment: Deployment, next: DeploymentCondition): Deployment => ({
  ...deployment,
  status: { ...deployment.status, conditions: withCondition(deployment.status.conditions, next) },
});

/**
 * Says when a Deployment is paused and when it goes on: the time in between does not count towards
 * the deadline. One that was stuck before remains so. Source: checkPausedConditions in sync.go.
 */
export function withPause(deployment: Deployment, nowMs: number): Deployment {
  if (progressDeadlineSeconds(deployment) === undefined) return deployment;
  const { paused = false } = deployment.spec;
  const reason = conditionOf(deployment.status.conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) return deployment;
  const next = paused
    ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs)
    : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs);
  return withStatusCondition(deployment, next);
}

/** What a ReplicaSet could not do, in the Deployment's words; the current one's failure before an old one's. */
export function replicaFailure(replicaSets: readonly (ReplicaSet | undefined)[]): DeploymentCondition | undefined {
  for (const replicaSet of replicaSets) {
    const failure = replicaSet?.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (failure) return { ...failure, ...(failure.lastTransitionTime && { lastUpdateTime: failure.lastTransitionTime }) };
  }
  return undefined;
}
