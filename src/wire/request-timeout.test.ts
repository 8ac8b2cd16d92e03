import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/errors.ts';
import { parseQuery } from './path.ts';
import { requestTimeout } from './request-timeout.ts';

const timeoutOf = (text: string) => requestTimeout(parseQuery(`timeout=${encodeURIComponent(text)}`));

test('a timeout is a Go duration', () => {
  assert.deepEqual(['5s', '1m30s', '1.5h', '100ms', '0', '0s', '-1s', ''].map(timeoutOf), [
    5000,
    90_000,
    5_400_000,
    100,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is no duration is refused in Go’s words', () => {
  for (const [text, why] of [
    ['x', 'invalid duration "x"'],
    ['5', 'missing unit in duration "5"'],
    ['5x', 'unknown unit "x" in duration "5x"'],
    ['-', 'invalid duration "-"'],
    ['.s', 'invalid duration ".s"'],
  ] as const)
    assert.throws(
      () => timeoutOf(text),
      (error) => error instanceof ApiError && error.message === `invalid timeout specified in the request URL - time: ${why}`,
      text,
    );
});
