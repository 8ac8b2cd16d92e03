/** The workload kinds as far as the API goes; what their controllers do is shown in files of their own. */
import { test } from 'node:test';
import { DaemonSet } from '../../src/api/kinds/apps/daemonset.ts';
import { Deployment } from '../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../src/api/kinds/apps/statefulset.ts';
import { HorizontalPodAutoscaler } from '../../src/api/kinds/autoscaling/horizontalpodautoscaler.ts';
import { Job } from '../../src/api/kinds/batch/job.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { Role } from '../../src/api/kinds/rbac/role.ts';
import { RoleBinding } from '../../src/api/kinds/rbac/rolebinding.ts';
import type { Kind } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused } from './bed.ts';

const labels = { app: 'web' };
const template = (more: object = {}) => ({ metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }], ...more } });
const spec = { selector: { matchLabels: labels }, template: template() };
const condition = (status: string) => ({
  conditions: [{ type: 'StatusUpdate', status, reason: 'E2E', message: 'Set by a test', lastTransitionTime: '2026-01-01T00:00:00Z' }],
});
const statuses = [condition('False'), condition('True')] as const;

type Workload = KubeObject & { readonly spec?: object };

conformance('workloads', (bed) => {
  const workloads: readonly (readonly [Kind, object])[] = [
    [Deployment, { ...spec, replicas: 2 }],
    [ReplicaSet, { ...spec, replicas: 2 }],
    [StatefulSet, { ...spec, replicas: 2, serviceName: 'web' }],
    [DaemonSet, spec],
    [ReplicationController, { selector: labels, template: template(), replicas: 2 }],
    [Job, { template: { spec: { containers: [{ name: 'c', image: 'busybox' }], restartPolicy: 'Never' } }, suspend: true }],
  ];
  for (const [kind, wanted] of workloads)
    test(`${kind.kind} supports all operations, and its status too`, async () => {
      const namespace = await bed.namespace();
      await exercise<Workload>(bed, { kind: kind, namespace, make: () => ({ spec: wanted }), status: statuses });
    });

  test('HorizontalPodAutoscaler supports all operations, and its status too', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: HorizontalPodAutoscaler,
      namespace,
      make: () => ({ spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 } }),
      change: (one) => ({ ...one, spec: { ...one.spec, maxReplicas: 4 } }),
      status: [
        { ...condition('False'), currentReplicas: 1, desiredReplicas: 2 },
        { ...condition('True'), currentReplicas: 2, desiredReplicas: 2 },
      ],
    });
  });

  test('Role and RoleBinding support all operations', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, { kind: Role, namespace, make: () => ({ rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }) });
    await exercise(bed, {
      kind: RoleBinding,
      namespace,
      make: () => ({
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
      }),
    });
    const at = { namespace, name: 'fixed' };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    const made = await bed.client.create(RoleBinding, { metadata: at, roleRef });
    await refused(bed.client.update(RoleBinding, { ...made, roleRef: { ...roleRef, name: 'other' } }), 422, 'cannot change roleRef');
  });
});
