import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import type { KubeObject, OwnerReference } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
const namespace = 'default';

describe('collector', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const hold = 'example.com/hold';

  function make(name: string, owners: readonly OwnerReference[] = [], more: object = {}): Promise<KubeObject> {
    return plane.client.create<KubeObject>(ConfigMap, { metadata: { name, namespace, ownerReferences: owners, ...more } });
  }

  const ownerOf = ({ metadata: { name = '', uid = '' } }: KubeObject, more: object = {}): OwnerReference => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid,
    ...more,
  });
  const blocking = { blockOwnerDeletion: true };

  const find = (name: string): Promise<KubeObject | undefined> =>
    plane.client.get<KubeObject>(ConfigMap, { namespace, name }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const isGone = async (name: string): Promise<boolean> => (await find(name)) === undefined;
  const remove = (name: string, propagationPolicy?: string) =>
    plane.client.delete(ConfigMap, { namespace, name }, propagationPolicy === undefined ? {} : { propagationPolicy });
  const release = (name: string) => plane.client.patch(ConfigMap, { namespace, name }, 'merge', { metadata: { finalizers: null } });

  test('in the background an owner goes first, then all below it', async () => {
    const owner = await make('owner');
    const child = await make('child', [ownerOf(owner)]);
    await make('grandchild', [ownerOf(child)]);
    await remove('owner');
    assert.equal(await isGone('owner'), true);
    await plane.until(async () => (await isGone('child')) && (await isGone('grandchild')));
  });

  test('in the foreground an owner waits for dependents that block it, and for theirs', async () => {
    const owner = await make('owner');
    const child = await make('child', [ownerOf(owner, blocking)]);
    await make('grandchild', [ownerOf(child, blocking)], { finalizers: [hold] });
    await remove('owner', 'Foreground');
    await plane.until(async () => (await find('grandchild'))?.metadata.deletionTimestamp !== undefined);
    await plane.clock.advance(5_000);
    assert.deepEqual((await find('owner'))?.metadata.finalizers, ['foregroundDeletion']);
    assert.deepEqual((await find('child'))?.metadata.finalizers, ['foregroundDeletion']);
    await release('grandchild');
    await plane.until(async () => (await isGone('owner')) && (await isGone('child')) && (await isGone('grandchild')));
  });

  test('in the foreground an owner does not wait for what another owner keeps', async () => {
    const [going, staying] = [await make('going'), await make('staying')];
    await make('both', [ownerOf(going, blocking), ownerOf(staying)]);
    await remove('going', 'Foreground');
    await plane.until(() => isGone('going'));
    assert.deepEqual((await find('both'))?.metadata.ownerReferences, [ownerOf(staying)]);
  });

  test('in the foreground a dependent that does not block holds nobody up', async () => {
    const owner = await make('owner');
    await make('child', [ownerOf(owner)], { finalizers: [hold] });
    await remove('owner', 'Foreground');
    await plane.until(() => isGone('owner'));
    assert.notEqual((await find('child'))?.metadata.deletionTimestamp, undefined);
  });

  test('orphans stay, without the owner they had and with those they still have', async () => {
    const owner = await make('owner');
    const other = await make('other');
    await make('child', [ownerOf(owner, blocking), ownerOf(other)]);
    await make('only', [ownerOf(owner)]);
    await remove('owner', 'Orphan');
    await plane.until(() => isGone('owner'));
    assert.deepEqual((await find('child'))?.metadata.ownerReferences, [ownerOf(other)]);
    assert.deepEqual((await find('only'))?.metadata.ownerReferences ?? [], []);
  });

  test('an object with several owners goes with the last of them', async () => {
    const owners = [await make('one'), await make('two')];
    await make(
      'child',
      owners.map((owner) => ownerOf(owner)),
    );
    await remove('one');
    await plane.until(async () => (await find('child'))?.metadata.ownerReferences?.length === 1);
    await remove('two');
    await plane.until(() => isGone('child'));
  });

  test('an owner that never was is as good as gone', async () => {
    await make('child', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: 'no-such-uid' }]);
    await plane.until(() => isGone('child'));
  });

  test('an owner of the same name but another uid is none', async () => {
    const owner = await make('owner');
    await make('child', [{ ...ownerOf(owner), uid: 'another' }]);
    await plane.until(() => isGone('child'));
    assert.equal(await isGone('owner'), false);
  });

  test('a uid under another name names no owner', async () => {
    const owner = await make('owner');
    await make('child', [{ ...ownerOf(owner), name: 'other' }]);
    await plane.until(() => isGone('child'));
  });

  test('an owner in another namespace does not count', async () => {
    await plane.client.create(Namespace, { metadata: { name: 'elsewhere' }, spec: {}, status: {} });
    const owner = await plane.client.create<KubeObject>(ConfigMap, { metadata: { name: 'owner', namespace: 'elsewhere' } });
    await make('child', [ownerOf(owner)]);
    await plane.until(() => isGone('child'));
  });

  test('an owner of the whole cluster rules in every namespace', async () => {
    const owner = await plane.client.create<KubeObject>(ClusterRole, { metadata: { name: 'owner' } });
    const { uid = '' } = owner.metadata;
    await make('child', [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'owner', uid }]);
    await plane.clock.advance(10_000);
    assert.equal(await isGone('child'), false);
    await plane.client.delete(ClusterRole, { name: 'owner' });
    await plane.until(() => isGone('child'));
  });

  test('a namespaced owner of something of the whole cluster is ignored, and nothing is deleted', async () => {
    const owner = await make('owner');
    await plane.client.create<KubeObject>(ClusterRole, { metadata: { name: 'child', ownerReferences: [ownerOf(owner)] } });
    await plane.clock.advance(10_000);
    assert.equal((await plane.client.get(ClusterRole, { name: 'child' })).metadata.name, 'child');
  });

  test('an owner of a kind that nobody serves keeps what it owns', async () => {
    await make('child', [{ apiVersion: 'example.com/v1', kind: 'Unknown', name: 'x', uid: 'x' }]);
    await plane.clock.advance(60_000);
    assert.equal(await isGone('child'), false);
  });

  test('a circle of owners goes in the foreground all the same', async () => {
    const one = await make('one');
    const two = await make('two', [ownerOf(one, blocking)]);
    await plane.client.patch(ConfigMap, { namespace, name: 'one' }, 'merge', { metadata: { ownerReferences: [ownerOf(two, blocking)] } });
    await remove('one', 'Foreground');
    await plane.until(async () => (await isGone('one')) && (await isGone('two')));
  });
});
