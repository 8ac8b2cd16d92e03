import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allControllers } from './all.ts';
import { chooseControllers } from './manager.ts';

const names = (selection: readonly string[]): string[] => chooseControllers(selection).map(({ name }) => name);

test('a star chooses all, a minus takes one away, a name alone chooses that one', () => {
  assert.deepEqual(
    names(['*']),
    allControllers.map(({ name }) => name),
  );
  assert.ok(!names(['*', '-namespace-controller']).includes('namespace-controller'));
  assert.deepEqual(names(['namespace-controller']), ['namespace-controller']);
});

test('no name stands twice, and one that no controller has is refused', () => {
  assert.equal(new Set(names(['*'])).size, allControllers.length);
  assert.throws(() => chooseControllers(['*', '-no-such-controller']), /"no-such-controller" is not in the list of known controllers/);
});
