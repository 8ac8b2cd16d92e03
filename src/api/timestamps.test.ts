import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalMicroTime, canonicalTime, TimestampError } from './timestamps.ts';

test('canonicalTime() writes whole seconds in UTC', () => {
  assert.equal(canonicalTime('2024-02-29T23:59:59Z'), '2024-02-29T23:59:59Z');
  assert.equal(canonicalTime('2024-01-01T00:00:00.987654321+02:00'), '2023-12-31T22:00:00Z');
  assert.equal(canonicalTime('2024-01-01T5:00:00-00:30'), '2024-01-01T05:30:00Z');
});

test('canonicalMicroTime() keeps six digits', () => {
  assert.equal(canonicalMicroTime('2024-01-01T00:00:00.123456Z'), '2024-01-01T00:00:00.123456Z');
  assert.equal(canonicalMicroTime('2024-01-01T00:00:00.000001+01:00'), '2023-12-31T23:00:00.000001Z');
});

test('what is no time is said in Go’s words', () => {
  const layout = 'as "2006-01-02T15:04:05Z07:00"';
  const sentences: [string, string][] = [
    ['', `parsing time "" ${layout}: cannot parse "" as "2006"`],
    ['abc', `parsing time "abc" ${layout}: cannot parse "abc" as "2006"`],
    ['2024', `parsing time "2024" ${layout}: cannot parse "" as "-"`],
    ['2024-01-01', `parsing time "2024-01-01" ${layout}: cannot parse "" as "T"`],
    ['2024-01-01 00:00:00Z', `parsing time "2024-01-01 00:00:00Z" ${layout}: cannot parse " 00:00:00Z" as "T"`],
    ['2024-01-01T00:00:00', `parsing time "2024-01-01T00:00:00" ${layout}: cannot parse "" as "Z07:00"`],
    ['2024-13-01T00:00:00Z', 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['2023-02-29T00:00:00Z', 'parsing time "2023-02-29T00:00:00Z": day out of range'],
    ['2023-02-01T24:00:00Z', 'parsing time "2023-02-01T24:00:00Z": hour out of range'],
    ['2023-02-01T00:00:00Zx', 'parsing time "2023-02-01T00:00:00Zx": extra text: "x"'],
  ];
  for (const [text, message] of sentences) assert.throws(() => canonicalTime(text), new TimestampError(message), text);
  assert.throws(
    () => canonicalMicroTime('2024-01-01T00:00:00Z'),
    new TimestampError('parsing time "2024-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"'),
  );
});
