/** ResourceQuota as far as the API server goes, which counts by itself; the status is a controller's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ResourceQuota } from '../../src/api/kinds/core/resourcequota.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';
import type { ResourceQuotaSpec } from '../../src/api/generated/core/v1.ts';

type Amounts = Readonly<Record<string, string>>;

conformance('resource quota', (bed) => {
  const quota = (namespace: string, hard: Amounts, spec: Partial<ResourceQuotaSpec> = {}) =>
    bed.client.create(ResourceQuota, { metadata: { namespace, name: 'quota' }, spec: { hard, ...spec }, status: {} });

  test('[sig-api-machinery] ResourceQuota should be able to update and delete ResourceQuota. [Conformance]', async () => {
    const namespace = await bed.namespace();
    const at = { namespace, name: 'test-quota' };
    const made = await bed.client.create(ResourceQuota, { metadata: at, spec: { hard: { cpu: '1', memory: '500Mi' } }, status: {} });
    assert.deepEqual(made.spec?.hard, { cpu: '1', memory: '500Mi' });
    await bed.change(ResourceQuota, at, (quota) => ({ ...quota, spec: { hard: { cpu: '2', memory: '1Gi' } } }));
    assert.deepEqual((await bed.client.get(ResourceQuota, at)).spec?.hard, { cpu: '2', memory: '1Gi' });
    await bed.client.delete(ResourceQuota, at);
    await refused(bed.client.get(ResourceQuota, at), 404, 'resourcequotas "test-quota" not found');
  });

  test('[sig-api-machinery] ResourceQuota should manage the lifecycle of a ResourceQuota [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: ResourceQuota,
      namespace,
      make: () => ({ spec: { hard: { pods: '1' } } }),
      change: (one) => ({ ...one, spec: { hard: { pods: '10' } } }),
    });
  });

  test('[sig-api-machinery] ResourceQuota should apply changes to a resourcequota status [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: ResourceQuota,
      namespace,
      make: () => ({ spec: { hard: { cpu: '500m', memory: '500Mi' } } }),
      status: [{ hard: { cpu: '1', memory: '1Gi' } }, { hard: { cpu: '500m', memory: '500Mi' } }],
    });
  });

  test('a quota that is used up refuses ConfigMaps, Secrets and Services', async () => {
    const namespace = await bed.namespace();
    await until(() => bed.client.get(ConfigMap, { namespace, name: 'kube-root-ca.crt' }).catch(unlessMissing));
    const hard = { 'count/configmaps': '2', secrets: '0', services: '1', 'services.nodeports': '0' };
    await quota(namespace, hard);
    await bed.client.create(ConfigMap, { metadata: { namespace, name: 'a' } });
    await refused(
      bed.client.create(ConfigMap, { metadata: { namespace, name: 'b' } }),
      403,
      'configmaps "b" is forbidden: exceeded quota: quota, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2',
    );
    await refused(bed.client.create(Secret, { metadata: { namespace, name: 'a' } }), 403, 'exceeded quota: quota, requested: secrets=1');
    const ports = [{ port: 80 }];
    await refused(
      bed.client.create(Service, { metadata: { namespace, name: 'a' }, spec: { ports, type: 'NodePort' } } as never),
      403,
      'requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
    );
    await bed.client.create(Service, { metadata: { namespace, name: 'b' }, spec: { ports } } as never);
    await refused(bed.client.create(Service, { metadata: { namespace, name: 'c' }, spec: { ports } } as never), 403, 'used: services=1');
  });

  test('a quota on amounts and scopes wants pods to say what they need', async () => {
    const namespace = await bed.namespace();
    const hard = { pods: '2', 'requests.cpu': '1', 'requests.memory': '1Gi' };
    await quota(namespace, hard);
    const pod = (name: string, requests: Amounts = {}) =>
      ({ metadata: { namespace, name }, spec: { containers: [{ name: 'a', image: 'a', resources: { requests } }] } }) as never;
    await refused(
      bed.client.create(Pod, pod('says-nothing')),
      403,
      'failed quota: quota: must specify requests.cpu for: a; requests.memory for: a',
    );
    await bed.client.create(Pod, pod('fits', { cpu: '600m', memory: '200Mi' }));
    await refused(
      bed.client.create(Pod, pod('too-much', { cpu: '600m', memory: '200Mi' })),
      403,
      'exceeded quota: quota, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    );
    const best = await bed.namespace();
    await quota(best, { pods: '0' }, { scopes: ['BestEffort'] });
    const inBest = (name: string, requests: Amounts) =>
      bed.client.create(Pod, { ...(pod(name, requests) as object), metadata: { namespace: best, name } } as never);
    await refused(inBest('best-effort', {}), 403, 'exceeded quota: quota, requested: pods=1');
    await inBest('burstable', { cpu: '1m' });
  });
});
