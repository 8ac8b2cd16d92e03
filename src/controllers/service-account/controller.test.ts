import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('service account controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const uidOf = async (namespace: string): Promise<string | undefined> => {
    const found = plane.client.get(ServiceAccount, { namespace, name: 'default' });
    return found.then(
      ({ metadata }) => metadata.uid,
      (error: unknown) => (isNotFound(error) ? undefined : assert.fail(String(error))),
    );
  };

  test('every namespace has its default account, those of the system too', async () => {
    for (const namespace of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
      assert.notEqual(await uidOf(namespace), undefined, namespace);
    await plane.client.create<KubeObject>(Namespace, { metadata: { name: 'new' } });
    await plane.until(async () => (await uidOf('new')) !== undefined);
  });

  test('a default account that was deleted is made anew', async () => {
    const before = await uidOf('default');
    await plane.client.delete(ServiceAccount, { namespace: 'default', name: 'default' });
    await plane.until(async () => ((await uidOf('default')) ?? before) !== before);
  });

  test('none is made in a namespace that is going', async () => {
    await plane.client.create<KubeObject>(Namespace, { metadata: { name: 'going' } });
    await plane.client.create<KubeObject>(ConfigMap, {
      metadata: { name: 'c', namespace: 'going', finalizers: ['example.com/hold'] },
    });
    await plane.client.delete(Namespace, { name: 'going' });
    await plane.clock.advance(10_000);
    assert.equal(await uidOf('going'), undefined);
  });
});
