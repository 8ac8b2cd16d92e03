import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, type Plugins } from './config.ts';
import type { PluginFactory } from './framework.ts';
import { chosenAt, pluginsOf } from './plugin-choice.ts';

const factories: PluginFactory[] = ['A', 'B', 'C'].map((name, index) => ({ name, weight: index + 1, make: () => ({ name }) }));
const chosen = (plugins?: Plugins, at: 'score' | 'filter' = 'score') =>
  chosenAt(at, plugins ? { plugins } : {}, factories, () => true).map(({ name, weight }) => `${name}${weight}`);

test('without a word all plugins are on, with their own weights', () => {
  assert.deepEqual(chosen(), ['A1', 'B2', 'C3']);
});

test('a plugin may be off at one point or everywhere; a star is all', () => {
  assert.deepEqual(chosen({ score: { disabled: [{ name: 'B' }] } }), ['A1', 'C3']);
  assert.deepEqual(chosen({ filter: { disabled: [{ name: 'B' }] } }), ['A1', 'B2', 'C3']);
  assert.deepEqual(chosen({ multiPoint: { disabled: [{ name: 'B' }] } }), ['A1', 'C3']);
  assert.deepEqual(chosen({ multiPoint: { disabled: [{ name: '*' }] } }), []);
});

test('one that is named at a point stands before the others there, with the weight it is given', () => {
  assert.deepEqual(chosen({ score: { enabled: [{ name: 'C', weight: 7 }] } }), ['C7', 'A1', 'B2']);
  assert.deepEqual(chosen({ score: { disabled: [{ name: '*' }], enabled: [{ name: 'B' }] } }), ['B2']);
});

test('one that is off everywhere can still be on at a point: then it comes last', () => {
  assert.deepEqual(chosen({ multiPoint: { disabled: [{ name: 'A' }] }, score: { enabled: [{ name: 'A', weight: 5 }] } }), [
    'B2',
    'C3',
    'A5',
  ]);
});

test('a weight for everywhere leaves the plugin at its place', () => {
  assert.deepEqual(chosen({ multiPoint: { enabled: [{ name: 'A', weight: 9 }] } }), ['A9', 'B2', 'C3']);
});

test('a plugin that does not exist is refused', () => {
  assert.throws(() => pluginsOf({ plugins: { score: { enabled: [{ name: 'Nope' }] } } }, factories), /Nope does not exist/);
});

test('a configuration is told all that is wrong with it', () => {
  assert.deepEqual(problemsOf({}), []);
  assert.deepEqual(
    problemsOf({
      percentageOfNodesToScore: 101,
      podMaxBackoffSeconds: 0.5,
      profiles: [{ schedulerName: 'one' }, { schedulerName: 'one' }, {}],
    }),
    [
      'profiles[1].schedulerName: Duplicate value: "one"',
      'profiles[2].schedulerName: Required value',
      'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
      'podMaxBackoffSeconds: Invalid value: 0.5: must be greater than or equal to PodInitialBackoffSeconds',
    ],
  );
});
