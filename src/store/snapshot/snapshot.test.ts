import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { utf8, text } from '../../codec/bytes.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { sha256Stream } from '../../machine/real/sha256-stream.ts';
import { MemoryStore } from '../memory-store.ts';
import type { Op } from '../store.ts';
import { LiveKeys } from './live-keys.ts';
import type { KeyRecord } from './key-record.ts';
import { saveSnapshot } from './save-snapshot.ts';
import { recordAt, scanSnapshot, type Scan } from './scan-snapshot.ts';
import { openSnapshot } from './snapshot-file.ts';

const put = (key: string, value: string, lease?: bigint): Op => ({ op: 'put', key, value: utf8(value), ...(lease && { lease }) });

function newStore(): MemoryStore {
  return new MemoryStore({ env: { clock: new VirtualClock({ turn: async () => {} }), rng: seededRng(1), log: silentLog } });
}

async function roundTrip(
  store: MemoryStore,
  liveOnly = false,
): Promise<{ scan: Scan; records: KeyRecord[]; live: Record<string, string> }> {
  const files = new MemoryFiles();
  await saveSnapshot({ store, files, path: 'saved', newSha256: sha256Stream, liveOnly });
  await using file = await openSnapshot({ files, path: 'saved', newSha256: sha256Stream });
  assert.equal(file.trailer, 'verified');
  const records: KeyRecord[] = [];
  const keys = new LiveKeys(() => undefined);
  const scan = await scanSnapshot(file, {
    record: (record, place) => {
      records.push(record);
      keys.take(record, place);
    },
  });
  const live: Record<string, string> = {};
  for (const { key, place } of keys.sorted()) live[key] = text((await recordAt(file, place))!.value);
  return { scan, records, live };
}

describe('a snapshot of a store', () => {
  test('of an empty one is read as empty, at revision 1', async () => {
    await using store = newStore();
    const { scan, live } = await roundTrip(store);
    assert.deepEqual(live, {});
    assert.equal(scan.revision, 1);
    assert.equal(scan.compactRevision, 0);
  });

  test('holds every put and deletion, in the order in which they were made', async () => {
    await using store = newStore();
    const { id } = await store.grantLease(60, 77n);
    await store.txn({ success: [put('b', '1'), put('a', '2', id)] });
    await store.txn({ success: [put('b', '3')] });
    await store.txn({ success: [{ op: 'delete', range: { start: 'a' } }] });
    const { scan, records, live } = await roundTrip(store);
    assert.deepEqual(live, { b: '3' });
    assert.deepEqual(
      records.map(({ key, main, sub, tombstone, version, createRevision, lease }) => [
        key,
        main,
        sub,
        tombstone,
        version,
        createRevision,
        lease,
      ]),
      [
        ['b', 2, 0, false, 1, 2, 0n],
        ['a', 2, 1, false, 1, 2, 77n],
        ['b', 3, 0, false, 2, 2, 0n],
        ['a', 4, 0, true, 0, 0, 0n],
      ],
    );
    assert.equal(scan.revision, 4);
    assert.deepEqual(scan.server.leases, [{ id: 77n, ttlSeconds: 60, remainingSeconds: 0 }]);
  });

  test('of a compacted one begins with what was there then, and has what came since', async () => {
    await using store = newStore();
    for (const [key, value] of [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['c', '4'],
      ['c', '5'],
    ] as const)
      await store.txn({ success: [put(key, value)] });
    await store.compact(5);
    const { scan, records, live } = await roundTrip(store);
    assert.deepEqual(live, { a: '3', b: '2', c: '5' });
    assert.deepEqual(
      records.map(({ key, main }) => `${key}@${main}`),
      ['b@3', 'a@4', 'c@5', 'c@6'],
    );
    assert.equal(scan.compactRevision, 5);
    assert.equal(scan.revision, 6);
  });

  test('with only what is there is at the same revision, even if the last that happened was a deletion', async () => {
    await using store = newStore();
    await store.txn({ success: [put('a', '1'), put('b', '2')] });
    await store.txn({ success: [put('a', '3')] });
    await store.txn({ success: [{ op: 'delete', range: { start: 'b' } }] });
    const { scan, records, live } = await roundTrip(store, true);
    assert.deepEqual(live, { a: '3' });
    assert.deepEqual(
      records.map(({ key, main, tombstone }) => [key, main, tombstone]),
      [
        ['a', 3, false],
        ['b', 4, true],
      ],
    );
    assert.equal(scan.revision, 4);
    assert.equal(scan.compactRevision, 4);
  });

  test('of many keys and large values comes back whole, over branches and overflow pages', async () => {
    await using store = newStore();
    const expected: Record<string, string> = {};
    for (let n = 0; n < 3000; n++) {
      const value = `${n} `.repeat(n % 100 === 0 ? 5000 : n % 50);
      expected[`/registry/pods/default/p${String(n).padStart(5, '0')}`] = value;
      await store.txn({ success: [put(`/registry/pods/default/p${String(n).padStart(5, '0')}`, value)] });
    }
    const { live, scan } = await roundTrip(store);
    assert.deepEqual(live, expected);
    assert.equal(scan.records, 3000);
  });
});
