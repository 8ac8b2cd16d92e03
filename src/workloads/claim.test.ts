import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { selectorOfLabels } from '../api/label-selector.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { Secret } from '../api/kinds/core/secret.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { claim, type Claim } from './claim.ts';
import { controllerOf, controllerReference } from './owner.ts';

describe('claim', () => {
  let plane: VirtualControlPlane;
  let owner: KubeObject;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    owner = await plane.client.create<KubeObject>(ConfigMap, {
      metadata: { namespace: 'default', name: 'owner', finalizers: ['example.com/x'] },
    });
  });
  afterEach(() => plane[Symbol.dispose]());

  const make = (name: string, metadata: ObjectMeta): Promise<KubeObject> =>
    plane.client.create<KubeObject>(Secret, { metadata: { namespace: 'default', name, ...metadata } });
  const labels = { app: 'web' };
  const owned = () => ({ ownerReferences: [controllerReference(owner, ConfigMap)] });
  const claimed = async (objects: readonly KubeObject[], change: Partial<Claim<KubeObject>> = {}): Promise<string[]> => {
    const selector = selectorOfLabels(labels);
    const mine = await claim<KubeObject>(plane, { kind: Secret, owner, ownerKind: ConfigMap, selector, objects, ...change });
    return mine.map(({ metadata }) => metadata.name!);
  };
  const ownerOf = async (name: string) => controllerOf(await plane.client.get<KubeObject>(Secret, { namespace: 'default', name }))?.name;

  test('a matching orphan is adopted, and what no longer matches is let go', async () => {
    const objects = [
      await make('mine', { labels, ...owned() }),
      await make('orphan', { labels }),
      await make('stray', owned()),
      await make('unrelated', {}),
      await make('foreign', { labels, ownerReferences: [{ ...controllerReference(owner, ConfigMap), name: 'else', uid: 'else' }] }),
    ];
    assert.deepEqual(await claimed(objects), ['mine', 'orphan']);
    assert.deepEqual(await Promise.all(['mine', 'orphan', 'stray', 'unrelated'].map(ownerOf)), ['owner', 'owner', undefined, undefined]);
  });

  test('an orphan may need to be more than matching', async () => {
    const objects = [await make('a-1', { labels }), await make('b-1', { labels })];
    assert.deepEqual(await claimed(objects, { fits: ({ metadata }) => metadata.name!.startsWith('a-') }), ['a-1']);
  });

  test('an owner that is being deleted keeps what it has, and takes and lets go of nothing', async () => {
    const objects = [await make('mine', { labels, ...owned() }), await make('orphan', { labels }), await make('stray', owned())];
    await plane.client.delete<KubeObject>(ConfigMap, { namespace: 'default', name: 'owner' });
    owner = await plane.client.get<KubeObject>(ConfigMap, { namespace: 'default', name: 'owner' });
    assert.deepEqual(await claimed(objects), ['mine']);
    assert.equal(await ownerOf('orphan'), undefined);
  });

  test('an owner that is going without our knowing adopts nothing', async () => {
    const objects = [await make('orphan', { labels })];
    await plane.client.delete<KubeObject>(ConfigMap, { namespace: 'default', name: 'owner' });
    await assert.rejects(
      claimed(objects),
      /^Error: can't adopt Secret default\/orphan \(.*\): default\/owner has just been deleted at 2026/,
    );
    assert.equal(await ownerOf('orphan'), undefined);
  });

  test('neither does a namesake of the owner', async () => {
    const stale = { ...owner, metadata: { ...owner.metadata, uid: 'before' } };
    const objects = [await make('orphan', { labels })];
    await assert.rejects(claimed(objects, { owner: stale }), /original ConfigMap default\/owner is gone: got uid .*, wanted before/);
  });

  test('what is gone by now is no trouble, nor is what has lost its owner by now', async () => {
    const gone = { metadata: { namespace: 'default', name: 'gone', uid: 'u1', labels } };
    const left = { metadata: { namespace: 'default', name: 'gone', uid: 'u1', ...owned() } };
    assert.deepEqual(await claimed([gone, left]), []);
    const released = await make('released', {});
    assert.deepEqual(await claimed([{ metadata: { ...released.metadata, ...owned() } }]), []);
  });

  test('a namesake of an orphan is not adopted', async () => {
    const before = await make('orphan', { labels });
    await assert.rejects(claimed([{ metadata: { ...before.metadata, uid: 'before' } }]));
    assert.equal(await ownerOf('orphan'), undefined);
  });
});
