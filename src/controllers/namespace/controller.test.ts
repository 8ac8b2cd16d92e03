import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ApiError, isNotFound } from '../../api/errors.ts';
import type { Namespace as NamespaceObject } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Lease } from '../../api/kinds/coordination/lease.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
const name = 'busy';
const hold = 'example.com/hold';

describe('namespace controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
    await plane.client.create<KubeObject>(Namespace, { metadata: { name } });
    await plane.clock.advance(1000);
  });
  afterEach(() => plane[Symbol.dispose]());

  const make = (kind: Kind, object: KubeObject) =>
    plane.client.create<KubeObject>(kind, { ...object, metadata: { ...object.metadata, namespace: name } });
  const pod = (nodeName?: string) => ({ metadata: { name: 'p' }, spec: { containers: [{ name: 'main', image: 'nginx' }], nodeName } });
  const remove = () => plane.client.delete(Namespace, { name });
  const read = (): Promise<NamespaceObject> => plane.client.get(Namespace, { name });
  const isGone = (): Promise<boolean> =>
    read().then(
      () => false,
      (error: unknown) => isNotFound(error),
    );
  const count = async (kind: Kind): Promise<number> => (await plane.client.list(kind, { namespace: name })).items.length;

  async function condition(type: string): Promise<string> {
    const { status } = await read();
    const found = status.conditions?.find((one) => one.type === type);
    return found ? `${found.status} ${found.reason}: ${found.message}` : 'none';
  }

  test('an empty namespace goes at once', async () => {
    await remove();
    assert.equal((await read()).status.phase, 'Terminating');
    await plane.until(isGone);
  });

  test('all that is in a namespace goes before it', async () => {
    await make(ConfigMap, { metadata: { name: 'c' } });
    await make(Pod, pod());
    await make(Lease, { metadata: { name: 'l' } });
    await remove();
    await plane.until(isGone);
    for (const kind of [ConfigMap, Pod, Lease]) assert.equal(await count(kind as Kind), 0, kind.kind);
  });

  test('what has finalizers holds the namespace, and its conditions name them', async () => {
    await make(ConfigMap, { metadata: { name: 'c', finalizers: [hold] } });
    await remove();
    await plane.clock.advance(3000);
    assert.equal(
      await condition('NamespaceContentRemaining'),
      'True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
    );
    assert.equal(
      await condition('NamespaceFinalizersRemaining'),
      'True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    assert.equal(
      await condition('NamespaceDeletionContentFailure'),
      'False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    );
    const { resourceVersion } = (await read()).metadata;
    await plane.clock.advance(20_000);
    assert.equal((await read()).metadata.resourceVersion, resourceVersion, 'a status that says the same is not written again');
    await plane.client.patch(ConfigMap, { namespace: name, name: 'c' }, 'merge', { metadata: { finalizers: null } });
    await plane.until(isGone);
  });

  test('pods go first: what they may need on their way out waits for them', async () => {
    await make(ConfigMap, { metadata: { name: 'c' } });
    await make(Pod, pod('some-node'));
    await remove();
    await plane.clock.advance(3000);
    const { metadata } = await plane.client.get(Pod, { namespace: name, name: 'p' });
    assert.notEqual(metadata.deletionTimestamp, undefined);
    assert.equal((await plane.client.get(ConfigMap, { namespace: name, name: 'c' })).metadata.deletionTimestamp, undefined);
    await plane.client.delete(Pod, { namespace: name, name: 'p' }, { gracePeriodSeconds: 0 });
    await plane.until(isGone);
  });

  test('nothing new is made in a namespace that is going', async () => {
    await make(ConfigMap, { metadata: { name: 'c', finalizers: [hold] } });
    await remove();
    await assert.rejects(make(ConfigMap, { metadata: { name: 'late' } }), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.code, error.reason], [403, 'Forbidden']);
      assert.match(error.message, /unable to create new content in namespace busy because it is being terminated/);
      return true;
    });
  });

  test('a finalizer of somebody else in the spec keeps the namespace after it is empty', async () => {
    const at = { group: '', version: 'v1', resource: 'namespaces', name, subresource: 'finalize' };
    const before = await read();
    await plane.client.updateSub(at, { ...before, spec: { finalizers: ['kubernetes', hold] } } as KubeObject);
    await remove();
    await plane.until(async () => (await read()).spec.finalizers?.length === 1);
    assert.deepEqual((await read()).spec.finalizers, [hold]);
    assert.equal(await count(ConfigMap), 0);
    await plane.client.updateSub(at, { ...(await read()), spec: { finalizers: [] } } as KubeObject);
    assert.equal(await isGone(), true);
  });
});
