import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { conformance, type Bed, type Watched, type WatchedEvent } from './bed.ts';
import type { ConfigMap as Map } from '../../src/api/generated/core/v1.ts';

conformance('watchers', (bed) => {
  test('[sig-api-machinery] Watchers should observe add, update, and delete watch notifications on configmaps [Conformance]', async () => {
    const namespace = await bed.namespace();
    const from = (await bed.client.list(ConfigMap, { namespace })).metadata.resourceVersion;
    const watching = (labelSelector: string) => bed.watch(ConfigMap, { namespace }, { labelSelector, resourceVersion: from });
    using three = disposables(watching('watch=a'), watching('watch=b'), watching('watch in (a,b)'));
    const [a, b, either] = three;

    const made = await bed.client.create(ConfigMap, map(namespace, 'first', { watch: 'a' }));
    const changed = await bed.client.update(ConfigMap, { ...made, data: { mutation: '1' } });
    const again = await bed.client.update(ConfigMap, { ...changed, data: { mutation: '2' } });
    await bed.client.delete(ConfigMap, { namespace, name: 'first' });
    const other = await bed.client.create(ConfigMap, map(namespace, 'second', { watch: 'b' }));
    await bed.client.delete(ConfigMap, { namespace, name: 'second' });

    for (const watch of [a, either]) {
      assert.deepEqual(told(await watch.next()), ['ADDED', 'first', undefined, made.metadata.resourceVersion]);
      assert.deepEqual(told(await watch.next()), ['MODIFIED', 'first', '1', changed.metadata.resourceVersion]);
      assert.deepEqual(told(await watch.next()), ['MODIFIED', 'first', '2', again.metadata.resourceVersion]);
      const { type, object } = await watch.next();
      assert.deepEqual([type, object.data], ['DELETED', { mutation: '2' }]);
      assert.ok(Number(object.metadata.resourceVersion) > Number(again.metadata.resourceVersion), 'a deletion has a version of its own');
    }
    for (const watch of [b, either]) {
      assert.deepEqual(told(await watch.next()), ['ADDED', 'second', undefined, other.metadata.resourceVersion]);
      assert.equal((await watch.next()).type, 'DELETED');
    }
    assert.deepEqual([...a.unread, ...b.unread, ...either.unread], []);
  });

  test('[sig-api-machinery] Watchers should be able to start watching from a specific resource version [Conformance]', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(ConfigMap, map(namespace, 'one', { watch: 'from' }));
    const first = await bed.client.update(ConfigMap, { ...made, data: { mutation: '1' } });
    await bed.client.update(ConfigMap, { ...first, data: { mutation: '2' } });
    await bed.client.delete(ConfigMap, { namespace, name: 'one' });
    using watch = bed.watch(ConfigMap, { namespace }, { labelSelector: 'watch=from', resourceVersion: first.metadata.resourceVersion });
    assert.deepEqual(told(await watch.next()).slice(0, 3), ['MODIFIED', 'one', '2']);
    assert.equal((await watch.next()).type, 'DELETED');
  });

  test('[sig-api-machinery] Watchers should be able to restart watching from the last resource version observed by the previous watch [Conformance]', async () => {
    const namespace = await bed.namespace();
    const from = (await bed.client.list(ConfigMap, { namespace })).metadata.resourceVersion;
    const first = bed.watch(ConfigMap, { namespace }, { labelSelector: 'watch=restart', resourceVersion: from });
    const made = await bed.client.create(ConfigMap, map(namespace, 'one', { watch: 'restart' }));
    const changed = await bed.client.update(ConfigMap, { ...made, data: { mutation: '1' } });
    await first.next();
    const last = await first.next();
    assert.equal(last.object.metadata.resourceVersion, changed.metadata.resourceVersion);
    first[Symbol.dispose]();

    await bed.client.update(ConfigMap, { ...changed, data: { mutation: '2' } });
    await bed.client.delete(ConfigMap, { namespace, name: 'one' });
    using second = bed.watch(
      ConfigMap,
      { namespace },
      { labelSelector: 'watch=restart', resourceVersion: last.object.metadata.resourceVersion },
    );
    assert.deepEqual(told(await second.next()).slice(0, 3), ['MODIFIED', 'one', '2']);
    assert.equal((await second.next()).type, 'DELETED');
  });

  test('[sig-api-machinery] Watchers should observe an object deletion if it stops meeting the requirements of the selector [Conformance]', async () => {
    const namespace = await bed.namespace();
    const from = (await bed.client.list(ConfigMap, { namespace })).metadata.resourceVersion;
    using watch = bed.watch(ConfigMap, { namespace }, { labelSelector: 'watch=selected', resourceVersion: from });
    const made = await bed.client.create(ConfigMap, map(namespace, 'one', { watch: 'selected' }));
    const changed = await bed.client.update(ConfigMap, { ...made, data: { mutation: '1' } });
    const hidden = await bed.client.update(ConfigMap, relabelled(changed, 'other'));
    const unseen = await bed.client.update(ConfigMap, { ...hidden, data: { mutation: '2' } });
    const back = await bed.client.update(ConfigMap, relabelled(unseen, 'selected'));
    await bed.client.update(ConfigMap, { ...back, data: { mutation: '3' } });
    await bed.client.delete(ConfigMap, { namespace, name: 'one' });

    assert.equal((await watch.next()).type, 'ADDED');
    assert.equal((await watch.next()).type, 'MODIFIED');
    const left = await watch.next();
    assert.deepEqual([left.type, left.object.metadata.labels], ['DELETED', { watch: 'selected' }], 'as it was when it last fitted');
    assert.equal(left.object.metadata.resourceVersion, hidden.metadata.resourceVersion);
    assert.deepEqual(told(await watch.next()), ['ADDED', 'one', '2', back.metadata.resourceVersion]);
    assert.deepEqual(told(await watch.next()).slice(0, 3), ['MODIFIED', 'one', '3']);
    assert.equal((await watch.next()).type, 'DELETED');
  });

  test('[sig-api-machinery] Watchers should receive events on concurrent watches in same order [Conformance]', async () => {
    const namespace = await bed.namespace();
    const from = (await bed.client.list(ConfigMap, { namespace })).metadata.resourceVersion;
    using first = bed.watch(ConfigMap, { namespace }, { resourceVersion: from });
    const writing = writeAtRandom(bed, namespace, 63);
    const versions: string[] = [];
    for (let i = 0; i < 63; i++) versions.push((await first.next()).object.metadata.resourceVersion!);
    await writing;
    assert.deepEqual(
      versions.map(Number),
      versions.map(Number).toSorted((a, b) => a - b),
    );
    for (const [i, version] of versions.entries()) {
      if (i % 10 !== 0) continue;
      using other = bed.watch(ConfigMap, { namespace }, { resourceVersion: version });
      for (const expected of versions.slice(i + 1, i + 15)) assert.equal((await other.next()).object.metadata.resourceVersion, expected);
    }
  });

  test('a streamed list ends with the bookmark that says so', async () => {
    const namespace = await bed.namespace();
    for (const name of ['a', 'b']) await bed.client.create(ConfigMap, map(namespace, name, { watch: 'streamed' }));
    using watch = bed.watch(
      ConfigMap,
      { namespace },
      {
        labelSelector: 'watch=streamed',
        sendInitialEvents: true,
        allowWatchBookmarks: true,
        resourceVersionMatch: 'NotOlderThan',
      },
    );
    assert.deepEqual(told(await watch.next()).slice(0, 2), ['ADDED', 'a']);
    assert.deepEqual(told(await watch.next()).slice(0, 2), ['ADDED', 'b']);
    const { type, object } = await watch.next();
    assert.equal(type, 'BOOKMARK');
    assert.deepEqual(object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
    assert.ok(Number(object.metadata.resourceVersion) > 0);
  });
});

