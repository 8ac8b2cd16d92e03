import type { Condition } from '../../api/generated/meta/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as Budget, PodDisruptionBudgetStatus } from '../../api/generated/policy/v1.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Expectation } from './expected-pods.ts';
import { isHealthy, type GuardedPods } from './guard.ts';

/** How long an eviction that the API server let through may take to be seen as a deletion; after it, it is taken to have failed. */
const deletionTimeoutMs = 120_000;

export interface Disrupted {
  /** Pods that are expected to go, and when that was granted. */
  readonly pods: Readonly<Record<string, string>>;
  /** Pods that were expected to go and are still there. */
  readonly overdue: readonly Pod[];
  /** When the next of them is overdue; absent when none is expected to go. */
  readonly recheckMs?: number;
}

/** What is left of the evictions that the API server noted in the budget: those whose pods are going, or gone, are done. */
export function disruptedPods(
  guarded: Pick<GuardedPods, 'get'>,
  { disruptedPods: noted = {} }: PodDisruptionBudgetStatus,
  nowMs: number,
): Disrupted {
  const left: Record<string, string> = {};
  const overdue: Pod[] = [];
  let recheckMs: number | undefined;
  for (const [name, since] of Object.entries(noted)) {
    const pod = guarded.get(name);
    if (!pod || pod.metadata.deletionTimestamp) continue;
    const dueMs = Date.parse(since) + deletionTimeoutMs;
    if (dueMs < nowMs) {
      overdue.push(pod);
      continue;
    }
    left[name] = since;
    recheckMs = Math.min(dueMs, recheckMs ?? Infinity);
  }
  return { pods: left, overdue, ...(recheckMs !== undefined && { recheckMs }) };
}

/** Healthy, and not expected to go. */
export function countHealthy(guarded: Pick<GuardedPods, 'get' | 'healthy'>, { pods: leaving }: Disrupted, nowMs: number): number {
  const isLeaving = ([name, since]: [string, string]) => {
    const pod = guarded.get(name);
    return pod !== undefined && isHealthy(pod) && Date.parse(since) + deletionTimeoutMs > nowMs;
  };
  return guarded.healthy - Object.entries(leaving).filter(isLeaving).length;
}

/** The budget's status as it should be. */
export function nextStatus(
  { metadata, status }: Budget,
  { expected, desired }: Expectation,
  healthy: number,
  leaving: Disrupted,
  nowMs: number,
): PodDisruptionBudgetStatus {
  // No pods, no disruptions: when the first ones come, this status will be older than they are.
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const observedGeneration = metadata.generation;
  return {
    ...(observedGeneration !== undefined && { observedGeneration }),
    ...(Object.keys(leaving.pods).length > 0 && { disruptedPods: leaving.pods }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: withCondition(status?.conditions, observedGeneration, nowMs, {
      status: allowed > 0 ? 'True' : 'False',
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    }),
  };
}

/** When the numbers cannot be known, nothing may be evicted. */
export function failedStatus({ status }: Budget, message: string, nowMs: number): PodDisruptionBudgetStatus {
  return {
    ...status,
    disruptionsAllowed: 0,
    conditions: withCondition(status?.conditions, status?.observedGeneration, nowMs, { status: 'False', reason: 'SyncFailed', message }),
  };
}

function withCondition(
  conditions: readonly Condition[] = [],
  observedGeneration: number | undefined,
  nowMs: number,
  { status, reason, message }: Pick<Condition, 'status' | 'reason' | 'message'>,
): readonly Condition[] {
  const before = conditions.find(({ type }) => type === disruptionAllowed);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestampOf(nowMs);
  const next: Condition = {
    type: disruptionAllowed,
    status,
    reason,
    message,
    lastTransitionTime,
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  return before ? conditions.map((condition) => (condition === before ? next : condition)) : [...conditions, next];
}

export const disruptionAllowed = 'DisruptionAllowed';
