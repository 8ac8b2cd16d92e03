import assert from 'node:assert/strict';
import { silentLog } from '../../src/base/log.ts';
import { seededRng, type Rng } from '../../src/base/rng.ts';
import { VirtualClock } from '../../src/base/virtual-clock.ts';
import type { File, FileSystem } from '../../src/machine/files.ts';
import { MemoryFiles } from '../../src/machine/memory/files.ts';
import { sha256Stream } from '../../src/machine/real/sha256-stream.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { CorruptError } from '../../src/store/store.ts';
import { LiveKeys } from '../../src/store/snapshot/live-keys.ts';
import { saveSnapshot } from '../../src/store/snapshot/save-snapshot.ts';
import { recordAt, scanSnapshot } from '../../src/store/snapshot/scan-snapshot.ts';
import { openSnapshot } from '../../src/store/snapshot/snapshot-file.ts';

const pageBytes = 4096;

/** A snapshot with branches, overflow pages, leases, deletions and a compaction. */
export async function sampleSnapshot(): Promise<Uint8Array> {
  await using store = new MemoryStore({ env: { clock: new VirtualClock({ turn: async () => {} }), rng: seededRng(1), log: silentLog } });
  const { id } = await store.grantLease(60, 5n);
  for (let n = 0; n < 400; n++) {
    const value = new Uint8Array(n % 50 === 0 ? 10_000 : n % 300).fill(n);
    await store.txn({ success: [{ op: 'put', key: `/registry/pods/default/p${n % 250}`, value, ...(n % 9 === 0 && { lease: id }) }] });
    if (n % 20 === 0) await store.txn({ success: [{ op: 'delete', range: { start: `/registry/pods/default/p${n % 250}` } }] });
  }
  await store.compact(100);
  const files = new MemoryFiles();
  await saveSnapshot({ store, files, path: 'sample', newSha256: sha256Stream });
  return files.readFile('sample');
}

/** One of the ways in which disks, copies and people damage files. */
function damaged(sound: Uint8Array, rng: Rng): Uint8Array {
  const bytes = sound.slice();
  const page = rng.below(Math.floor(bytes.length / pageBytes)) * pageBytes;
  switch (rng.below(7)) {
    case 0:
      // Headers and elements are where it hurts.
      bytes[page + rng.below(200)]! ^= 1 << rng.below(8);
      return bytes;
    case 1:
      bytes[rng.below(bytes.length)]! ^= 1 << rng.below(8);
      return bytes;
    case 2:
      return bytes.slice(0, rng.below(2) === 0 ? rng.below(bytes.length) : page + 32);
    case 3:
      return bytes.fill(0, page, page + pageBytes);
    case 4:
      for (let i = 0; i < pageBytes; i++) bytes[page + i] = rng.below(256);
      return bytes;
    case 5:
      return bytes.copyWithin(page, rng.below(Math.floor(bytes.length / pageBytes)) * pageBytes).subarray(0, bytes.length);
    default: {
      const at = page + rng.below(120);
      for (let i = 0; i < 4; i++) bytes[at + i] = rng.below(2) === 0 ? 0xff : rng.below(256);
      return bytes;
    }
  }
}

/** Damages the file so many times, and looks each time what becomes of it, with the checksum and without. Answers how often it was noticed without. */
export async function fuzz(count: number, seed: number): Promise<{ readonly noticed: number }> {
  const rng = seededRng(seed);
  const sound = await sampleSnapshot();
  const truth = await contentOf(sound, false);
  let noticed = 0;
  for (let n = 0; n < count; n++) {
    const bytes = damaged(sound, rng);
    const checked = await contentOf(bytes, false);
    if (checked !== 'refused' && checked !== truth)
      assert.match(checked, /^absent/, `seed ${seed}, file ${n}: passed for sound, and is not`);
    if ((await contentOf(bytes, true)) === 'refused') noticed++;
  }
  return { noticed };
}

/** What a whole pass finds, in a few words; `refused` for a CorruptError. Anything else is thrown. */
async function contentOf(bytes: Uint8Array, skipHashCheck: boolean): Promise<string> {
  const files = new MemoryFiles();
  const file = await files.open('damaged', { write: true, create: true });
  await file.write([bytes], 0);
  const metered = meter(files, 20 * bytes.length + 50_000_000);
  try {
    await using snapshot = await openSnapshot({ files: metered, path: 'damaged', newSha256: sha256Stream, skipHashCheck });
    const keys = new LiveKeys(({ version }) => version);
    const scan = await scanSnapshot(snapshot, { hash: true, record: (record, place) => keys.take(record, place) });
    for (const { place } of keys.values()) await recordAt(snapshot, place);
    return `${snapshot.trailer} ${scan.hash} ${scan.revision} ${keys.size}`;
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    assert.match(error.message, /^damaged: offset \d+: ./);
    return 'refused';
  }
}

/** Files from which no more than so many bytes are read, and no single piece that is much longer than the file. */
function meter(files: FileSystem, mostBytes: number): FileSystem {
  let read = 0;
  const metered = (file: File): File => ({
    size: () => file.size(),
    async read(into, position) {
      read += into.length;
      assert.ok(read <= mostBytes, 'reads without an end');
      return file.read(into, position);
    },
    write: (chunks, position) => file.write(chunks, position),
    truncate: (size) => file.truncate(size),
    sync: () => file.sync(),
    close: () => file.close(),
  });
  return {
    open: async (path, options) => metered(await files.open(path, options)),
    readFile: (path) => files.readFile(path),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
    makeFolder: (path, mode) => files.makeFolder(path, mode),
    rename: (from, to) => files.rename(from, to),
    remove: (path) => files.remove(path),
    syncFolder: (path) => files.syncFolder(path),
  };
}
