/** Snapshot files between the real etcd and ours, both ways. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { silentLog } from '../../src/base/log.ts';
import { seededRng } from '../../src/base/rng.ts';
import { text, utf8 } from '../../src/codec/bytes.ts';
import { realClock } from '../../src/machine/real/clock.ts';
import { realFiles } from '../../src/machine/real/files.ts';
import { sha256Stream } from '../../src/machine/real/sha256-stream.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { LiveKeys } from '../../src/store/snapshot/live-keys.ts';
import { saveSnapshot } from '../../src/store/snapshot/save-snapshot.ts';
import { recordAt, scanSnapshot } from '../../src/store/snapshot/scan-snapshot.ts';
import { openSnapshot } from '../../src/store/snapshot/snapshot-file.ts';
import { etcdctl, missingEtcd, scratchFolder, startEtcd } from './real-etcd.ts';

const missing = await missingEtcd();
const needs = missing === undefined ? {} : { skip: missing };

interface StatusOutput {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
}

async function read(path: string) {
  await using file = await openSnapshot({ files: realFiles, path, newSha256: sha256Stream });
  const keys = new LiveKeys((record) => record.lease);
  const scan = await scanSnapshot(file, { hash: true, record: (record, place) => keys.take(record, place) });
  const live = new Map<string, string>();
  for (const { key, place } of keys.sorted()) live.set(key, text((await recordAt(file, place))!.value));
  return { trailer: file.trailer, scan, live, lease: (key: string) => keys.get(key)?.about };
}

const status = async (path: string) => JSON.parse(await etcdctl('snapshot', 'status', '-w', 'json', path)) as StatusOutput;

/** As much as there is to go wrong: history, a compaction, a deletion, a lease, a value over several pages, one large transaction. */
async function sampleStore(): Promise<MemoryStore> {
  const store = new MemoryStore({ env: { clock: realClock, rng: seededRng(3), log: silentLog } });
  const put = (key: string, value: string, lease = 0n) => ({ op: 'put', key, value: utf8(value), lease }) as const;
  await store.grantLease(3600, 4711n);
  for (let n = 0; n < 500; n++) await store.txn({ success: [put(`/registry/pods/default/p${n % 200}`, `value ${n} `.repeat(n % 30))] });
  await store.compact(300);
  await store.txn({ success: Array.from({ length: 100 }, (_, n) => put(`/registry/leases/l${n}`, 'x', 4711n)) });
  await store.txn({ success: [put('/registry/secrets/default/large', 'y'.repeat(1_000_000))] });
  await store.txn({ success: [put('/registry/pods/default/p7', 'seven')] });
  await store.txn({ success: [{ op: 'delete', range: { start: '/registry/pods/default/p8' } }] });
  return store;
}

describe('the real etcd', needs, () => {
  for (const liveOnly of [false, true])
    test(`accepts, restores and boots from a snapshot of ours ${liveOnly ? 'without' : 'with'} history`, async () => {
      await using store = await sampleStore();
      using folder = scratchFolder();
      const path = join(folder.path, 'ours.db');
      const saved = await saveSnapshot({ store, files: realFiles, path, newSha256: sha256Stream, liveOnly });
      const ours = await read(path);
      const theirs = await status(path);
      assert.deepEqual(
        { hash: ours.scan.hash, revision: ours.scan.revision, totalKey: ours.scan.pairs },
        { hash: theirs.hash, revision: theirs.revision, totalKey: theirs.totalKey },
      );
      assert.equal(theirs.revision, store.revision);

      const data = join(folder.path, 'data');
      await etcdctl('snapshot', 'restore', path, '--data-dir', data);
      await using etcd = await startEtcd(data);
      const got = JSON.parse(await etcd.ctl('get', '/registry/pods/default/p7', '-w', 'json')) as {
        header: { revision: number };
        kvs: { value: string; version: number; create_revision: number; mod_revision: number }[];
      };
      const here = (await store.get('/registry/pods/default/p7'))!;
      assert.equal(got.header.revision, saved.revision);
      assert.deepEqual(
        got.kvs.map((kv) => [kv.version, kv.create_revision, kv.mod_revision, Buffer.from(kv.value, 'base64').toString()]),
        [[here.version, here.createRevision, here.modRevision, 'seven']],
      );
      assert.equal(
        (await etcd.ctl('get', '/registry/', '--prefix', '--keys-only')).split('\n').filter(Boolean).length,
        store.status().keys,
      );
      assert.equal((await etcd.ctl('get', '/registry/secrets/default/large', '--print-value-only')).length, 1_000_001);
      assert.match(
        await etcd.ctl('lease', 'timetolive', 4711n.toString(16), '--keys'),
        /granted with TTL\(3600s\).*\/registry\/leases\/l42/,
      );
      const old = etcd.ctl('get', '/registry/pods/default/p7', '--rev', '400', '--print-value-only');
      if (liveOnly) await assert.rejects(old, /required revision has been compacted/);
      else assert.equal((await old).trim(), text((await store.get('/registry/pods/default/p7', { at: 400 }))!.value).trim());
      await assert.rejects(etcd.ctl('get', 'a', '--rev', '299'), /required revision has been compacted/);
    });

  test('writes snapshots that are read here: keys, leases, users, and the same hash as its own tool finds', async () => {
    using folder = scratchFolder();
    const data = join(folder.path, 'data');
    const path = join(folder.path, 'theirs.db');
    await using etcd = await startEtcd(data);
    await etcd.ctl('put', 'a', '1');
    await etcd.ctl('put', 'a', '2');
    await etcd.ctl('put', 'gone', 'x');
    await etcd.ctl('del', 'gone');
    const lease = /lease ([0-9a-f]+)/.exec(await etcd.ctl('lease', 'grant', '600'))![1]!;
    await etcd.ctl('put', 'leased', 'l', '--lease', lease);
    await etcd.ctl('role', 'add', 'reader');
    await etcd.ctl('role', 'grant-permission', 'reader', 'read', 'a', 'b');
    await etcd.ctl('user', 'add', 'eve', '--no-password');
    await etcd.ctl('user', 'grant-role', 'eve', 'reader');
    await etcd.ctl('compact', '3');
    await etcd.ctl('snapshot', 'save', path);

    const { scan, live, trailer, lease: leaseOf } = await read(path);
    const theirs = await status(path);
    assert.equal(trailer, 'verified');
    assert.equal(scan.hash, theirs.hash);
    assert.equal(scan.revision, theirs.revision);
    assert.equal(scan.pairs, theirs.totalKey);
    assert.deepEqual(
      [...live],
      [
        ['a', '2'],
        ['leased', 'l'],
      ],
    );
    assert.equal(leaseOf('leased')?.toString(16), lease);
    assert.deepEqual(
      scan.server.leases.map(({ id, ttlSeconds }) => [id.toString(16), ttlSeconds]),
      [[lease, 600]],
    );
    assert.equal(scan.compactRevision, 3);
    assert.deepEqual(scan.server.auth.users, [{ name: 'eve', roles: ['reader'], noPassword: true }]);
    assert.deepEqual(scan.server.auth.roles, [{ name: 'reader', permissions: [{ type: 'READ', key: 'a', rangeEnd: 'b' }] }]);
    assert.equal(scan.server.members.length, 1);
    assert.match(scan.server.clusterVersion ?? '', /^3\.\d+\.0$/);

    const raw = join(folder.path, 'raw.db');
    copyFileSync(join(data, 'member/snap/db'), raw);
    assert.equal((await read(raw)).trailer, 'absent');
  });
});
if (missing !== undefined) test('needs the real etcd', { skip: missing }, () => {});
