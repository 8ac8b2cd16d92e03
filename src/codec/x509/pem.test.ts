import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPem, pemText, readPem } from './pem.ts';

test('blocks read back, in order, whatever stands between them and however lines end', () => {
  const one = pemText(
    'CERTIFICATE',
    Uint8Array.from({ length: 100 }, (_, i) => i),
  );
  const two = pemText('PRIVATE KEY', Uint8Array.of(1, 2, 3)).replaceAll('\n', '\r\n');
  const blocks = readPem(`# a comment\n${one}\nmore\n${two}`);
  assert.deepEqual(
    blocks.map(({ label, der }) => [label, der.length]),
    [
      ['CERTIFICATE', 100],
      ['PRIVATE KEY', 3],
    ],
  );
  assert.deepEqual(findPem(one + two, 'EC PRIVATE KEY', 'PRIVATE KEY'), Uint8Array.of(1, 2, 3));
});

test('lines hold 64 characters', () => {
  const lines = pemText('X', new Uint8Array(96)).split('\n');
  assert.deepEqual(
    lines.slice(1, 3).map((line) => line.length),
    [64, 64],
  );
});

test('blocks that are cut, mislabelled or no base64 are skipped', () => {
  assert.deepEqual(readPem('-----BEGIN A-----\nAAAA\n-----END B-----\n'), []);
  assert.deepEqual(readPem('-----BEGIN A-----\n!!!!\n-----END A-----\n'), []);
  assert.deepEqual(readPem('-----BEGIN A-----\nAAAA\n'), []);
});
