import { sleep, type Clock } from '../../../base/clock.ts';
import { isAlreadyExists } from '../../../api/errors.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../../../api/generated/rbac/v1.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import { staleAggregations } from '../../../api/rbac/aggregation.ts';
import type { RbacSource } from '../rbac-source.ts';
import { uncoveredRules } from '../rules.ts';
import type { Policy } from './policy.ts';

export type PolicyObject = ClusterRole | Role | ClusterRoleBinding | RoleBinding;

export interface PolicyChange {
  /** `recreate`: a binding cannot change its role, so it is deleted and made anew. */
  readonly operation: 'create' | 'update' | 'recreate';
  readonly object: PolicyObject;
}

/** Writes RBAC objects with the rights of `system:masters`; what fails rejects with an ApiError. */
export interface PolicyWriter {
  create(object: PolicyObject): Promise<unknown>;
  update(object: PolicyObject): Promise<unknown>;
  delete(object: PolicyObject): Promise<unknown>;
}

/**
 * Makes what is missing of the policy and adds what its objects lack, as the API server does at
 * every start (`rbac/bootstrap-roles`). Rules and subjects that others added stay. Tries again for
 * half a minute and then rejects: a server without its roles is of no use.
 */
export async function ensurePolicy(clock: Clock, source: RbacSource, writer: PolicyWriter, policy: Policy): Promise<void> {
  const attempts = 30;
  for (let attempt = 1; ; attempt++) {
    const results = await Promise.allSettled(policyChanges(source, policy).map((change) => applyChange(writer, change)));
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    if (attempt === attempts) throw new Error('unable to initialize roles', { cause: failed.reason });
    await sleep(clock, 1000);
  }
}

async function applyChange(writer: PolicyWriter, { operation, object }: PolicyChange): Promise<void> {
  if (operation === 'update') return void (await writer.update(object));
  if (operation === 'recreate') await writer.delete(object);
  try {
    await writer.create(object);
  } catch (error) {
    // Another server was quicker; what it made is looked at in the next start.
    if (!isAlreadyExists(error)) throw error;
  }
}

/** What has to be written for the policy to hold. Empty when it does. */
export function policyChanges(source: RbacSource, policy: Policy): PolicyChange[] {
  const inNamespace = ({ metadata: { namespace = '', name = '' } }: PolicyObject) => [namespace, name] as const;
  return [
    ...clusterRoleChanges(source, policy.clusterRoles),
    ...policy.roles.flatMap((role) => roleChange(source.role(...inNamespace(role)), role)),
    ...policy.clusterRoleBindings.flatMap((binding) => bindingChange(source.clusterRoleBinding(binding.metadata.name!), binding)),
    ...policy.roleBindings.flatMap((binding) => bindingChange(source.roleBinding(...inNamespace(binding)), binding)),
  ];
}

/** With the rules of aggregated roles, which are known only once all roles are. */
function clusterRoleChanges(source: RbacSource, expected: readonly ClusterRole[]): PolicyChange[] {
  const changes = new Map<string, PolicyChange>();
  const roles = new Map([...source.clusterRoles()].map((role) => [role.metadata.name!, role]));
  for (const role of expected) {
    for (const change of roleChange(roles.get(role.metadata.name!), role)) {
      changes.set(role.metadata.name!, change);
      roles.set(role.metadata.name!, change.object);
    }
  }
  for (const role of staleAggregations(roles.values())) {
    changes.set(role.metadata.name!, { operation: source.clusterRole(role.metadata.name!) ? 'update' : 'create', object: role });
  }
  return [...changes.values()];
}

/** Whoever does not want an object kept up to date says so on it. */
const isProtected = ({ metadata }: PolicyObject) => metadata.annotations?.['rbac.authorization.kubernetes.io/autoupdate'] === 'false';

function roleChange<R extends ClusterRole | Role>(existing: R | undefined, expected: R): PolicyChange[] {
  if (!existing) return [{ operation: 'create', object: expected }];
  if (isProtected(existing)) return [];
  const missing: PolicyRule[] = uncoveredRules(existing.rules ?? [], expected.rules ?? []);
  const { aggregationRule: _, ...plain } = existing as ClusterRole;
  const merged: ClusterRole | Role = {
    ...plain,
    metadata: mergedMetadata(existing, expected),
    rules: [...(existing.rules ?? []), ...missing],
    ...aggregationOf(existing, expected),
  };
  return semanticallyEqual(merged, existing) ? [] : [{ operation: 'update', object: merged }];
}

/** Selectors are added like rules; a role that is not to be aggregated is none any more. */
function aggregationOf(existing: ClusterRole, expected: ClusterRole): Pick<ClusterRole, 'aggregationRule'> {
  if (!expected.aggregationRule) return {};
  const present = existing.aggregationRule?.clusterRoleSelectors ?? [];
  const wanted = expected.aggregationRule.clusterRoleSelectors ?? [];
  const missing = wanted.filter((selector) => !present.some((known) => semanticallyEqual(known, selector)));
  return { aggregationRule: { clusterRoleSelectors: [...present, ...missing] } };
}

function bindingChange<B extends ClusterRoleBinding | RoleBinding>(existing: B | undefined, expected: B): PolicyChange[] {
  if (!existing) return [{ operation: 'create', object: expected }];
  if (isProtected(existing)) return [];
  if (!semanticallyEqual(existing.roleRef, expected.roleRef)) return [{ operation: 'recreate', object: expected }];
  const present: readonly Subject[] = existing.subjects ?? [];
  const missing = (expected.subjects ?? []).filter((subject) => !present.some((known) => semanticallyEqual(known, subject)));
  const merged = { ...existing, metadata: mergedMetadata(existing, expected), subjects: [...present, ...missing] };
  return semanticallyEqual(merged, existing) ? [] : [{ operation: 'update', object: merged }];
}

/** What is there wins over what is expected. */
function mergedMetadata(existing: PolicyObject, expected: PolicyObject): PolicyObject['metadata'] {
  const both = (field: 'labels' | 'annotations') => {
    const merged = { ...expected.metadata[field], ...existing.metadata[field] };
    return Object.keys(merged).length > 0 ? { [field]: merged } : {};
  };
  return { ...existing.metadata, ...both('labels'), ...both('annotations') };
}
