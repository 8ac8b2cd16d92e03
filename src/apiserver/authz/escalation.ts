import { goStrings } from '../../codec/go-strings.ts';
import type { User } from '../../api/call.ts';
import { ApiError, forbiddenFor } from '../../api/errors.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef } from '../../api/generated/rbac/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { AdmissionPlugin, AdmissionRequest, Authorizer } from '../ports.ts';
import { aggregateText, roleRules, rulesFor } from './rbac.ts';
import type { RbacSource } from './rbac-source.ts';
import { compactRules, ruleText, uncoveredRules } from './rules.ts';

const group = 'rbac.authorization.k8s.io';

/**
 * Nobody grants what they do not have: a role may hold, and a binding may name, only rights that
 * its writer has there, unless they may `escalate` the role or `bind` it. Upstream does this in the
 * registry (`policybased` storage); here it is an admission plugin, run for RBAC's kinds alone.
 */
export function rbacEscalation(source: RbacSource, authorizer: Authorizer): AdmissionPlugin {
  const context: Context = { source, authorizer };
  return {
    name: 'RBACEscalation',
    async validate(request) {
      if (request.kind.group !== group || request.subresource || !request.object) return;
      if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return;
      if (request.user.groups.includes('system:masters') || (request.old && isGarbageCollection(request.object, request.old))) return;
      if (request.kind.plural === 'roles' || request.kind.plural === 'clusterroles') await checkRole(context, request);
      else await checkBinding(context, request);
    },
  };
}

interface Context {
  readonly source: RbacSource;
  readonly authorizer: Authorizer;
}

async function checkRole(context: Context, request: AdmissionRequest): Promise<void> {
  const { plural } = request.kind;
  const name = request.name;
  if (await mayDo(context, request, 'escalate', { resource: plural, name })) return;
  const role = request.object as ClusterRole | Role;
  const refusal = escalation(context.source, request, role.rules ?? []);
  if (refusal !== undefined) throw forbiddenFor({ group, resource: plural }, name, refusal);
  if (!isAggregated(role) && !(request.old && isAggregated(request.old))) return;
  if (escalation(context.source, request, everything) !== undefined) {
    throw forbiddenFor({ group, resource: plural }, name, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

/** An aggregated role gathers whatever is labelled for it, so only who may do everything may write one. */
const isAggregated = (role: ClusterRole) => (role.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;

const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

async function checkBinding(context: Context, request: AdmissionRequest): Promise<void> {
  const { roleRef } = request.object as ClusterRoleBinding | RoleBinding;
  if (await mayBind(context, request, roleRef)) return;
  const rules = roleRules(context.source, roleRef, request.namespace ?? '');
  if (typeof rules === 'string') throw missingRole(roleRef, rules);
  const refusal = escalation(context.source, request, rules);
  if (refusal !== undefined) throw forbiddenFor({ group, resource: request.kind.plural }, request.name, refusal);
}

async function mayBind(context: Context, request: AdmissionRequest, { kind, name }: RoleRef): Promise<boolean> {
  const resource = kind === 'ClusterRole' ? 'clusterroles' : kind === 'Role' ? 'roles' : undefined;
  return resource !== undefined && mayDo(context, request, 'bind', { resource, name });
}

const missingRole = ({ kind, name }: RoleRef, sentence: string) =>
  kind === 'Role' || kind === 'ClusterRole'
    ? new ApiError(404, 'NotFound', sentence, { name, group, kind: kind.toLowerCase() })
    : new ApiError(500, 'InternalError', sentence);

async function mayDo(
  { authorizer }: Context,
  { user, namespace }: AdmissionRequest,
  verb: string,
  { resource, name }: { readonly resource: string; readonly name: string },
): Promise<boolean> {
  const target = { group, version: '*', resource, ...(name && { name }), ...(namespace && { namespace }) };
  return (await authorizer.authorize({ user, verb, resource: target })).verdict === 'allow';
}

/** The refusal, when the writer lacks some of the rules. */
function escalation(source: RbacSource, request: AdmissionRequest, rules: readonly PolicyRule[]): string | undefined {
  const held = rulesFor(source, request.user, request.namespace ?? '');
  const missing = uncoveredRules(held.rules, rules);
  return missing.length === 0 ? undefined : escalationMessage(request.user, missing, held.errors);
}

export function escalationMessage(user: User, missing: readonly PolicyRule[], errors: readonly string[]): string {
  const lines = [...new Set(compactRules(missing).map(ruleText))].sort();
  const who = `user ${JSON.stringify(user.name)} (groups=${goStrings(user.groups)})`;
  const resolution = errors.length === 0 ? '' : `; resolution errors: [${aggregateText(errors)}]`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${resolution}`;
}

/** The garbage collector takes away owners and finalizers of objects whose rights it does not have. */
function isGarbageCollection(object: KubeObject, old: KubeObject): boolean {
  const { ownerReferences, finalizers, managedFields, selfLink } = old.metadata;
  return semanticallyEqual({ ...object, metadata: { ...object.metadata, ownerReferences, finalizers, managedFields, selfLink } }, old);
}
