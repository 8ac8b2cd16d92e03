import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { FileError, type FileSystem } from '../../machine/files.ts';
import { FaultyDisk } from '../../machine/memory/faulty-disk.ts';
import { FaultyFiles } from '../../machine/memory/faulty-files.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { type FileHooks, hookedFiles } from '../../machine/memory/hooked-files.ts';
import { RecordedWatch } from '../contract/recorded-watch.ts';
import { contents, del, put } from '../contract/short-hand.ts';
import { EmbeddedStore } from '../embedded-store.ts';
import { NoSpaceError, StoppedError, prefixRange } from '../store.ts';

const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
const sizes = { reserveBytes: 2048, stepBytes: 4096, checkpointBytes: 1_000_000, snapshotReserveBytes: 0 };

function openStore(files: FileSystem, given: Partial<typeof sizes> = {}): Promise<EmbeddedStore> {
  return EmbeddedStore.open({ files, folder: '/store', env: { clock, rng: seededRng(1), log: silentLog }, sizes: { ...sizes, ...given } });
}

/** A store whose syncs of the log wait for `open()` while the gate is shut. */
async function gatedStore(given: Partial<typeof sizes> = {}) {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const counts = { syncs: 0 };
  const hooks: FileHooks = {
    async beforeSync(path) {
      if (path.endsWith('.log')) counts.syncs++;
      await gate.promise;
    },
  };
  const files = new MemoryFiles();
  const store = await openStore(hookedFiles(files, hooks), given);
  counts.syncs = 0;
  return { store, hooks, counts, files, shut: () => (gate = Promise.withResolvers()), open: () => gate.resolve() };
}

describe('group commit', () => {
  test('writers that come while a sync is under way share the next one', async () => {
    const { store, counts, shut, open } = await gatedStore({ stepBytes: 65536 });
    await using _ = store;
    shut();
    const first = put(store, 'first', '');
    await clock.settle();
    const others = Array.from({ length: 100 }, (_, i) => put(store, `k${i}`, ''));
    await clock.settle();
    assert.equal(counts.syncs, 1);
    open();
    await Promise.all([first, ...others]);
    assert.equal(counts.syncs, 2);
  });

  test('writers that are told together write together', async () => {
    const { store, counts } = await gatedStore({ stepBytes: 65536 });
    await using _ = store;
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let i = 0; i < 10; i++) await put(store, `k${writer}`, String(i));
      }),
    );
    assert.equal(counts.syncs, 10);
  });

  test('nothing is seen of a write before it is durable, but compares see it', async () => {
    const { store, shut, open } = await gatedStore();
    await using _ = store;
    const watch = new RecordedWatch(store);
    shut();
    let done = false;
    const write = put(store, 'lock', 'mine').then((result) => {
      done = true;
      return result;
    });
    await clock.settle();
    assert.equal(await store.get('lock'), undefined);
    assert.deepEqual(await contents(store), {});
    assert.equal(store.revision, 1);
    assert.deepEqual([watch.told, done], [[], false]);
    let answer: boolean | undefined;
    const rival = store
      .txn({ compare: [{ key: 'lock', target: 'version', is: '=', to: 0 }] })
      .then(({ succeeded }) => (answer = succeeded));
    await clock.settle();
    assert.equal(answer, undefined, 'an answer that rests on a write waits for it');
    open();
    await write;
    assert.deepEqual(watch.told, ['+lock@2']);
    await rival;
    assert.equal(answer, false);
  });

  test('a writer that waits for room is not refused because others take it meanwhile', async () => {
    const { store, hooks } = await gatedStore();
    await using _ = store;
    const gate = Promise.withResolvers<void>();
    hooks.beforeWrite = () => gate.promise;
    const large = put(store, 'large', 'x'.repeat(5890));
    await clock.settle();
    const small = Array.from({ length: 200 }, (_, i) => put(store, `small-${i}`, 'x'.repeat(100)));
    await clock.settle();
    gate.resolve();
    await Promise.all([large, ...small]);
    assert.equal(store.status().keys, 201);
  });

  test('a snapshot is made while writers go on', async () => {
    const gate = Promise.withResolvers<void>();
    const files = new MemoryFiles();
    const hooks: FileHooks = { beforeWrite: (path) => (path.endsWith('.tmp') ? gate.promise : undefined) };
    const store = await openStore(hookedFiles(files, hooks), { checkpointBytes: 2000 });
    for (let i = 0; i < 100; i++) await put(store, `k${i}`, 'x'.repeat(100));
    assert.ok((await files.list('/store')).includes('unfinished.tmp'));
    gate.resolve();
    await clock.settle();
    assert.ok((await files.list('/store')).includes('0000000002.snapshot'));
    await put(store, 'last', '');
    await store[Symbol.asyncDispose]();
    await using again = await openStore(files);
    assert.equal(again.status().keys, 101);
  });
});

