import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ResourceQuotaSpec, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ResourceQuota } from '../../api/kinds/core/resourcequota.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { PriorityClass } from '../../api/kinds/scheduling/priorityclass.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { countedKinds } from './counted-kinds.ts';

test('countedKinds() are those that the limits are about, with scopes pods and claims alone', () => {
  const names = (spec: ResourceQuotaSpec) => countedKinds(spec, allKinds).map(({ kind }) => kind);
  assert.deepEqual(names({ hard: { 'limits.cpu': '1', 'services.nodeports': '1', 'requests.storage': '1' } }).sort(), [
    'PersistentVolumeClaim',
    'Pod',
    'Service',
  ]);
  assert.ok(names({ hard: { 'count/deployments.apps': '1' } }).includes('Deployment'));
  assert.deepEqual(names({ hard: { pods: '1', configmaps: '1' }, scopes: ['BestEffort'] }), ['Pod']);
  assert.deepEqual(names({ hard: { 'count/nothing.example.com': '1' } }), []);
});

let plane: VirtualControlPlane;
describe('resource quota controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
    await plane.client.create<KubeObject>(Namespace, { metadata: { name: 'ns' } });
    await plane.clock.advance(500);
  });
  afterEach(() => plane[Symbol.dispose]());

  const addQuota = async (spec: ResourceQuotaSpec) => {
    await plane.client.create(ResourceQuota, { metadata: { namespace: 'ns', name: 'q' }, spec, status: {} });
    await plane.clock.advance(200);
  };
  const used = async () => (await plane.client.get(ResourceQuota, { namespace: 'ns', name: 'q' })).status.used;
  const addPod = (name: string, cpu: string, more = {}) =>
    plane.client.create(Pod, {
      metadata: { namespace: 'ns', name },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...more },
      status: {},
    });

  test('counts what is there, what comes, what ends and what goes', async () => {
    await addPod('a', '100m');
    await addQuota({ hard: { pods: '10', 'requests.cpu': '2' } });
    const { status } = await plane.client.get(ResourceQuota, { namespace: 'ns', name: 'q' });
    assert.deepEqual(status, { hard: { pods: '10', 'requests.cpu': '2' }, used: { pods: '1', 'requests.cpu': '100m' } });
    const second = await addPod('b', '1');
    await plane.clock.advance(200);
    assert.deepEqual(await used(), { pods: '2', 'requests.cpu': '1100m' });
    await plane.client.updateStatus(Pod, { ...second, status: { ...second.status, phase: 'Succeeded' } });
    await plane.clock.advance(200);
    assert.deepEqual(await used(), { pods: '1', 'requests.cpu': '100m' });
    await plane.client.delete(Pod, { namespace: 'ns', name: 'a' }, { gracePeriodSeconds: 0 });
    await plane.clock.advance(200);
    assert.deepEqual(await used(), { pods: '0', 'requests.cpu': '0' });
  });

  test('counts objects of any kind, services’ ports and claims’ storage', async () => {
    const hard = { 'count/configmaps': '10', 'services.nodeports': '5', 'fast.storageclass.storage.k8s.io/requests.storage': '9Gi' };
    await addQuota({ hard });
    await plane.client.create(ConfigMap, { metadata: { namespace: 'ns', name: 'c' } });
    const service = { metadata: { namespace: 'ns', name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] }, status: {} };
    await plane.client.create(Service, service as ServiceObject);
    const spec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '2Gi' } }, storageClassName: 'fast' };
    await plane.client.create(PersistentVolumeClaim, { metadata: { namespace: 'ns', name: 'c' }, spec, status: {} });
    await plane.clock.advance(200);
    // One more is the namespace's kube-root-ca.crt.
    assert.deepEqual(await used(), {
      'count/configmaps': '2',
      'services.nodeports': '1',
      'fast.storageclass.storage.k8s.io/requests.storage': '2Gi',
    });
    await plane.client.patch(Service, { namespace: 'ns', name: 's' }, 'merge', { spec: { type: 'ClusterIP' } });
    await plane.clock.advance(200);
    assert.equal((await used())?.['services.nodeports'], '0');
  });

  test('with scopes counts those pods alone', async () => {
    await plane.client.create(PriorityClass, { metadata: { name: 'high' }, value: 1000 });
    await addQuota({
      hard: { pods: '10' },
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
    });
    await addPod('low', '1');
    await addPod('high', '1', { priorityClassName: 'high' });
    await plane.clock.advance(200);
    assert.deepEqual(await used(), { pods: '1' });
  });

  test('counts anew when the limits change', async () => {
    await addPod('a', '100m');
    await addQuota({ hard: { pods: '10' } });
    await plane.client.patch(ResourceQuota, { namespace: 'ns', name: 'q' }, 'merge', {
      spec: { hard: { pods: null, 'requests.cpu': '5' } },
    });
    await plane.clock.advance(200);
    assert.deepEqual(await used(), { 'requests.cpu': '100m' });
  });
});
