import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';
import type { Namespace as NamespaceObject } from '../../src/api/generated/core/v1.ts';

conformance('namespaces', (bed) => {
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
    const held = await bed.client.updateSub<NamespaceObject>(finalize, { ...read, spec: { finalizers: ['kubernetes', custom] } } as never);
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
});
