import type { Pod, PodTemplateSpec } from '../api/generated/core/v1.ts';
import { matchesLabels, selectorOfLabels } from '../api/label-selector.ts';
import type { KubeObject } from '../api/meta.ts';
import { isAvailable, isReady } from '../api/pods/pod-state.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';
import { timestampOf } from '../api/timestamps.ts';
import { messageOf } from './error-message.ts';
import { withoutZeros } from './without-zeros.ts';

/** What ReplicaSets and ReplicationControllers have in common. */
export interface Replicated extends KubeObject {
  readonly spec: {
    readonly minReadySeconds?: number;
    readonly replicas?: number;
    readonly template?: PodTemplateSpec;
  };
  readonly status: ReplicasStatus;
}

export interface ReplicasStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly ReplicasCondition[];
}

interface ReplicasCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Observed {
  /** The pods that count as replicas, as they were before this round made or deleted any. */
  readonly active: readonly Pod[];
  /** How many more are on their way out; absent where the kind does not tell. */
  readonly terminating?: number;
  /** Why not all pods that were to be made or deleted were. */
  readonly failure?: { readonly error: unknown };
}

/** Source: calculateStatus in pkg/controller/replicaset/replica_set_utils.go. Counts of 0 are left out, as Go does. */
export function replicasStatus({ metadata, spec, status }: Replicated, observed: Observed, nowMs: number): ReplicasStatus {
  const { active, terminating, failure } = observed;
  const conditions = failureConditions(status.conditions ?? [], failure, active.length - (spec.replicas ?? 1), nowMs);
  return {
    replicas: active.length,
    ...withoutZeros({ ...countPods(active, spec, nowMs), observedGeneration: metadata.generation }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
    ...(conditions.length > 0 && { conditions }),
  };
}

/** In one go: it is done at every change of a pod, and there may be thousands. */
function countPods(active: readonly Pod[], { template, minReadySeconds = 0 }: Replicated['spec'], nowMs: number) {
  const templateLabels = selectorOfLabels(template?.metadata?.labels);
  const counts = { fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  for (const pod of active) {
    if (matchesLabels(templateLabels, pod.metadata.labels)) counts.fullyLabeledReplicas++;
    if (!isReady(pod)) continue;
    counts.readyReplicas++;
    if (minReadySeconds === 0 || isAvailable(pod, minReadySeconds, nowMs)) counts.availableReplicas++;
  }
  return counts;
}

export const statusDiffers = (next: ReplicasStatus, old: ReplicasStatus): boolean => !semanticallyEqual(next, old);

/** A failure is told once: while it lasts, the condition stays as it was first. */
function failureConditions(
  conditions: readonly ReplicasCondition[],
  failure: Observed['failure'],
  surplus: number,
  nowMs: number,
): readonly ReplicasCondition[] {
  const told = conditions.some(({ type }) => type === 'ReplicaFailure');
  if (!failure) return told ? conditions.filter(({ type }) => type !== 'ReplicaFailure') : conditions;
  if (told) return conditions;
  const condition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestampOf(nowMs),
    reason: surplus < 0 ? 'FailedCreate' : 'FailedDelete',
    message: messageOf(failure.error),
  };
  return [...conditions, condition];
}
