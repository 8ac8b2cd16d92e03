import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type LogRecord, readRecord, writeRecord } from './record-codec.ts';

const none = new Uint8Array(0);
const everyByte = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');

test('every record reads back as it was written', () => {
  const entry = { key: 'a', value: Uint8Array.of(1, 2, 3), createRevision: 3, modRevision: 9, version: 4, lease: 0n };
  const leased = { ...entry, key: everyByte, lease: (1n << 63n) - 1n };
  const deleted = { key: 'b', value: none, createRevision: 0, modRevision: 9, version: 0, lease: 0n };
  const records: LogRecord[] = [
    { kind: 'begin', revision: 2 ** 52, compactRevision: 2 ** 40 + 1 },
    { kind: 'base', entry },
    { kind: 'base', entry: leased },
    { kind: 'base', entry: { ...entry, key: 'long'.repeat(5000), value: new Uint8Array(100_000).fill(7) } },
    {
      kind: 'change',
      change: { revision: 9, entries: [entry, leased, deleted, { ...entry, value: none, createRevision: 9, version: 1 }] },
    },
    { kind: 'grant', id: 1n, ttlSeconds: 9_000_000_000 },
    { kind: 'revoke', id: (1n << 63n) - 1n },
    { kind: 'revoke', id: 5n, change: { revision: 9, entries: [deleted] } },
    { kind: 'compact', revision: 127 },
    { kind: 'compact', revision: 128 },
    { kind: 'end' },
  ];
  const writer = new ByteWriter(1);
  for (const record of records) writeRecord(writer, record);
  const reader = new ByteReader(writer.bytes());
  assert.deepEqual(
    records.map(() => readRecord(reader)),
    records,
  );
  assert.equal(reader.done, true);
});

test('numbers take any size up to 2^53', () => {
  const numbers = [0, 1, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 35 + 5, Number.MAX_SAFE_INTEGER];
  const writer = new ByteWriter(1);
  for (const number of numbers) writer.varint(number);
  const reader = new ByteReader(writer.bytes());
  assert.deepEqual(
    numbers.map(() => reader.varint()),
    numbers,
  );
});

test('a value that was read does not share memory with what it was read from', () => {
  const writer = new ByteWriter();
  writer.value(Uint8Array.of(1, 2));
  const value = new ByteReader(writer.bytes()).value();
  writer.bytes().fill(9);
  assert.deepEqual([...value], [1, 2]);
});

test('bytes that are no record are refused, wherever they end', () => {
  assert.throws(() => readRecord(new ByteReader(Uint8Array.of(99))), RangeError);
  const writer = new ByteWriter();
  writeRecord(writer, { kind: 'grant', id: 7n, ttlSeconds: 300 });
  for (let length = 0; length < writer.length; length++)
    assert.throws(() => readRecord(new ByteReader(writer.bytes().subarray(0, length))), RangeError);
  assert.throws(() => new ByteReader(new Uint8Array(20).fill(0xff)).varint(), RangeError);
});
