import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64 } from '../../../codec/bytes.ts';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { ConfigMap } from './configmap.ts';

const map = (parts: Manifest): Manifest => ({ metadata: { name: 'settings' }, ...parts });

test('keys are file names, and each stands in one of the two bags', () => {
  const binary = toBase64(new Uint8Array([1]));
  assert.deepEqual(
    createProblems(ConfigMap, map({ data: { 'a.conf': 'x', '..': 'y', both: 'z' }, binaryData: { both: binary, 'a b': binary } })),
    [
      'data[..]: Invalid value: "..": must not be \'..\'',
      'data[both]: Invalid value: "both": duplicate of key present in binaryData',
      "binaryData[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  );
});

test('a mebibyte is the most, both bags together and decoded', () => {
  const half = 'x'.repeat(512 * 1024);
  const bytes = toBase64(new Uint8Array(512 * 1024));
  assert.deepEqual(createProblems(ConfigMap, map({ data: { half }, binaryData: { bytes } })), []);
  assert.deepEqual(createProblems(ConfigMap, map({ data: { half, more: 'é' }, binaryData: { bytes } })), [
    '[]: Too long: may not be more than 1048576 bytes',
  ]);
});

test('an immutable ConfigMap changes no data, and stays immutable', () => {
  const fixed = map({ immutable: true, data: { a: '1' } });
  assert.deepEqual(
    updateProblems(ConfigMap, fixed, (next) => Object.assign(next, { immutable: false, data: { a: '2' } })),
    ['immutable: Forbidden: field is immutable when `immutable` is set', 'data: Forbidden: field is immutable when `immutable` is set'],
  );
  assert.deepEqual(
    updateProblems(ConfigMap, fixed, (next) => (next.metadata.labels = { a: 'b' })),
    [],
  );
  assert.deepEqual(
    updateProblems(ConfigMap, map({ data: { a: '1' } }), (next) => Object.assign(next, { data: { a: '2' } })),
    [],
  );
});

test('the Data column counts both bags', () => {
  assert.equal(row(ConfigMap, created(ConfigMap, map({ data: { a: '', b: '' }, binaryData: { c: '' } })))['Data'], 3);
});
