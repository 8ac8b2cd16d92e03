import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueDiff } from './unified-diff.ts';

test('valueDiff() of equal values is empty', () => {
  assert.equal(valueDiff({ a: [1, 2] }, { a: [1, 2] }), '');
});

test('valueDiff() shows three lines around a change, as a unified diff does', () => {
  const spec = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 };
  assert.equal(
    valueDiff(spec, { ...spec, e: 'five' }),
    [
      '@@ -3,7 +3,7 @@',
      '  "b": 2,',
      '  "c": 3,',
      '  "d": 4,',
      '- "e": 5,',
      '+ "e": "five",',
      '  "f": 6,',
      '  "g": 7,',
      '  "h": 8,',
      '',
    ].join('\n'),
  );
});

test('valueDiff() keeps changes that are far apart in hunks of their own', () => {
  const list = Array.from({ length: 20 }, (_, i) => i);
  const changed = list.with(1, -1).with(18, -2);
  const headers = valueDiff(list, changed).match(/^@@.*$/gm);
  assert.deepEqual(headers, ['@@ -1,6 +1,6 @@', '@@ -17,6 +17,6 @@']);
});

test('valueDiff() of something against nothing', () => {
  assert.equal(valueDiff(undefined, { a: 1 }), ['@@ -1 +1,3 @@', '-null', '+{', '+ "a": 1', '+}', ''].join('\n'));
});
