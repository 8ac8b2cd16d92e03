import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectDiff } from './object-diff.ts';

test('objectDiff() shows changes with three lines around them', () => {
  const old = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 };
  assert.equal(
    objectDiff(old, { ...old, e: 50 }),
    [
      '@@ -3,7 +3,7 @@',
      '   "b": 2,',
      '   "c": 3,',
      '   "d": 4,',
      '-  "e": 5,',
      '+  "e": 50,',
      '   "f": 6,',
      '   "g": 7,',
      '   "h": 8,',
      '',
    ].join('\n'),
  );
});

test('objectDiff() keeps changes far apart in hunks of their own', () => {
  const list = Array.from({ length: 30 }, (_, i) => i);
  const changed = list.map((i) => (i === 2 || i === 25 ? -i : i));
  assert.deepEqual(
    objectDiff(list, changed)
      .split('\n')
      .filter((line) => line.startsWith('@@')),
    ['@@ -1,7 +1,7 @@', '@@ -24,7 +24,7 @@'],
  );
});

test('objectDiff() finds what was put in between', () => {
  const lines = objectDiff(['a', 'b', 'c'], ['a', 'x', 'b', 'c']).split('\n');
  assert.deepEqual(
    lines.filter((line) => /^[+-]/.test(line)),
    ['+  "x",'],
  );
});

test('objectDiff() does not mind the order of keys', () => {
  assert.equal(objectDiff({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }), '');
});
