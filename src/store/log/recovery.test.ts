import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Log, silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { RecordedWatch } from '../contract/recorded-watch.ts';
import { contents, del, put } from '../contract/short-hand.ts';
import { EmbeddedStore } from '../embedded-store.ts';
import { CompactedError, CorruptError, type Store, StoreError, prefixRange } from '../store.ts';
import { UnknownFormatError } from './file-header.ts';

const sizes = { reserveBytes: 1024, stepBytes: 1024, checkpointBytes: 1_000_000, snapshotReserveBytes: 0 };
const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });

function openStore(files: MemoryFiles, { log = silentLog, checkpointBytes = sizes.checkpointBytes } = {}): Promise<EmbeddedStore> {
  return EmbeddedStore.open({ files, folder: '/store', env: { clock, rng: seededRng(1), log }, sizes: { ...sizes, checkpointBytes } });
}

async function filled(fill: (store: Store) => Promise<void>, options: { checkpointBytes?: number } = {}): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  await using store = await openStore(files, options);
  await fill(store);
  return files;
}

async function overwrite(files: MemoryFiles, name: string, change: (bytes: Uint8Array) => Uint8Array | void): Promise<void> {
  const bytes = await files.readFile(`/store/${name}`);
  const changed = change(bytes) ?? bytes;
  const file = await files.open(`/store/${name}`, { write: true });
  await file.truncate(0);
  await file.write([changed], 0);
  await file.close();
}

async function copyOf(files: MemoryFiles): Promise<MemoryFiles> {
  const copy = new MemoryFiles();
  await copy.makeFolder('/store');
  for (const name of await files.list('/store')) {
    const file = await copy.open(`/store/${name}`, { write: true, create: true });
    await file.write([await files.readFile(`/store/${name}`)], 0);
    await file.close();
  }
  return copy;
}

async function failureOf(files: MemoryFiles): Promise<unknown> {
  try {
    await using _store = await openStore(files);
    return undefined;
  } catch (error) {
    return error;
  }
}

const isCorrupt = (file: string, problem: RegExp) => (error: unknown) =>
  error instanceof CorruptError &&
  error.file === `/store/${file}` &&
  problem.test(error.message) &&
  error.message.includes(`offset ${error.offset}`);

describe('a store that is opened again', () => {
  for (const [how, checkpointBytes] of [
    ['its log', 1_000_000],
    ['snapshots and what came after', 3000],
  ] as const)
    test(`is as it was, from ${how}`, async () => {
      const files = new MemoryFiles();
      let before;
      {
        await using store = await openStore(files, { checkpointBytes });
        await store.grantLease(60, 7n);
        for (let i = 0; i < 200; i++) await put(store, `k${i % 17}`, `${i}${'x'.repeat(50)}`, i % 5 === 0 ? 7n : 0n);
        for (let i = 0; i < 5; i++) await del(store, `k${i}`);
        await store.compact(150);
        await put(store, 'k3', 'back');
        before = {
          page: await store.list(prefixRange('')),
          old: await store.list(prefixRange(''), { at: 150 }),
          watched: await told(store, 150),
        };
      }
      await using store = await openStore(files, { checkpointBytes });
      assert.deepEqual(await store.list(prefixRange('')), before.page);
      assert.deepEqual(await store.list(prefixRange(''), { at: 150 }), before.old);
      assert.deepEqual(await told(store, 150), before.watched);
      assert.equal(store.compactRevision, 150);
      await assert.rejects(store.get('k1', { at: 149 }), CompactedError);
      assert.equal(
        (await files.list('/store')).some((name) => name.endsWith('.snapshot')),
        checkpointBytes === 3000,
      );
      assert.equal((await put(store, 'k3', '')).revision, before.page.revision + 1);
    });

  test('leases begin their whole TTL anew, with their keys', async () => {
    const files = new MemoryFiles();
    {
      await using store = await openStore(files);
      await store.grantLease(60, 7n);
      await store.grantLease(60, 8n);
      await put(store, 'a', '', 7n);
      await store.revokeLease(8n);
      await clock.advance(50_000);
    }
    await using store = await openStore(files);
    assert.deepEqual(await store.leases(), [7n]);
    assert.deepEqual(await store.leaseTimeToLive(7n), { id: 7n, ttlSeconds: 60, remainingSeconds: 60, keys: ['a'] });
    await clock.advance(61_000);
    assert.deepEqual(await contents(store), {});
  });

  test('a snapshot takes the place of the log before it', async () => {
    const files = await filled(
      async (store) => {
        for (let i = 0; i < 300; i++) await put(store, 'a', 'x'.repeat(100));
        await store.compact(store.revision);
        for (let i = 0; i < 100; i++) await put(store, 'a', 'x'.repeat(100));
      },
      { checkpointBytes: 3000 },
    );
    const names = await files.list('/store');
    assert.equal(names.filter((name) => name.endsWith('.snapshot')).length, 1);
    assert.ok(names.length <= 3, names.join());
    await overwrite(files, names[0]!, () => {});
    assert.equal(await failureOf(files), undefined);
  });
});

async function told(store: Store, from: number): Promise<unknown> {
  const watch = new RecordedWatch(store, { from, prevKv: true });
  await clock.settle();
  watch.watch.cancel();
  return watch.events;
}

