import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { ConfigMap as ConfigMapObject } from '../../api/generated/core/v1.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { startVirtualControlPlane, virtualCaPem, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('root ca publisher controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'kube-root-ca.crt' };
  const published = (): Promise<ConfigMapObject | undefined> =>
    plane.client.get(ConfigMap, at).catch((error: unknown) => (isNotFound(error) ? undefined : assert.fail(String(error))));

  test('the CA is in every namespace, with a note of what it is for', async () => {
    const found = await published();
    assert.deepEqual(found?.data, { 'ca.crt': virtualCaPem });
    assert.match(found.metadata.annotations?.['kubernetes.io/description'] ?? '', /^Contains a CA bundle/);
  });

  test('a CA that was deleted comes back', async () => {
    await plane.client.delete(ConfigMap, at);
    await plane.until(async () => (await published()) !== undefined);
  });

  test('a CA that was changed is put right, and what others wrote beside it goes', async () => {
    await plane.client.patch(ConfigMap, at, 'merge', { data: { 'ca.crt': 'forged', more: 'x' }, metadata: { labels: { mine: 'yes' } } });
    await plane.until(async () => (await published())?.data?.['ca.crt'] === virtualCaPem);
    const found = await published();
    assert.deepEqual(found?.data, { 'ca.crt': virtualCaPem });
    assert.deepEqual(found.metadata.labels, { mine: 'yes' });
  });
});
