import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject } from '../../../api/generated/rbac/v1.ts';

// A short way to write roles: words of a list stand in one string, and `core` is the group without a name.

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;

export const read = 'get list watch';
export const write = 'create delete deletecollection patch update';
export const readWrite = 'create delete deletecollection get list patch update watch';

export function allow(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  return {
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    ...(names !== undefined && { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  };
}

export const allowPaths = (verbs: string, nonResourceURLs: string): PolicyRule => ({
  nonResourceURLs: words(nonResourceURLs),
  verbs: words(verbs),
});

export const recordEvents = allow('create patch update', 'core events.k8s.io', 'events');

function words(text: string): string[] {
  return text.split(' ');
}

/** Marks what the server keeps up to date at every start, unless somebody sets the annotation to `false`. */
function metadata(name: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
}

export function clusterRole(name: string, rules: readonly PolicyRule[], labels?: Readonly<Record<string, string>>): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: metadata(name, labels), rules };
}

/** A role whose rules are those of all roles labelled with `aggregateTo(from)`. */
export function aggregatedRole(name: string, from: string, labels?: Readonly<Record<string, string>>): ClusterRole {
  return { ...clusterRole(name, [], labels), aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(from) }] } };
}

export const aggregateTo = (role: string): Readonly<Record<string, string>> => ({ [`${apiGroup}/aggregate-to-${role}`]: 'true' });

export const controllerPrefix = 'system:controller:';
export const controllerRole = (name: string, rules: readonly PolicyRule[]): ClusterRole => clusterRole(controllerPrefix + name, rules);

export function role(namespace: string, name: string, rules: readonly PolicyRule[]): Role {
  return { apiVersion, kind: 'Role', metadata: { ...metadata(name), namespace }, rules };
}

/** Binds the ClusterRole of the same name. */
export function clusterRoleBinding(name: string, subjects: readonly Subject[], roleName = name): ClusterRoleBinding {
  return { apiVersion, kind: 'ClusterRoleBinding', metadata: metadata(name), roleRef: refTo('ClusterRole', roleName), subjects };
}

/** Binds the Role of the same name, in its namespace. */
export function roleBinding(namespace: string, name: string, subjects: readonly Subject[], roleName = name): RoleBinding {
  return { apiVersion, kind: 'RoleBinding', metadata: { ...metadata(name), namespace }, roleRef: refTo('Role', roleName), subjects };
}

function refTo(kind: string, name: string): RoleRef {
  return { apiGroup, kind, name };
}

export const users = (names: string): Subject[] => words(names).map((name) => ({ apiGroup, kind: 'User', name }));
export const groups = (names: string): Subject[] => words(names).map((name) => ({ apiGroup, kind: 'Group', name }));
export const systemAccounts = (names: string): Subject[] =>
  words(names).map((name) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' }));