describe('a disk that fails', () => {
  for (const what of ['beforeSync', 'beforeWrite'] as const)
    test(`stops the store for good when a ${what === 'beforeSync' ? 'sync' : 'write'} fails`, async () => {
      const { store, hooks } = await gatedStore();
      await put(store, 'a', 'kept');
      const watch = new RecordedWatch(store);
      const cause = new FileError('EIO', 'EIO: i/o error');
      hooks[what] = () => {
        throw cause;
      };
      const stopped = (error: unknown) => error instanceof StoppedError && error.cause === cause;
      const writes = ['b', 'c'].map((key) => put(store, key, ''));
      for (const write of writes) await assert.rejects(write, stopped);
      hooks[what] = () => {};
      await assert.rejects(put(store, 'd', ''), stopped);
      await assert.rejects(store.get('a'), stopped);
      assert.equal(store.status().failure?.cause, cause);
      assert.deepEqual(watch.told, []);
      assert.ok(watch.ends.length === 1 && stopped(watch.ends[0]));
      assert.equal(store.revision, 2);
      await store[Symbol.asyncDispose]();
    });

  test('a snapshot that cannot be written stops it too', async () => {
    const { store, hooks } = await gatedStore({ checkpointBytes: 2000 });
    hooks.beforeWrite = (path) => {
      if (path.endsWith('.tmp')) throw new FileError('EIO', 'EIO: i/o error');
    };
    await assert.rejects(
      (async () => {
        for (let i = 0; i < 100; i++) await put(store, 'a', 'x'.repeat(100));
      })(),
      StoppedError,
    );
    await store[Symbol.asyncDispose]();
  });
});

describe('a disk that is full', () => {
  /** A store that was filled until its disk was full. */
  async function full(given: Partial<typeof sizes> = {}) {
    const disk = new FaultyDisk(seededRng(1));
    disk.capacityBytes = 40_000;
    const store = await openStore(new FaultyFiles(disk), given);
    await clock.settle();
    let keys = 0;
    const fill = async () => {
      for (;;) {
        await put(store, `key-${keys}`, 'x'.repeat(300));
        keys++;
      }
    };
    await assert.rejects(fill(), NoSpaceError);
    return { disk, store, keys };
  }

  test('refuses puts and grants, and takes deletes, revocations and compaction', async () => {
    const { store, keys } = await full();
    await using _ = store;
    assert.ok(keys > 50, String(keys));
    await assert.rejects(put(store, 'a', 'x'.repeat(300)), NoSpaceError);
    await assert.rejects(
      (async () => {
        for (let i = 0; i < 100; i++) await store.grantLease(60);
      })(),
      NoSpaceError,
    );
    for (let i = 0; i < 20; i++) await del(store, `key-${i}`);
    await store.compact(store.revision);
    assert.equal(store.status().failure, undefined);
    assert.equal(store.status().keys, keys - 20);
  });

  test('deletes, too, are refused before they could fail in the middle; compaction still goes', async () => {
    const { store, keys } = await full();
    await using _ = store;
    let deleted = 0;
    await assert.rejects(
      (async () => {
        for (; deleted < keys; deleted++) await del(store, `key-${deleted}`);
      })(),
      NoSpaceError,
    );
    assert.ok(deleted > 10);
    await store.compact(store.revision);
    assert.equal(store.status().failure, undefined);
    assert.equal(store.status().keys, keys - deleted);
  });

  test('can be opened again, with everything in it', async () => {
    const { disk, store, keys } = await full();
    await store[Symbol.asyncDispose]();
    await using again = await openStore(new FaultyFiles(disk));
    assert.equal(again.status().keys, keys);
    await del(again, 'key-0');
  });

  test('takes puts again when somebody makes room', async () => {
    const { disk, store } = await full();
    await using _ = store;
    disk.capacityBytes += 20_000;
    await put(store, 'a', 'x'.repeat(300));
  });

  test('makes room itself out of its reserve, once things were deleted and compacted', async () => {
    const { store } = await full({ reserveBytes: 8192, snapshotReserveBytes: 16_000 });
    await using _ = store;
    await store.txn({ success: [{ op: 'delete', range: prefixRange('key-') }] });
    await assert.rejects(put(store, 'a', 'x'.repeat(300)), NoSpaceError);
    await store.compact(store.revision);
    await clock.settle();
    for (let i = 0; i < 20; i++) await put(store, `new-${i}`, 'x'.repeat(300));
    assert.ok(store.status().sizeBytes < 40_000);
  });
});
