import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteBatches } from './byte-batches.ts';
import { concatBytes, text, utf8 } from './bytes.ts';

test('pieces come out in order, however large, in few chunks', () => {
  const batches = new ByteBatches();
  const pieces = [
    utf8('a'),
    new Uint8Array(200_000).fill(1),
    new Uint8Array(200_000).fill(2),
    new Uint8Array(0),
    new Uint8Array(600_000).fill(3),
  ];
  for (const piece of pieces) batches.add(piece);
  assert.ok(batches.chunks.length <= 4);
  assert.deepEqual(concatBytes(batches.chunks), concatBytes(pieces));
});

test('addTextThenRest() puts a text in the place of how bytes begin', () => {
  const batches = new ByteBatches();
  const bytes = utf8('{"kind":"A","metadata":{"name":"a"}}');
  for (let i = 0; i < 300; i++) batches.addTextThenRest('{"metadata":{', bytes, 24);
  assert.equal(text(concatBytes(batches.chunks)), '{"metadata":{"name":"a"}}'.repeat(300));
});

test('addWithText() puts a text in, and leaves the bytes as they are', () => {
  const batches = new ByteBatches();
  const bytes = utf8('{"metadata":{"name":"é"}}');
  batches.add(utf8('['));
  batches.addWithText(bytes, 13, '"resourceVersion":"123456789",');
  batches.addWithText(utf8('ab'), 2, 'c');
  batches.addWithText(utf8('ab'), 0, 'c');
  assert.equal(text(concatBytes(batches.chunks)), '[{"metadata":{"resourceVersion":"123456789","name":"é"}}abccab');
  assert.equal(text(bytes), '{"metadata":{"name":"é"}}');
});
