import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { warningHeaders, warningTexts } from './warning-header.ts';

test('warnings are quoted, once each, on one line', () => {
  assert.deepEqual(warningHeaders(['say "no" \\', 'two\r\nlines', 'say "no" \\', '']), ['299 - "say \\"no\\" \\\\"', '299 - "two lines"']);
});

test('past 4096 characters each text is cut to 256, and past 4096 of those no more are sent', () => {
  assert.equal(warningHeaders(['x'.repeat(4096)])[0]!.length, 4096 + '299 - ""'.length);
  const many = warningHeaders(Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(300)}`));
  assert.equal(many.length, 16);
  for (const header of many) assert.equal(header.length, 256 + '299 - ""'.length);
});

test('several warnings in one header are told apart', () => {
  assert.deepEqual(warningTexts(['299 - "a, b", 299 - "c"', '299 - "d"', 'nonsense']), ['a, b', 'c', 'd']);
});

test('whatever text goes out is fit for a header, and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (warning) => {
      const headers = warningHeaders([warning]);
      for (const header of headers) assert.match(header, /^[\x20-\x7e\x80-\xff]*$/);
      const clean = warning.replace(/\p{Cc}+/gu, ' ').trim();
      assert.deepEqual(warningTexts(headers), clean === '' ? [] : [clean]);
    }),
  );
});
