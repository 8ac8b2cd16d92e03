import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concatBytes, text, utf8 } from '../../codec/bytes.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { sha256Stream } from '../../machine/real/sha256-stream.ts';
import { databaseImage } from './bbolt-writer.ts';
import { revisionKey, writeKeyValue, type KeyRecord } from './key-record.ts';
import { pairsOf, type Pair } from './pair-list.ts';
import { scanSnapshot } from './scan-snapshot.ts';
import { openSnapshot, type Trailer } from './snapshot-file.ts';

const pageBytes = 4096;

const put = (main: number, key: string, value: string): Pair => {
  const record: KeyRecord = { main, sub: 0, tombstone: false, key, createRevision: main, version: 1, lease: 0n, value: utf8(value) };
  return [revisionKey(record), writeKeyValue(record)];
};
const someKeys = Array.from({ length: 300 }, (_, n) => put(n + 2, `k${n}`, 'v'.repeat(50)));

function database(pairs: readonly Pair[], pageSize = pageBytes): Uint8Array {
  const image = databaseImage(
    [
      ['key', pairsOf(pairs)],
      ['lease', pairsOf([])],
      ['meta', pairsOf([])],
    ],
    pageSize,
  );
  const bytes = concatBytes([...image.pages()]);
  assert.equal(bytes.length, image.sizeBytes);
  return bytes;
}

function signed(bytes: Uint8Array): Uint8Array {
  const hash = sha256Stream();
  hash.update(bytes);
  return concatBytes([bytes, hash.digest()]);
}

interface Read {
  readonly trailer: Trailer;
  readonly warning: string | undefined;
  readonly revision: number;
  readonly bumpMarkers: number;
  readonly values: readonly string[];
}

async function read(bytes: Uint8Array, skipHashCheck = false): Promise<Read> {
  const files = new MemoryFiles();
  const written = await files.open('file', { write: true, create: true });
  await written.write([bytes], 0);
  await using file = await openSnapshot({ files, path: 'file', newSha256: sha256Stream, skipHashCheck });
  const values: string[] = [];
  const { revision, bumpMarkers } = await scanSnapshot(file, { record: ({ value }) => void values.push(text(value)) });
  return { trailer: file.trailer, warning: file.database.warning, revision, bumpMarkers, values };
}

/** With one byte other than it was. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 0x10;
  return copy;
}

describe('a snapshot file', () => {
  test('with its checksum is verified; a bare database is read, and known to have none', async () => {
    assert.equal((await read(signed(database(someKeys)))).trailer, 'verified');
    const bare = await read(database(someKeys));
    assert.equal(bare.trailer, 'absent');
    assert.equal(bare.values.length, 300);
  });

  test('with one bit flipped anywhere is refused, unless nobody wants the checksum compared', async () => {
    const bytes = flipped(signed(database(someKeys)), 5 * pageBytes + 3000);
    await assert.rejects(read(bytes), { name: 'CorruptError', message: /^file: offset \d+: the checksum does not match/ });
    assert.equal((await read(bytes, true)).trailer, 'unchecked');
  });

  test('that was cut off is refused, at whole pages and within one', async () => {
    const bytes = database(someKeys);
    await assert.rejects(read(bytes.subarray(0, bytes.length - 2 * pageBytes)), /truncated: the database has \d+ pages/);
    await assert.rejects(read(bytes.subarray(0, bytes.length - 100)), /is no snapshot, or was cut off/);
    await assert.rejects(read(new Uint8Array()), /the file is empty/);
  });

  test('with one unusable meta page is read by the other, whichever it is', async () => {
    const bytes = database(someKeys);
    for (const page of [0, 1]) {
      const { warning, values } = await read(flipped(bytes, page * pageBytes + 30));
      assert.match(warning ?? '', new RegExp(`^page ${page}: its checksum is wrong`));
      assert.equal(values.length, 300);
    }
    await assert.rejects(read(flipped(flipped(bytes, 30), pageBytes + 30)), /no valid meta page/);
  });

  test('of a machine with pages of 64 KiB is read, even if its first page is unusable', async () => {
    const bytes = database([...someKeys, put(1000, 'large', 'x'.repeat(200_000))], 65_536);
    assert.equal((await read(bytes)).values.at(-1)?.length, 200_000);
    assert.equal((await read(flipped(bytes, 30))).values.length, 301);
  });

  test('names the page and the offset of what is wrong', async () => {
    const bytes = database(someKeys);
    // Page 3 is the first leaf: 16 bytes of header, then elements whose third number is the size of the key.
    await assert.rejects(read(flipped(bytes, 3 * pageBytes + 16 + 9)), { message: /^file: offset 12304: page 3: element 0 / });
    await assert.rejects(read(flipped(bytes, 3 * pageBytes + 8)), { message: /^file: offset 12296: page 3: neither a branch nor a leaf/ });
    await assert.rejects(read(flipped(bytes, 3 * pageBytes)), /page 3: it says of itself that it is page 19/);
  });

  test('whose branches lead in a circle is refused', async () => {
    const bytes = database(someKeys);
    const view = new DataView(bytes.buffer);
    const branch = Array.from({ length: bytes.length / pageBytes }, (_, page) => page).find(
      (page) => view.getUint16(page * pageBytes + 8, true) === 1,
    )!;
    view.setBigUint64(branch * pageBytes + 16 + 8, BigInt(branch), true);
    await assert.rejects(read(bytes), /it refers to page \d+, which is in use elsewhere/);
  });

  test('that a restore has bumped is at the revision of its marker', async () => {
    const marker: Pair = [revisionKey({ main: 1_000_000_301, sub: 0 }), new Uint8Array()];
    const { revision, bumpMarkers, values } = await read(signed(database([...someKeys, marker])));
    assert.deepEqual([revision, bumpMarkers, values.length], [1_000_000_301, 1, 300]);
  });
});
