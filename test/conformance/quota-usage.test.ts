/** What a ResourceQuota says is in use, as its controller and admission keep it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec, ResourceQuotaSpec } from '../../src/api/generated/core/v1.ts';
import type { Kind } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { ResourceQuota } from '../../src/api/kinds/core/resourcequota.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';
import { createPod, pause, podIsGone, templateOf } from './pods-of.ts';

type Amounts = Readonly<Record<string, string>>;

const hard: Amounts = {
  pods: '5',
  services: '10',
  'services.nodeports': '1',
  'services.loadbalancers': '1',
  replicationcontrollers: '10',
  resourcequotas: '1',
  cpu: '1',
  memory: '500Mi',
  configmaps: '10',
  secrets: '10',
  persistentvolumeclaims: '10',
  'requests.storage': '10Gi',
  'requests.ephemeral-storage': '50Gi',
  'requests.example.com/dongle': '3',
  'count/replicasets.apps': '5',
};

conformance(
  'use of quotas',
  (bed) => {
    const createQuota = (namespace: string, name: string, spec: Partial<ResourceQuotaSpec> = { hard }) =>
      bed.client.create(ResourceQuota, { metadata: { namespace, name }, spec, status: {} });
    const used = (namespace: string, name: string, wanted: Amounts) =>
      until(async () => {
        const { status, spec } = await bed.client.get(ResourceQuota, { namespace, name });
        const isCounted = Object.keys(spec?.hard ?? {}).every((resource) => status?.hard?.[resource] === spec?.hard?.[resource]);
        return isCounted && Object.entries(wanted).every(([resource, amount]) => status?.used?.[resource] === amount) && status;
      });
    /** A namespace with the quota `quota`, once it is counted; the root CA is in a ConfigMap of each. */
    const withQuota = async () => {
      const namespace = await bed.namespace();
      await until(() => bed.client.get(ConfigMap, { namespace, name: 'kube-root-ca.crt' }).catch(unlessMissing));
      await createQuota(namespace, 'quota');
      await used(namespace, 'quota', { resourcequotas: '1', pods: '0', configmaps: '1' });
      return namespace;
    };
    const pod = (requests: Amounts, more: Partial<PodSpec> = {}): Partial<PodSpec> => ({
      containers: [{ ...pause, resources: { requests, limits: requests } }],
      ...more,
    });

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated. [Conformance]', async () => {
      const namespace = await withQuota();
      const zero = Object.keys(hard).filter((name) => !['resourcequotas', 'configmaps'].includes(name));
      const status = await used(namespace, 'quota', Object.fromEntries(zero.map((name) => [name, '0'])));
      assert.deepEqual(status.hard, hard);
    });

    const oneMore = async <O extends KubeObject>(kind: Kind<O>, parts: object, resource: string, before: string, after: string) => {
      const namespace = await withQuota();
      await used(namespace, 'quota', { [resource]: before });
      await bed.client.create(kind, { metadata: { namespace, name: 'counted' }, ...parts } as unknown as O);
      await used(namespace, 'quota', { [resource]: after });
      await bed.client.delete(kind, { namespace, name: 'counted' });
      await used(namespace, 'quota', { [resource]: before });
    };

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a configMap. [Conformance]', () =>
      oneMore(ConfigMap, { data: { a: 'b' } }, 'configmaps', '1', '2'));

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a secret. [Conformance]', () =>
      oneMore(Secret, { data: { a: 'Yg==' } }, 'secrets', '0', '1'));

    const labels = { app: 'counted' };

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a replication controller. [Conformance]', () =>
      oneMore(
        ReplicationController,
        { spec: { replicas: 0, selector: labels, template: templateOf(labels) } },
        'replicationcontrollers',
        '0',
        '1',
      ));

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a replica set. [Conformance]', () =>
      oneMore(
        ReplicaSet,
        { spec: { replicas: 0, selector: { matchLabels: labels }, template: templateOf(labels) } },
        'count/replicasets.apps',
        '0',
        '1',
      ));

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a service. [Conformance]', async () => {
      const namespace = await withQuota();
      const create = (name: string, type: string) =>
        bed.client.create(Service, { metadata: { namespace, name }, spec: { type, ports: [{ port: 80 }] } } as never);
      await create('cluster-ip', 'ClusterIP');
      await create('node-port', 'NodePort');
      const words = 'exceeded quota: quota, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1';
      await refused(create('balanced', 'LoadBalancer'), 403, words);
      await used(namespace, 'quota', { services: '2', 'services.nodeports': '1', 'services.loadbalancers': '0' });
      for (const name of ['cluster-ip', 'node-port']) await bed.client.delete(Service, { namespace, name });
      await used(namespace, 'quota', { services: '0', 'services.nodeports': '0' });
    });

    test('[sig-api-machinery] ResourceQuota should create a ResourceQuota and capture the life of a pod. [Conformance]', async () => {
      const namespace = await withQuota();
      const dongle = 'example.com/dongle';
      await createPod(bed, namespace, 'test-pod', pod({ cpu: '500m', memory: '252Mi', 'ephemeral-storage': '30Gi', [dongle]: '2' }));
      const counted = {
        pods: '1',
        cpu: '500m',
        memory: '252Mi',
        'requests.ephemeral-storage': '30Gi',
        [`requests.${dongle}`]: '2',
      };
      await used(namespace, 'quota', counted);
      await refused(createPod(bed, namespace, 'fail-pod', pod({ cpu: '600m', memory: '100Mi' })), 403, 'exceeded quota: quota');
      const tooMany = pod({ cpu: '500m', memory: '100Mi', 'ephemeral-storage': '10Gi', [dongle]: '2' });
      await refused(createPod(bed, namespace, 'fail-pod-for-extended-resource', tooMany), 403, `requests.${dongle}=2`);
      const changed = { spec: { containers: [{ name: 'pause', resources: { requests: { cpu: '100m' } } }] } };
      await refused(bed.client.patch(Pod, { namespace, name: 'test-pod' }, 'strategic', changed), 422);
      await used(namespace, 'quota', counted);
      await bed.client.delete(Pod, { namespace, name: 'test-pod' }, { gracePeriodSeconds: 0 });
      await podIsGone(bed, namespace, 'test-pod');
      await used(namespace, 'quota', { pods: '0', cpu: '0', memory: '0', [`requests.${dongle}`]: '0' });
    });

    /** Two quotas that share pods out: each pod counts in one of them, and no more once it is gone. */
    const eitherOr = async (
      first: Partial<ResourceQuotaSpec>,
      second: Partial<ResourceQuotaSpec>,
      [ofFirst, ofSecond]: readonly [Partial<PodSpec>, Partial<PodSpec>],
    ) => {
      const namespace = await bed.namespace();
      await createQuota(namespace, 'first', first);
      await createQuota(namespace, 'second', second);
      for (const [spec, counts, others] of [
        [ofFirst, 'first', 'second'],
        [ofSecond, 'second', 'first'],
      ] as const) {
        for (const name of ['first', 'second']) await used(namespace, name, { pods: '0' });
        await createPod(bed, namespace, 'test-pod', spec);
        await used(namespace, counts, { pods: '1' });
        await used(namespace, others, { pods: '0' });
        await bed.client.delete(Pod, { namespace, name: 'test-pod' }, { gracePeriodSeconds: 0 });
        await podIsGone(bed, namespace, 'test-pod');
        await used(namespace, counts, { pods: '0' });
      }
    };

    test('[sig-api-machinery] ResourceQuota should verify ResourceQuota with best effort scope. [Conformance]', () =>
      eitherOr({ hard: { pods: '5' }, scopes: ['BestEffort'] }, { hard: { pods: '5' }, scopes: ['NotBestEffort'] }, [
        {},
        pod({ cpu: '100m', memory: '50Mi' }),
      ]));

    test('[sig-api-machinery] ResourceQuota should verify ResourceQuota with terminating scopes. [Conformance]', () => {
      const amounts = { pods: '5', 'requests.cpu': '1', 'requests.memory': '500Mi' };
      const requests = { cpu: '500m', memory: '200Mi' };
      return eitherOr({ hard: amounts, scopes: ['Terminating'] }, { hard: amounts, scopes: ['NotTerminating'] }, [
        pod(requests, { activeDeadlineSeconds: 3600 }),
        pod(requests),
      ]);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