describe('what recovery cuts off and what it refuses', () => {
  test('the torn end of the last log file is cut off, and said to be', async () => {
    const files = await filled(async (store) => {
      await put(store, 'a', '1');
      await put(store, 'b', 'torn'.repeat(100));
    });
    await overwrite(files, '0000000001.log', (bytes) => {
      bytes.fill(0, 150, 400);
    });
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields)}`) };
    {
      await using store = await openStore(files, { log });
      assert.deepEqual(await contents(store), { a: '1' });
      assert.equal((await put(store, 'c', '3')).revision, 3);
    }
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /cut off the end of the log.*0000000001\.log/);
    await using store = await openStore(files, { log });
    assert.deepEqual(await contents(store), { a: '1', c: '3' });
    assert.equal(warnings.length, 1);
  });

  test('every bit counts: any flipped one is refused, or was in a frame that was being written, or means nothing', async () => {
    const files = await filled(
      async (store) => {
        for (let i = 0; i < 12; i++) await put(store, `k${i % 3}`, `value ${i}`);
      },
      { checkpointBytes: 300 },
    );
    const names = (await files.list('/store')).filter((name) => /\d/.test(name));
    assert.ok(names.some((name) => name.endsWith('.snapshot')));
    for (const name of names) {
      const { length } = await files.readFile(`/store/${name}`);
      for (let offset = 0; offset < length; offset += 1 + (offset > 500 ? 50 : 0)) {
        const damaged = await copyOf(files);
        await overwrite(damaged, name, (bytes) => void (bytes[offset]! ^= 1 << (offset % 8)));
        const failure = await failureOf(damaged);
        if (failure) assert.ok(failure instanceof CorruptError || failure instanceof UnknownFormatError, `${name} ${offset}`);
        else {
          await using store = await openStore(damaged);
          assert.ok(store.revision === 13 || store.revision === 12, `${name} ${offset}: revision ${store.revision}`);
        }
      }
    }
  });

  test('damage in the middle of a log is refused with the file and the offset', async () => {
    const files = await filled(async (store) => {
      await put(store, 'a', '1');
      await put(store, 'b', '2');
      await put(store, 'c', '3');
    });
    await overwrite(files, '0000000001.log', (bytes) => void (bytes[85]! ^= 1));
    const failure = await failureOf(files);
    assert.ok(isCorrupt('0000000001.log', /checksum/)(failure), String(failure));
  });

  test('a log stored as a value is not taken for the log', async () => {
    const files = await filled(async (store) => {
      for (let i = 0; i < 5; i++) await put(store, 'a', String(i));
    });
    {
      await using store = await openStore(files);
      const value = (await files.readFile('/store/0000000001.log')).subarray(0, 500);
      await store.txn({ success: [{ op: 'put', key: 'copy', value }] });
    }
    const bytes = await files.readFile('/store/0000000001.log');
    const at = bytes.findLastIndex((byte) => byte !== 0);
    await overwrite(files, '0000000001.log', (bytes) => bytes.fill(0, at - 3, at + 1));
    await using store = await openStore(files);
    assert.deepEqual(await contents(store), { a: '4' });
  });

  test('a missing file is refused', async () => {
    const withSnapshot = await filled(
      async (store) => {
        for (let i = 0; i < 50; i++) await put(store, 'a', 'x'.repeat(100));
      },
      { checkpointBytes: 1000 },
    );
    const log = (await withSnapshot.list('/store')).find((name) => name.endsWith('.log'))!;
    await withSnapshot.remove(`/store/${log}`);
    assert.ok(isCorrupt(log, /missing/)(await failureOf(withSnapshot)));

    const files = await filled((store) => put(store, 'a', '').then(() => {}));
    await files.rename('/store/0000000001.log', '/store/0000000002.log');
    assert.ok(isCorrupt('0000000001.log', /missing/)(await failureOf(files)));
  });

  test('a file of another store, or in the wrong place, is refused', async () => {
    const files = await filled((store) => put(store, 'a', '').then(() => {}));
    const copy = await files.readFile('/store/0000000001.log');
    const second = await files.open('/store/0000000002.log', { write: true, create: true });
    await second.write([copy], 0);
    await second.close();
    assert.ok(isCorrupt('0000000002.log', /says it is number 1/)(await failureOf(files)));
  });

  test('a snapshot that ends too early is refused', async () => {
    const files = await filled(
      async (store) => {
        for (let i = 0; i < 50; i++) await put(store, `k${i}`, 'x'.repeat(100));
      },
      { checkpointBytes: 1000 },
    );
    const snapshot = (await files.list('/store')).find((name) => name.endsWith('.snapshot'))!;
    await overwrite(files, snapshot, (bytes) => bytes.slice(0, 56));
    assert.ok(isCorrupt(snapshot, /ends too early/)(await failureOf(files)));
  });

  test('a store of a later format is refused with a sentence that says what to do, and left alone', async () => {
    const files = await filled((store) => put(store, 'a', '').then(() => {}));
    await overwrite(files, '0000000001.log', (bytes) => void (bytes[8] = 9));
    const before = await files.readFile('/store/0000000001.log');
    const failure = await failureOf(files);
    assert.ok(failure instanceof UnknownFormatError && failure instanceof StoreError);
    assert.equal(
      failure.message,
      '/store/0000000001.log: written in store format 9, but this version of Slipway knows formats up to 1: start the store with the version that wrote it or a newer one',
    );
    assert.deepEqual(await files.readFile('/store/0000000001.log'), before);
  });

  test('what was left of making a file is removed', async () => {
    const files = await filled((store) => put(store, 'a', '').then(() => {}));
    for (const [name, size] of [
      ['0000000002.log', 300],
      ['unfinished.tmp', 10],
    ] as const) {
      const file = await files.open(`/store/${name}`, { write: true, create: true });
      await file.write([new Uint8Array(size)], 0);
      await file.close();
    }
    await using store = await openStore(files);
    assert.deepEqual(await contents(store), { a: '' });
    assert.deepEqual(await files.list('/store'), ['0000000001.log']);
  });
});
