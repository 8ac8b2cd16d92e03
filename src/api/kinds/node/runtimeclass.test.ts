import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { RuntimeClass } from './runtimeclass.ts';

const runtimeClass = (parts: Manifest = {}): Manifest => ({ metadata: { name: 'sandboxed' }, handler: 'runsc', ...parts });

test('a RuntimeClass’s rules', () => {
  assert.deepEqual(createProblems(RuntimeClass, runtimeClass({ overhead: { podFixed: { cpu: '250m' } } })), []);
  const bad = runtimeClass({
    overhead: { podFixed: { cpu: '-1' } },
    scheduling: { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
  });
  assert.deepEqual(createProblems(RuntimeClass, bad), [
    'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    'scheduling.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
  ]);
  assert.equal(createProblems(RuntimeClass, runtimeClass({ handler: 'run.sc' })).length, 1);
});

test('the handler is for good, and shown', () => {
  assert.deepEqual(
    updateProblems(RuntimeClass, runtimeClass(), (next) => (next.handler = 'kata')),
    ['handler: Invalid value: "kata": field is immutable'],
  );
  assert.equal(row(RuntimeClass, created(RuntimeClass, runtimeClass()))['Handler'], 'runsc');
});
