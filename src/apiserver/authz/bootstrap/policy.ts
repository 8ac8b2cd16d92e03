import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../../api/generated/rbac/v1.ts';
import { clusterRoleBindings, roleBindings, roles } from './bindings.ts';
import { componentRoles } from './component-roles.ts';
import { controllerRoles } from './controller-roles.ts';
import { kubeadmClusterRoleBindings, kubeadmClusterRoles } from './kubeadm.ts';
import { userRoles } from './user-roles.ts';

export interface Policy {
  readonly clusterRoles: readonly ClusterRole[];
  readonly clusterRoleBindings: readonly ClusterRoleBinding[];
  readonly roles: readonly Role[];
  readonly roleBindings: readonly RoleBinding[];
}

/** The roles and bindings that Kubernetes 1.36 starts with, feature gates at their defaults, and kubeadm's own. */
export const bootstrapPolicy: Policy = {
  clusterRoles: [...userRoles, ...componentRoles, ...controllerRoles, ...kubeadmClusterRoles],
  clusterRoleBindings: [...clusterRoleBindings, ...kubeadmClusterRoleBindings],
  roles,
  roleBindings,
};
