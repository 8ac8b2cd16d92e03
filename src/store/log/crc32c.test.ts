import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from './crc32c.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

test('crc32c() gives the published check values', () => {
  assert.equal(crc32c(ascii('')), 0);
  assert.equal(crc32c(ascii('123456789')), 0xe3069283);
  // RFC 3720, B.4.
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
});

test('crc32c() may be computed in pieces of any size', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) % 256);
  for (let cut = 0; cut <= 100; cut++) assert.equal(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut))), crc32c(bytes));
});
