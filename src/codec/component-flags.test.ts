import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, CommandLineError, fixed, obeyed, readComponentLine, refused, wordsOf, type FlagTable } from './component-flags.ts';

interface Settings {
  readonly periodMs: number;
  readonly names: readonly string[];
}

const table: FlagTable<Settings> = {
  period: obeyed('duration', '5s', (periodMs) => ({ periodMs })),
  names: obeyed('strings', undefined, (names) => ({ names })),
  'lock-kind': fixed('string', 'leases', 'there are leases only'),
  gap: fixed('duration', '1m', 'it is a minute'),
  ...accepted('there is one', { many: 'bool' }),
  ...refused('nobody listens', { port: 'int' }),
};
const read = (...words: string[]) => readComponentLine('kube-test', table, words);
const problemsOf = (...words: string[]): readonly string[] => {
  try {
    read(...words);
  } catch (error) {
    assert.ok(error instanceof CommandLineError);
    return error.problems;
  }
  return [];
};

test('flags of a record become words sorted by name, one for each value', () => {
  assert.deepEqual(wordsOf({ period: '1s', many: true, names: ['b', 'a'], limit: 5 }), [
    '--limit=5',
    '--many=true',
    '--names=b',
    '--names=a',
    '--period=1s',
  ]);
});

test('settings hold what was given, and lists grow with each word', () => {
  assert.deepEqual(read().settings, {});
  assert.deepEqual(read('--names=a,b', '--names=c', '--period', '2s').settings, { names: ['a', 'b', 'c'], periodMs: 2000 });
});

test('a flag without effect is a warning, one that cannot be obeyed a problem, and all problems come together', () => {
  assert.deepEqual(read('--many').warnings, ['kube-test --many has no effect: there is one']);
  assert.deepEqual(problemsOf('--port=1', '--lock-kind=endpoints'), [
    '--port cannot be obeyed: nobody listens',
    '--lock-kind: cannot be obeyed, only "leases": there are leases only',
  ]);
});

test('what is so in any case may be said', () => {
  assert.deepEqual(problemsOf('--lock-kind=leases', '--gap=60s'), []);
  assert.equal(problemsOf('--gap=61s').length, 1);
});

test('underscores in names are dashes, those in values are not', () => {
  assert.deepEqual(problemsOf('--lock_kind=leases'), []);
  assert.deepEqual(read('--names=a_b').settings, { names: ['a_b'] });
  assert.deepEqual(problemsOf('--lock_kinds=x'), ['unknown flag: --lock-kinds']);
});
