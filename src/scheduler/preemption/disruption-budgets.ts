import type { PodDisruptionBudget } from '../../api/generated/policy/v1.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import type { PodInfo } from '../framework.ts';

export interface Protected {
  /** Their going would go beyond what a budget allows. */
  readonly violating: readonly PodInfo[];
  readonly others: readonly PodInfo[];
}

/** Counts the pods against the budgets, in their order. Source: filterPodsWithPDBViolation. */
export function byDisruptionBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): Protected {
  const allowed = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const budget of budgets) {
      if (!isCounted(pod, budget)) continue;
      const left = allowed.get(budget)! - 1;
      allowed.set(budget, left);
      violates ||= left < 0;
    }
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

/** A pod whose eviction the budget already knows of is not counted again. */
function isCounted({ pod: { metadata } }: PodInfo, budget: PodDisruptionBudget): boolean {
  if (budget.metadata.namespace !== metadata.namespace || Object.keys(metadata.labels ?? {}).length === 0) return false;
  const selector = selectorOf(budget.spec?.selector);
  if (selector.length === 0 || !matchesLabels(selector, metadata.labels)) return false;
  return budget.status?.disruptedPods?.[metadata.name ?? ''] === undefined;
}