const map = (namespace: string, name: string, labels: Readonly<Record<string, string>>): Map => ({ metadata: { name, namespace, labels } });

const relabelled = (object: Map, watch: string): Map => ({ ...object, metadata: { ...object.metadata, labels: { watch } } });

const told = ({ type, object }: WatchedEvent<Map>) => [
  type,
  object.metadata.name,
  object.data?.['mutation'],
  object.metadata.resourceVersion,
];

type Three = readonly [Watched<Map>, Watched<Map>, Watched<Map>] & Disposable;

function disposables(...watches: [Watched<Map>, Watched<Map>, Watched<Map>]): Three {
  return Object.assign(watches, {
    [Symbol.dispose]() {
      for (const watch of watches) watch[Symbol.dispose]();
    },
  });
}

/** Three writers at once, each creating, changing and deleting its own, so many writes in all. */
async function writeAtRandom({ client }: Bed, namespace: string, writes: number): Promise<void> {
  const writer = async (name: string) => {
    for (let i = 0; i < writes / 9; i++) {
      const made = await client.create(ConfigMap, map(namespace, `${name}-${i}`, {}));
      await client.update(ConfigMap, { ...made, data: { mutation: String(i) } });
      await client.delete(ConfigMap, { namespace, name: `${name}-${i}` });
    }
  };
  await Promise.all(['x', 'y', 'z'].map(writer));
}
