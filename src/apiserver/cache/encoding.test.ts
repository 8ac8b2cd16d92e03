import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, text, utf8 } from '../../codec/bytes.ts';
import { ByteBatches } from '../../codec/byte-batches.ts';
import { addUntypedSpliced, decodeStored, encodeStored, openingOf, splice } from './encoding.ts';

const opening = openingOf({ group: '', version: 'v1', kind: 'ConfigMap' });
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion: '3', name: 'a', uid: 'ü' }, data: { x: '1' } };

test('encodeStored() leaves out the resourceVersion and begins with kind and apiVersion', () => {
  assert.equal(
    text(encodeStored(opening, object)),
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","uid":"ü"},"data":{"x":"1"}}',
  );
});

test('splice() puts the revision in, around the stored bytes themselves', () => {
  const value = encodeStored(opening, object);
  const chunks = splice(opening, value, 42);
  assert.equal(
    text(concatBytes(chunks)),
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"42","name":"a","uid":"ü"},"data":{"x":"1"}}',
  );
  assert.equal(chunks.at(-1)!.buffer, value.buffer);
});

test('splice() serves values that somebody else wrote in another order, or without metadata fields', () => {
  for (const foreign of [
    '{"apiVersion":"v1","metadata":{"name":"a"},"kind":"ConfigMap"}',
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{}}',
  ])
    assert.equal(JSON.parse(text(concatBytes(splice(opening, utf8(foreign), 7)))).metadata.resourceVersion, '7');
});

test('addUntypedSpliced() leaves out kind and apiVersion, wherever they stand', () => {
  for (const value of [
    encodeStored(opening, object),
    utf8('{"apiVersion":"v1","metadata":{"name":"a","uid":"ü"},"data":{"x":"1"},"kind":"ConfigMap"}'),
  ]) {
    const batches = new ByteBatches();
    addUntypedSpliced(batches, opening, value, 42);
    const served = JSON.parse(text(concatBytes(batches.chunks)));
    assert.deepEqual(served, { metadata: { resourceVersion: '42', name: 'a', uid: 'ü' }, data: { x: '1' } });
  }
});

test('decodeStored() gives back what was encoded, under the entry’s revision, and keeps large integers', () => {
  const large = { metadata: { name: 'a' }, data: { count: 9007199254740993n } };
  const decoded = decodeStored(encodeStored(opening, large), 9);
  assert.deepEqual(decoded, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a', resourceVersion: '9' },
    data: { count: 9007199254740993n },
  });
});
