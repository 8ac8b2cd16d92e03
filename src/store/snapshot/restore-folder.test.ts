import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { text, utf8 } from '../../codec/bytes.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { EmbeddedStore } from '../embedded-store.ts';
import { CompactedError, prefixRange, type Entry, type StoreEvent } from '../store.ts';
import { restoreFolder } from './restore-folder.ts';

const entry = (key: string, value: string, modRevision: number, lease = 0n): Entry => ({
  key,
  value: utf8(value),
  createRevision: modRevision - 1,
  modRevision,
  version: 2,
  lease,
});

const content = {
  revision: 1000,
  entries: [entry('a', '1', 400), entry('b', '2', 1000, 7n)],
  deletedLast: ['gone'],
  leases: [{ id: 7n, ttlSeconds: 60 }],
};

test('a restored folder opens at the revision of the snapshot, and goes on from there', async () => {
  const files = new MemoryFiles();
  await restoreFolder(content, { files, folder: '/data', rng: seededRng(1), signal: new AbortController().signal });
  const open = () =>
    EmbeddedStore.open({
      files,
      folder: '/data',
      env: { clock: new VirtualClock({ turn: async () => {} }), rng: seededRng(2), log: silentLog },
    });
  {
    await using store = await open();
    assert.equal(store.revision, 1000);
    assert.deepEqual(await store.get('a'), content.entries[0]);
    assert.deepEqual((await store.leaseTimeToLive(7n)).keys, ['b']);
    await assert.rejects(store.get('a', { at: 999 }), CompactedError);
    const { revision } = await store.txn({ success: [{ op: 'put', key: 'a', value: utf8('3') }] });
    assert.equal(revision, 1001);
  }
  // And once more from its own log.
  await using store = await open();
  const { version, createRevision, value } = (await store.get('a'))!;
  assert.deepEqual([version, createRevision, text(value)], [3, 399, '3']);
});

test('a watch from the revision of the snapshot is told what happened at it', async () => {
  const files = new MemoryFiles();
  await restoreFolder(content, { files, folder: '/data', rng: seededRng(1), signal: new AbortController().signal });
  await using store = await EmbeddedStore.open({
    files,
    folder: '/data',
    env: { clock: new VirtualClock({ turn: async () => {} }), rng: seededRng(2), log: silentLog },
  });
  const seen = await new Promise<readonly StoreEvent[]>((resolve, reject) => {
    store.watch(prefixRange(''), { from: 1000 }, { events: (events) => resolve(events), end: reject });
  });
  assert.deepEqual(
    seen.map(({ type, entry: { key } }) => `${type} ${key}`),
    ['put b', 'delete gone'],
  );
});
