import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Base64Error, base64Problem, concatBytes, fromBase64, fromBase64Url, text, toBase64, toBase64Url, toHex, utf8 } from './bytes.ts';

const offsetOf = (encoded: string): number | undefined => {
  try {
    fromBase64(encoded);
    return undefined;
  } catch (error) {
    if (error instanceof Base64Error) return error.offset;
    throw error;
  }
};

test('base64 of any bytes is Node’s, and reads back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      assert.equal(toBase64Url(bytes), Buffer.from(bytes).toString('base64url'));
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
      assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
    }),
  );
});

test('fromBase64() skips line breaks anywhere', () => {
  assert.equal(text(fromBase64('aGVs\r\nbG8g\nd29ybGQ=\n')), 'hello world');
  assert.equal(text(fromBase64('aA=\n=')), 'h');
});

test('fromBase64() names the byte at which Go’s decoder stops', () => {
  const offsets: [string, number][] = [
    ['hello world', 5],
    ['!', 0],
    ['abc', 0],
    ['abcde', 4],
    ['abcdef', 4],
    ['a=', 1],
    ['aa=', 3],
    ['aa=a', 2],
    ['aaa=a', 4],
    ['aa==a', 4],
    ['====', 0],
    ['aGVé', 3],
  ];
  for (const [encoded, offset] of offsets) assert.equal(offsetOf(encoded), offset, encoded);
});

test('base64Problem() agrees with fromBase64()', () => {
  const pieces = fc.constantFrom('a', 'Z', '9', '+', '/', '=', '\n', '-', 'é', ' ');
  fc.assert(fc.property(fc.string({ unit: pieces, maxLength: 12 }), (encoded) => assert.equal(base64Problem(encoded), offsetOf(encoded))));
});

test('fromBase64Url() refuses padding and the standard alphabet', () => {
  assert.throws(() => fromBase64Url('aA=='), Base64Error);
  assert.throws(() => fromBase64Url('a+/a'), Base64Error);
  assert.throws(() => fromBase64Url('aaaaa'), Base64Error);
});

test('text() keeps a byte order mark, and replaces what is no UTF-8', () => {
  assert.equal(text(utf8('\uFEFFa')), '\uFEFFa');
  assert.equal(text(new Uint8Array([0x61, 0xff])), 'a\uFFFD');
});

test('toHex() and concatBytes()', () => {
  assert.equal(toHex(new Uint8Array([0, 15, 255])), '000fff');
  assert.deepEqual(concatBytes([utf8('ab'), new Uint8Array(), utf8('c')]), utf8('abc'));
  assert.deepEqual(concatBytes([]), new Uint8Array());
});
