import type { Pod } from '../../api/generated/core/v1.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import type { Sample } from './resource-metrics.ts';

export interface ReadinessRules {
  /** How long after its start a pod's CPU may be that of its initialization. */
  readonly cpuInitializationMs: number;
  /** A pod that became unready so soon after its start has never been ready. */
  readonly initialReadinessMs: number;
}

/** A target's pods by what can be said of them. */
export interface PodGroups {
  /** Whose samples count. */
  readonly ready: number;
  /** Not at work yet: counted as using nothing, and only where that keeps the target from growing too much. */
  readonly unready: readonly string[];
  /** At work, without a sample. */
  readonly missing: readonly string[];
  /** Failed or going. */
  readonly ignored: readonly string[];
}

/** Source: groupPods in upstream's replica_calculator.go. */
export function groupPods(
  pods: readonly Pod[],
  samples: ReadonlyMap<string, Sample>,
  resource: string,
  rules: ReadinessRules,
  nowMs: number,
): PodGroups {
  const unready: string[] = [];
  const missing: string[] = [];
  const ignored: string[] = [];
  let ready = 0;
  for (const pod of pods) {
    const { name = '', deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp || pod.status?.phase === 'Failed') ignored.push(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (!sample) missing.push(name);
    else if (resource === 'cpu' && isInitializing(pod, sample, rules, nowMs)) unready.push(name);
    else ready++;
  }
  return { ready, unready, missing, ignored };
}

function isInitializing(pod: Pod, sample: Sample, rules: ReadinessRules, nowMs: number): boolean {
  const condition = podCondition(pod, 'Ready');
  if (!condition || !pod.status?.startTime) return true;
  const startMs = Date.parse(pod.status.startTime);
  const sinceMs = Date.parse(condition.lastTransitionTime ?? '');
  const isUnready = condition.status === 'False';
  // While it may still be starting, a sample has to be of a time in which the pod was ready throughout.
  if (startMs + rules.cpuInitializationMs > nowMs) return isUnready || sample.atMs < sinceMs + sample.windowMs;
  return isUnready && startMs + rules.initialReadinessMs > sinceMs;
}
