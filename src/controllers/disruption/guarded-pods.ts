import type { Pod as PodObject, PodCondition } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isFinished, podCondition } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { defineController } from '../../client/controller.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { withType } from '../../workloads/owner.ts';
import { budgetsOf } from './selection.ts';

/** How long a pod may be said to be about to go without going. */
const staleAfterMs = 120_000;

/** The disruption controller's other half: tells of pods with several budgets, and takes back a DisruptionTarget that came to nothing. */
export const guardedPodsController = defineController({
  name: 'controllermanager',
  for: Pod,
  watches: [{ kind: PodDisruptionBudget, toKeys: () => [] }],
  async reconcile(pod, context) {
    const { client, env, events } = context;
    const budgets = budgetsOf(pod, context);
    if (budgets.length > 1) {
      const { namespace, name } = pod.metadata;
      const [first] = budgets;
      const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first!.metadata.name}" arbitrarily.`;
      events.event(withType(pod, Pod), 'Warning', 'MultiplePodDisruptionBudgets', message);
    }
    const staleInMs = disruptionStaleInMs(pod, env.clock.now());
    if (staleInMs === undefined) return;
    if (staleInMs > 0) return { requeueAfterMs: staleInMs };
    await client.updateStatus(Pod, withoutDisruption(pod, env.clock.now()));
  },
});

/**
 * When the pod's DisruptionTarget counts as stale: 0 for now, undefined where it has none that could
 * be. A kubelet's own never is: how long its pod takes to end nobody knows.
 */
export function disruptionStaleInMs(pod: PodObject, nowMs: number): number | undefined {
  const condition = podCondition(pod, 'DisruptionTarget');
  if (pod.metadata.deletionTimestamp || isFinished(pod)) return undefined;
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
  return Math.max(0, Date.parse(condition.lastTransitionTime ?? '') + staleAfterMs - nowMs);
}

/** Reason and message go with what they told of. */
function withoutDisruption(pod: PodObject, nowMs: number): PodObject {
  const { generation } = pod.metadata;
  const cleared: PodCondition = {
    type: 'DisruptionTarget',
    status: 'False',
    lastTransitionTime: timestampOf(nowMs),
    ...(generation !== undefined && { observedGeneration: generation }),
  };
  const conditions = (pod.status?.conditions ?? []).map((condition) => (condition.type === 'DisruptionTarget' ? cleared : condition));
  return { ...pod, status: { ...pod.status, conditions } };
}
