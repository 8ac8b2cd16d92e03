import type { ClusterRole as RoleObject } from '../../api/generated/rbac/v1.ts';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import { aggregatedRules } from '../../api/rbac/aggregation.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf, type Context } from '../../client/controller.ts';

const name = 'clusterrole-aggregation-controller';

/** Gives roles with an `aggregationRule` the rules of those that it selects. Source: clusterroleaggregation. */
export const clusterRoleAggregationController = defineController({
  name,
  for: ClusterRole,
  watches: [watchOf(ClusterRole, aggregatedRoles, saysTheSame)],
  async reconcile(role, { client, list }) {
    if (!role.aggregationRule) return;
    const rules = aggregatedRules(role, list(ClusterRole));
    if (semanticallyEqual(rules, role.rules)) return;
    await client.apply(ClusterRole, { metadata: { name: role.metadata.name! }, rules }, { fieldManager: name, force: true });
  },
});

/** Any of them may select the role that has changed. */
function aggregatedRoles(_role: RoleObject, { list }: Context): string[] {
  return list(ClusterRole)
    .filter(({ aggregationRule }) => aggregationRule !== undefined)
    .map(({ metadata }) => metadata.name!);
}

function saysTheSame(old: RoleObject, now: RoleObject): boolean {
  return semanticallyEqual(old.rules, now.rules) && semanticallyEqual(old.metadata.labels, now.metadata.labels);
}
