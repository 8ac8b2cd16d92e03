import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, type Manifest } from '../trial.ts';
import { PodDisruptionBudget } from './poddisruptionbudget.ts';

const budget = (spec: Manifest = {}): Manifest => ({ metadata: { name: 'db' }, spec });

const cases: readonly (readonly [what: string, spec: Manifest, problems: readonly string[]])[] = [
  ['a share', { minAvailable: '50%' }, []],
  [
    'a port',
    { minAvailable: 'http' },
    [
      "minAvailable: Invalid value: \"http\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  ['less than none', { maxUnavailable: -1 }, ['maxUnavailable: Invalid value: -1: must be greater than or equal to 0']],
  ['more than all', { maxUnavailable: '101%' }, ['maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
  [
    'odd evictions',
    { unhealthyPodEvictionPolicy: 'Never' },
    ['unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"'],
  ],
];
for (const [what, spec, problems] of cases)
  test(`a PodDisruptionBudget with ${what}`, () =>
    assert.deepEqual(
      createProblems(PodDisruptionBudget, budget(spec)),
      problems.map((problem) => `spec.${problem}`),
    ));

test('a PodDisruptionBudget has one bound, not two', () => {
  assert.deepEqual(createProblems(PodDisruptionBudget, budget({ minAvailable: 1, maxUnavailable: 1 })), [
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ]);
});

test('its status must hold proper conditions and counts', () => {
  const status = {
    disruptionsAllowed: -1,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    conditions: [{ type: 'DisruptionAllowed', status: 'Maybe' }],
  };
  assert.deepEqual(statusProblems(PodDisruptionBudget, budget(), status), [
    'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
    'status.conditions[0].lastTransitionTime: Required value: must be set',
    'status.conditions[0].reason: Required value: must be set',
    'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test('kubectl get poddisruptionbudgets', () => {
  const {
    'Min Available': least,
    'Max Unavailable': most,
    'Allowed Disruptions': allowed,
  } = row(PodDisruptionBudget, created(PodDisruptionBudget, budget({ minAvailable: '50%' })));
  assert.deepEqual([least, most, allowed], ['50%', 'N/A', 0]);
});
