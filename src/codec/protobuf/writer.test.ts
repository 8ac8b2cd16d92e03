import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../bytes.ts';
import { ProtobufReader } from './reader.ts';
import { ProtobufWriter } from './writer.ts';

const hexOf = (write: (writer: ProtobufWriter) => void): string => {
  const writer = new ProtobufWriter();
  write(writer);
  return toHex(writer.finish());
};

test('scalars are written as the wire format says', () => {
  assert.equal(
    hexOf((writer) => writer.int(1, 150)),
    '089601',
  );
  assert.equal(
    hexOf((writer) => writer.int(1, 2 ** 40)),
    '08808080808020',
  );
  assert.equal(
    hexOf((writer) => writer.int(1, -1)),
    '08ffffffffffffffffff01',
  );
  assert.equal(
    hexOf((writer) => writer.int(1, 2n ** 63n)),
    '0880808080808080808001',
  );
  assert.equal(
    hexOf((writer) => writer.string(2, 'testing')),
    '120774657374696e67',
  );
  assert.equal(
    hexOf((writer) => writer.bool(16, true)),
    '800101',
  );
  assert.equal(
    hexOf((writer) => writer.double(1, 1)),
    '09000000000000f03f',
  );
});

test('messages nest, and buffers grow', () => {
  assert.equal(
    hexOf((writer) => writer.message(3, (inner) => inner.int(1, 150))),
    '1a03089601',
  );
  const long = new ProtobufWriter().message(1, (inner) => inner.string(1, 'x'.repeat(1000)).string(2, 'é')).finish();
  assert.equal(long.length, 3 + (3 + 1000) + 4);
  assert.equal(toHex(long.subarray(-4)), '1202c3a9');
});

test('a length of several bytes moves its message up, wherever the buffer ends', () => {
  for (let size = 100; size < 700; size++) {
    const bytes = new ProtobufWriter().message(1, (outer) => outer.message(2, (inner) => inner.string(3, 'x'.repeat(size)))).finish();
    const reader = new ProtobufReader(bytes);
    assert.ok(reader.next('Outer'));
    const outer = reader.inner();
    assert.ok(outer.next('Inner'));
    const inner = outer.inner();
    assert.ok(inner.next('Text'));
    assert.equal(inner.string(), 'x'.repeat(size));
    assert.ok(inner.atEnd && outer.atEnd && reader.atEnd);
  }
});
