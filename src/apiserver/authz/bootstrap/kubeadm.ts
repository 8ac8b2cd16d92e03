import type { ClusterRole, ClusterRoleBinding, RoleBinding } from '../../../api/generated/rbac/v1.ts';
import { allow, groups, users } from './notation.ts';

// What `kubeadm init` adds to a cluster, unmarked: the API server does not keep it up to date.

const rbac = 'rbac.authorization.k8s.io';
const nodeBootstrappers = groups('system:bootstrappers:kubeadm:default-node-token');

export const kubeadmClusterRoles: readonly ClusterRole[] = [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'kubeadm:get-nodes' },
    rules: [allow('get', 'core', 'nodes')],
  },
];

/** The group of `admin.conf` and the API server's own client certificate among them. */
export const kubeadmClusterRoleBindings: readonly ClusterRoleBinding[] = [
  binding('kubeadm:cluster-admins', 'cluster-admin', groups('kubeadm:cluster-admins')),
  binding('kubeadm:apiserver-kubelet-client', 'system:kubelet-api-admin', users('kube-apiserver-kubelet-client')),
  binding('kubeadm:get-nodes', 'kubeadm:get-nodes', nodeBootstrappers),
  binding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', nodeBootstrappers),
  binding('kubeadm:node-autoapprove-bootstrap', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', nodeBootstrappers),
  binding(
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    groups('system:nodes'),
  ),
];

function binding(name: string, role: string, subjects: RoleBinding['subjects']): ClusterRoleBinding {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects,
  };
}
