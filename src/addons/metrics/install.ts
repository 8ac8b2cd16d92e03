import { isAlreadyExists } from '../../api/errors.ts';
import type { ServiceAccount as ServiceAccountType } from '../../api/generated/core/v1.ts';
import type { APIService as APIServiceType } from '../../api/generated/apiregistration/v1.ts';
import type { ClusterRole as ClusterRoleType, ClusterRoleBinding as ClusterRoleBindingType } from '../../api/generated/rbac/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { APIService } from '../../api/kinds/apiregistration/apiservice.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import { ClusterRoleBinding } from '../../api/kinds/rbac/clusterrolebinding.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Client } from '../../client/client.ts';

const labels = { 'k8s-app': 'metrics-server' };

/** Everybody who may view may see what is used. */
const reader: ClusterRoleType = {
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      ...labels,
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    },
  },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};

/** What metrics-server itself may read. */
const server: ClusterRoleType = {
  metadata: { name: 'system:metrics-server', labels },
  rules: [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
  ],
};

export const metricsServerAccount = { namespace: 'kube-system', name: 'metrics-server' };

const account: ServiceAccountType = { metadata: { ...metricsServerAccount, labels } };

const binding: ClusterRoleBindingType = {
  metadata: { name: 'system:metrics-server', labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:metrics-server' },
  subjects: [{ kind: 'ServiceAccount', ...metricsServerAccount }],
};

/** Served by the API server itself, and so `Local`: there is no service behind it that could be asked. */
const apiService: Omit<APIServiceType, 'status'> = {
  metadata: { name: 'v1beta1.metrics.k8s.io', labels },
  spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
};

const objects: readonly (readonly [Kind, KubeObject])[] = [
  [ServiceAccount, account],
  [ClusterRole, reader],
  [ClusterRole, server],
  [ClusterRoleBinding, binding],
  [APIService, apiService],
];

/** Makes the objects that metrics-server's manifest brings, beside the server itself; what is there stays as it is. */
export async function installMetrics(client: Pick<Client, 'create'>): Promise<void> {
  await Promise.all(
    objects.map(([kind, object]) =>
      client.create(kind, object).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      }),
    ),
  );
}
