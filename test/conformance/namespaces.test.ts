import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';
import { createPod, podRuns, podsNow, podThat } from './pods-of.ts';
import type { Namespace as NamespaceObject } from '../../src/api/generated/core/v1.ts';

conformance(
  'namespaces',
  (bed) => {
    const gone = (name: string) => until(async () => (await bed.client.get(Namespace, { name }).catch(unlessMissing)) === undefined);

    test('[sig-api-machinery] Namespaces should patch a Namespace [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      const patched = await bed.client.patch(Namespace, { name }, 'strategic', { metadata: { labels: { testLabel: 'testValue' } } });
      assert.deepEqual(patched.metadata.labels, { 'kubernetes.io/metadata.name': name, testLabel: 'testValue' });
    });

    test('[sig-api-machinery] Namespaces should apply an update to a Namespace [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      const read = await bed.client.get(Namespace, { name });
      const labels = { ...read.metadata.labels, updated: 'yes' };
      const updated = await bed.client.update(Namespace, { ...read, metadata: { ...read.metadata, labels } });
      assert.equal(updated.metadata.labels?.['updated'], 'yes');
    });

    test('[sig-api-machinery] Namespaces should apply changes to a namespace status [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' });
      const patched = await bed.client.patch(
        Namespace,
        { name },
        'merge',
        { metadata: { annotations: { patched: 'true' } }, status: { conditions: [condition('StatusPatch')] } },
        { subresource: 'status' },
      );
      assert.equal(patched.metadata.annotations?.['patched'], 'true');
      assert.equal(patched.status.conditions?.[0]?.type, 'StatusPatch');
      const conditions = [...patched.status.conditions, condition('StatusUpdate')] as never;
      const updated = await bed.client.updateStatus(Namespace, { ...patched, status: { ...patched.status, conditions } });
      assert.deepEqual(
        updated.status.conditions?.map(({ type }) => type),
        ['StatusPatch', 'StatusUpdate'],
      );
      assert.equal(updated.status.phase, 'Active');
    });

    test('[sig-api-machinery] Namespaces should apply a finalizer to a Namespace [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      const finalize = { ...refOf(Namespace, { name }), subresource: 'finalize' };
      const read = await bed.client.get(Namespace, { name });
      assert.deepEqual(read.spec.finalizers, ['kubernetes']);
      const custom = 'e2e.example.com/finalizer';
      const held = await bed.client.updateSub<NamespaceObject>(finalize, {
        ...read,
        spec: { finalizers: ['kubernetes', custom] },
      } as never);
      assert.deepEqual(held.spec.finalizers, ['kubernetes', custom]);
      await bed.client.delete(Namespace, { name });
      await until(async () => {
        const { spec } = await bed.client.get(Namespace, { name });
        return spec.finalizers?.length === 1;
      });
      const terminating = await bed.client.get(Namespace, { name });
      assert.equal(terminating.status.phase, 'Terminating');
      await bed.client.updateSub(finalize, { ...terminating, spec: { finalizers: [] } } as never);
      await gone(name);
    });

    test('[sig-api-machinery] Namespaces should ensure that all services are removed when a namespace is deleted [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      const service = { metadata: { name: 'test-service', namespace: name }, spec: { ports: [{ port: 80, targetPort: 80 }] } };
      await bed.client.create(Service, service as never);
      await bed.client.delete(Namespace, { name });
      await gone(name);
      await bed.client.create(Namespace, { metadata: { name } } as never);
      assert.deepEqual((await bed.client.list(Service, { namespace: name })).items, []);
    });

    test('[sig-api-machinery] Namespaces should ensure that all pods are removed when a namespace is deleted [Conformance] [Serial]', async () => {
      const name = await bed.namespace();
      await createPod(bed, name, 'test-pod');
      await podRuns(bed, name, 'test-pod');
      await bed.client.delete(Namespace, { name });
      await gone(name);
      await bed.client.create(Namespace, { metadata: { name } } as never);
      assert.deepEqual(await podsNow(bed, name), []);
    });

    test('[sig-api-machinery] OrderedNamespaceDeletion namespace deletion should delete pod first [Conformance]', async () => {
      const name = await bed.namespace();
      const finalizers = ['e2e.example.com/finalizer'];
      await createPod(bed, name, 'test-pod', {}, { finalizers });
      await bed.client.create(ConfigMap, { metadata: { namespace: name, name: 'test-configmap' }, data: { key: 'value' } });
      await bed.client.delete(Namespace, { name });
      await podThat(bed, name, 'test-pod', ({ metadata }) => metadata.deletionTimestamp !== undefined);
      const waiting = await until(async () => {
        const { status } = await bed.client.get(Namespace, { name });
        return status.conditions?.find(({ type, status: is }) => type === 'NamespaceFinalizersRemaining' && is === 'True');
      });
      assert.match(waiting.message!, /e2e\.example\.com\/finalizer in 1 resource instances/);
      const map = await bed.client.get(ConfigMap, { namespace: name, name: 'test-configmap' });
      assert.equal(map.metadata.deletionTimestamp, undefined, 'what pods may need stays while there are pods');
      await bed.client.patch(Pod, { namespace: name, name: 'test-pod' }, 'merge', { metadata: { finalizers: null } });
      await gone(name);
    });

    test('nothing is created in a namespace that is going, and a namespace is not deleted as a collection', async () => {
      const name = await bed.namespace();
      const finalize = { ...refOf(Namespace, { name }), subresource: 'finalize' };
      const read = await bed.client.get(Namespace, { name });
      await bed.client.updateSub(finalize, { ...read, spec: { finalizers: ['a.example.com/b'] } } as never);
      await bed.client.delete(Namespace, { name });
      const error = await refused(
        bed.client.create(Service, { metadata: { name: 'late', namespace: name }, spec: { ports: [{ port: 80 }] } } as never),
        403,
        `unable to create new content in namespace ${name} because it is being terminated`,
      );
      assert.deepEqual(error.details?.causes, [
        { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
      ]);
      assert.equal((await bed.request('DELETE', '/api/v1/namespaces')).code, 405);
      const held = await bed.client.get(Namespace, { name });
      await bed.client.updateSub(finalize, { ...held, spec: { finalizers: [] } } as never);
      await gone(name);
    });
  },
  { speed: 10, concurrency: true },
);
