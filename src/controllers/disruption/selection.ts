import { ApiError } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as Budget } from '../../api/generated/policy/v1.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import type { LabelRequirement } from '../../api/label-requirement.ts';
import { matchesLabels, matchesNothing, selectorOf } from '../../api/label-selector.ts';
import type { LabelSelector } from '../../api/meta.ts';
import type { Context } from '../../client/controller.ts';

/** The budgets that guard a pod, in the order of their names. One is as it should be; of several, eviction refuses. */
export const budgetsOf = (pod: PodObject, { list }: Pick<Context, 'list'>): Budget[] =>
  list(PodDisruptionBudget, pod.metadata.namespace)
    .filter((budget) => guards(budget, pod))
    .sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));

export const guards = ({ spec }: Budget, pod: PodObject): boolean =>
  spec.selector !== undefined && matchesLabels(requirementsOf(spec.selector), pod.metadata.labels);

/** Every change of a pod asks each budget of its namespace; a selector is read once. */
const read = new WeakMap<LabelSelector, readonly LabelRequirement[]>();

function requirementsOf(selector: LabelSelector): readonly LabelRequirement[] {
  let requirements = read.get(selector);
  if (!requirements) {
    requirements = readSelector(selector);
    read.set(selector, requirements);
  }
  return requirements;
}

/** A selector that cannot be read selects nothing. */
function readSelector(selector: LabelSelector): readonly LabelRequirement[] {
  try {
    return selectorOf(selector);
  } catch (error) {
    if (error instanceof ApiError) return matchesNothing;
    throw error;
  }
}
