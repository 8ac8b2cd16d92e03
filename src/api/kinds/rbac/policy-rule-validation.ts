import { invalid, required, type FieldError } from '../../field-error.ts';
import type { PolicyRule } from '../../generated/rbac/v1.ts';

/** Of a Role (`namespaced`) or a ClusterRole. */
export const validateRules = (rules: readonly PolicyRule[] | undefined, namespaced: boolean): FieldError[] =>
  (rules ?? []).flatMap((rule, index) => validateRule(rule, namespaced, `rules[${index}]`));

function validateRule(rule: PolicyRule, namespaced: boolean, path: string): FieldError[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const problems: FieldError[] = [];
  if (!rule.verbs?.length) problems.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const wrong = (detail: string) => problems.push(invalid(`${path}.nonResourceURLs`, nonResourceURLs, detail));
    if (namespaced) wrong('namespaced rules cannot apply to non-resource URLs');
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      wrong('rules cannot apply to both regular resources and non-resource URLs');
    return problems;
  }
  if (apiGroups.length === 0) problems.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0) problems.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return problems;
}
