import type { ClusterRoleBinding, Role, RoleBinding } from '../../../api/generated/rbac/v1.ts';
import { controllerRoles } from './controller-roles.ts';
import {
  allow,
  clusterRoleBinding,
  controllerPrefix,
  groups,
  read,
  recordEvents,
  role,
  roleBinding,
  systemAccounts,
  users,
} from './notation.ts';

/** Who has which of the roles from the start. */
export const clusterRoleBindings: readonly ClusterRoleBinding[] = [
  clusterRoleBinding('cluster-admin', groups('system:masters')),
  clusterRoleBinding('system:monitoring', groups('system:monitoring')),
  clusterRoleBinding('system:discovery', groups('system:authenticated')),
  clusterRoleBinding('system:basic-user', groups('system:authenticated')),
  clusterRoleBinding('system:public-info-viewer', groups('system:authenticated system:unauthenticated')),
  clusterRoleBinding('system:node-proxier', users('system:kube-proxy')),
  clusterRoleBinding('system:kube-controller-manager', users('system:kube-controller-manager')),
  clusterRoleBinding('system:kube-dns', systemAccounts('kube-dns')),
  clusterRoleBinding('system:kube-scheduler', users('system:kube-scheduler')),
  clusterRoleBinding('system:volume-scheduler', users('system:kube-scheduler')),
  // The Node authorizer has taken over: the role stays bound, to nobody.
  clusterRoleBinding('system:node', []),
  clusterRoleBinding('system:service-account-issuer-discovery', groups('system:serviceaccounts')),
  ...controllerRoles.map(({ metadata: { name = '' } }) => clusterRoleBinding(name, systemAccounts(name.slice(controllerPrefix.length)))),
];

const leaderLocking = ['leases', 'leasecandidates'].map((resource) =>
  allow('create get list update watch', 'coordination.k8s.io', resource),
);

/** Roles within the system's own namespaces. */
export const roles: readonly Role[] = [
  role('kube-system', 'extension-apiserver-authentication-reader', [
    allow(read, 'core', 'configmaps', 'extension-apiserver-authentication'),
  ]),
  role('kube-system', 'system:controller:bootstrap-signer', [allow(read, 'core', 'secrets')]),
  role('kube-system', 'system:controller:cloud-provider', [allow('create get list watch', 'core', 'configmaps')]),
  role('kube-system', 'system:controller:token-cleaner', [allow('delete get list watch', 'core', 'secrets'), recordEvents]),
  role('kube-system', 'system::leader-locking-kube-controller-manager', leaderLocking),
  role('kube-system', 'system::leader-locking-kube-scheduler', leaderLocking),
  role('kube-public', 'system:controller:bootstrap-signer', [
    allow(read, 'core', 'configmaps'),
    allow('update', 'core', 'configmaps', 'cluster-info'),
    recordEvents,
  ]),
];

export const roleBindings: readonly RoleBinding[] = [
  roleBinding(
    'kube-system',
    'system::extension-apiserver-authentication-reader',
    users('system:kube-controller-manager system:kube-scheduler'),
    'extension-apiserver-authentication-reader',
  ),
  roleBinding('kube-system', 'system::leader-locking-kube-controller-manager', [
    ...users('system:kube-controller-manager'),
    ...systemAccounts('kube-controller-manager leader-election-controller'),
  ]),
  roleBinding('kube-system', 'system::leader-locking-kube-scheduler', [
    ...users('system:kube-scheduler'),
    ...systemAccounts('kube-scheduler'),
  ]),
  roleBinding('kube-system', 'system:controller:bootstrap-signer', systemAccounts('bootstrap-signer')),
  roleBinding('kube-system', 'system:controller:cloud-provider', systemAccounts('cloud-provider')),
  roleBinding('kube-system', 'system:controller:token-cleaner', systemAccounts('token-cleaner')),
  roleBinding('kube-public', 'system:controller:bootstrap-signer', systemAccounts('bootstrap-signer')),
];
