import type { ClusterRole, PolicyRule } from '../generated/rbac/v1.ts';
import { matchesLabels, selectorOf } from '../label-selector.ts';
import { semanticallyEqual } from '../semantic-equality.ts';

/** The rules an aggregated role has, given all roles as they are. Source: kube-controller-manager's ClusterRoleAggregationController. */
export function aggregatedRules(role: ClusterRole, all: Iterable<ClusterRole>): PolicyRule[] {
  const others = [...all].filter(({ metadata }) => metadata.name !== role.metadata.name).sort(byName);
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const requirements = selectorOf(selector);
    for (const { metadata, rules: theirs = [] } of others) {
      if (!matchesLabels(requirements, metadata.labels)) continue;
      rules.push(...theirs.filter((rule) => !rules.some((known) => semanticallyEqual(known, rule))));
    }
  }
  return rules;
}

const byName = (a: ClusterRole, b: ClusterRole) => (a.metadata.name! < b.metadata.name! ? -1 : 1);

/**
 * The aggregated roles whose rules are not what they should be, with the rules they should have.
 * Aggregated roles may be part of others (`view` of `edit` of `admin`), so it goes on until nothing
 * changes; a circle of roles ends, since rules are only ever added on the way.
 */
export function staleAggregations(all: Iterable<ClusterRole>): ClusterRole[] {
  const roles = new Map([...all].map((role) => [role.metadata.name!, role]));
  const changed = new Set<string>();
  for (let round = 0, again = true; again && round <= roles.size; round++) {
    again = false;
    for (const [name, role] of roles) {
      if (!role.aggregationRule) continue;
      const rules = aggregatedRules(role, roles.values());
      if (semanticallyEqual(rules, role.rules)) continue;
      roles.set(name, { ...role, rules });
      changed.add(name);
      again = true;
    }
  }
  return [...changed].map((name) => roles.get(name)!);
}
