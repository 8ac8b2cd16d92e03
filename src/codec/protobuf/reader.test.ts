import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ProtobufError, ProtobufReader, wireTypes } from './reader.ts';
import { ProtobufWriter } from './writer.ts';

const readerOf = (hex: string): ProtobufReader => new ProtobufReader(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)));

function firstOf(hex: string): ProtobufReader {
  const reader = readerOf(hex);
  assert.ok(reader.next('Test'));
  return reader;
}

test('scalars are read as the wire format says', () => {
  assert.equal(firstOf('089601').int64(), 150);
  assert.equal(firstOf('08ffffffffffffffffff01').int64(), -1);
  assert.equal(firstOf('08ffffffffffffffffff01').int32(), -1);
  assert.equal(firstOf('08ffffffff0f').int32(), -1);
  assert.equal(firstOf('08ffffffffffffff7f').int64(), 2n ** 56n - 1n);
  assert.equal(firstOf('0880808080808080808001').int64(), -(2n ** 63n));
  assert.equal(firstOf('0802').bool(), true);
  assert.equal(firstOf('09000000000000f03f').double(), 1);
  assert.equal(firstOf('1202c3a9').string(), 'é');
  assert.equal(firstOf('1201ff').string(), '�');
});

test('integers beyond what a number holds exactly are bigints, others are numbers', () => {
  const roundTrip = (value: number | bigint): number | bigint => {
    const reader = new ProtobufReader(new ProtobufWriter().int(1, value).finish());
    reader.next('Test');
    return reader.int64();
  };
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => assert.equal(roundTrip(value), value)));
  fc.assert(fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }), (value) => assert.equal(roundTrip(value), value)));
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }), (value) => assert.equal(roundTrip(value), value)));
});

test('values of unknown fields are skipped, groups with what they hold', () => {
  for (const unknown of ['089601', '09000000000000f03f', '0a03616263', '0d00000000', '0b0801130a0161140c']) {
    const reader = firstOf(`${unknown}1001`);
    reader.skip();
    assert.ok(reader.next('Test'));
    assert.deepEqual([reader.field, reader.wireType, reader.int64()], [2, wireTypes.varint, 1]);
    assert.equal(reader.next('Test'), false);
  }
});

test('what is no message is refused in the words of Go’s decoders', () => {
  const refused = (hex: string, read: (reader: ProtobufReader) => unknown, message: string) =>
    assert.throws(
      () => {
        const reader = readerOf(hex);
        reader.next('Test');
        read(reader);
      },
      { name: 'ProtobufError', message },
    );
  refused('08', (reader) => reader.int64(), 'unexpected EOF');
  refused('0a05616263', (reader) => reader.bytes(), 'unexpected EOF');
  refused('0affffffff0f', (reader) => reader.bytes(), 'unexpected EOF');
  refused('0affffffffffffffffff01', (reader) => reader.bytes(), 'proto: negative length found during unmarshaling');
  refused('08ffffffffffffffffffff01', (reader) => reader.int64(), 'proto: integer overflow');
  refused('0000', (reader) => reader.skip(), 'proto: Test: illegal tag 0 (wire type 0)');
  refused('0c', (reader) => reader.skip(), 'proto: Test: wiretype end group for non-group');
  refused('0e', (reader) => reader.skip(), 'proto: illegal wireType 6');
  refused('0b'.repeat(1000), (reader) => reader.skip(), 'unexpected EOF');
});

test('any bytes are read to their end, or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const reader = new ProtobufReader(bytes);
      let fields = 0;
      try {
        for (; reader.next('Test'); fields++) reader.skip();
      } catch (error) {
        assert.ok(error instanceof ProtobufError);
      }
      assert.ok(fields <= bytes.length);
    }),
    { numRuns: 2000 },
  );
});
