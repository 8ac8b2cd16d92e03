import type { User } from '../../api/call.ts';
import type { ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from '../../api/generated/rbac/v1.ts';
import type { Attributes, Authorizer, Decision } from '../ports.ts';
import type { RbacSource } from './rbac-source.ts';
import { ruleAllows } from './rules.ts';

/** Rules of a user, and the roles that bindings name and that are not there. */
export interface ResolvedRules {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
}

/** Allows what a rule of a bound role allows; never denies. Source: Kubernetes' RBACAuthorizer. */
export function rbacAuthorizer(source: RbacSource): Authorizer {
  return { name: 'RBAC', authorize: (attributes) => authorizeByRoles(source, attributes) };
}

function authorizeByRoles(source: RbacSource, attributes: Attributes): Decision {
  const errors: string[] = [];
  for (const found of grants(source, attributes.user, attributes.resource?.namespace ?? '')) {
    if ('error' in found) errors.push(found.error);
    else if (found.rules.some((rule) => ruleAllows(rule, attributes))) {
      return { verdict: 'allow', reason: `RBAC: allowed by ${found.describe()}` };
    }
  }
  return { verdict: 'no-opinion', reason: errors.length === 0 ? '' : `RBAC: ${aggregateText(errors)}` };
}

/** All rules of a user in a namespace ('' for the cluster's alone). */
export function rulesFor(source: RbacSource, user: User, namespace: string): ResolvedRules {
  const rules: PolicyRule[] = [];
  const errors: string[] = [];
  for (const found of grants(source, user, namespace)) {
    if ('error' in found) errors.push(found.error);
    else rules.push(...found.rules);
  }
  return { rules, errors };
}

type Grant = { readonly rules: readonly PolicyRule[]; describe(): string } | { readonly error: string };

function* grants(source: RbacSource, user: User, namespace: string): Generator<Grant> {
  for (const { binding, subject } of source.clusterRoleBindingsOf(user)) {
    yield grantOf(roleRules(source, binding.roleRef, ''), () => describeClusterBinding(binding, subject));
  }
  if (namespace === '') return;
  for (const { binding, subject } of source.roleBindingsOf(user, namespace)) {
    yield grantOf(roleRules(source, binding.roleRef, namespace), () => describeBinding(binding, subject));
  }
}

const grantOf = (rules: readonly PolicyRule[] | string, describe: () => string): Grant =>
  typeof rules === 'string' ? { error: rules } : { rules, describe };

/** The rules of the role that a binding in `namespace` names, or the sentence that says why there are none. */
export function roleRules(source: RbacSource, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${JSON.stringify(kind)}`;
  const role = kind === 'Role' ? source.role(namespace, name) : source.clusterRole(name);
  return role ? (role.rules ?? []) : `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

const describeClusterBinding = ({ metadata, roleRef }: ClusterRoleBinding, subject: Subject) =>
  `ClusterRoleBinding ${JSON.stringify(metadata.name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, '')}`;

/** Name first, then namespace: so it stands in Kubernetes' sentence. */
function describeBinding({ metadata: { name, namespace = '' }, roleRef }: RoleBinding, subject: Subject): string {
  const binding = JSON.stringify(`${name}/${namespace}`);
  return `RoleBinding ${binding} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, namespace)}`;
}

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name)}`;
}

/** Go's aggregate of errors: one alone, several in brackets, none twice. */
export function aggregateText(errors: readonly string[]): string {
  const different = [...new Set(errors)];
  return different.length === 1 ? different[0]! : `[${different.join(', ')}]`;
}
