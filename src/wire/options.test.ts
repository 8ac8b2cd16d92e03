import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/errors.ts';
import { deleteOptions, flag, getOptions, listOptions } from './options.ts';
import { parseQuery } from './path.ts';

const says =
  (code: number, message: string) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.code === code && error.message === message;

test('flags are set by any value but 0 and false', () => {
  const flagOf = (query: string) => flag(parseQuery(query), 'watch');
  assert.deepEqual(['watch', 'watch=1', 'watch=x', 'watch=0', 'watch=False', ''].map(flagOf), [true, true, true, false, false, undefined]);
});

test('numbers are Go’s 64-bit integers, and so are the complaints', () => {
  const limitOf = (text: string) => listOptions(parseQuery(`limit=${text}`)).limit;
  assert.deepEqual(['5', '-1', '%2B7', '9223372036854775807'].map(limitOf), [5, -1, 7, 2 ** 63]);
  for (const text of ['', 'x', '1.5', '1e3'])
    assert.throws(() => limitOf(text), says(400, `strconv.ParseInt: parsing "${text}": invalid syntax`));
  for (const text of ['9223372036854775808', '9'.repeat(50_000)])
    assert.throws(() => limitOf(text), says(400, `strconv.ParseInt: parsing "${text}": value out of range`));
});

test('a delete’s preconditions may stand in the query', () => {
  assert.deepEqual(deleteOptions(parseQuery('uid=u&resourceVersion=5')).preconditions, { uid: 'u', resourceVersion: '5' });
  assert.equal(deleteOptions(parseQuery('gracePeriodSeconds=0')).preconditions, undefined);
});

test('export is a thing of the past', () => {
  const message = 'the export parameter, deprecated since v1.14, is no longer supported';
  assert.throws(() => getOptions(parseQuery('export=true')), says(400, message));
  assert.equal(getOptions(parseQuery('export=0&resourceVersion=3')).resourceVersion, '3');
});
