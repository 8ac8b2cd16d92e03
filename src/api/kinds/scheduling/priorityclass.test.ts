import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { PriorityClass } from './priorityclass.ts';

const priority = (name: string, parts: Manifest = {}): Manifest => ({ metadata: { name }, ...parts });
const reserved = "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ";

const cases: readonly (readonly [manifest: Manifest, problems: readonly string[]])[] = [
  [priority('high', { value: 1_000_000_000 }), []],
  [priority('high', { value: 1_000_000_001 }), ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']],
  [priority('system-node-critical', { value: 2_000_001_000 }), []],
  [priority('system-node-critical', { value: 5 }), [`${reserved}value of system-node-critical PriorityClass must be 2000001000`]],
  [
    priority('system-cluster-critical', { value: 2_000_000_000, globalDefault: true }),
    [`${reserved}globalDefault of system-cluster-critical PriorityClass must be false`],
  ],
  [priority('system-mine'), [`${reserved}system-mine is not a known system priority class`]],
  [
    priority('high', { preemptionPolicy: 'Sometimes' }),
    ['preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"'],
  ],
];

for (const [manifest, problems] of cases) {
  test(`PriorityClass rules: ${JSON.stringify(manifest)}`, () => assert.deepEqual(createProblems(PriorityClass, manifest), problems));
}

test('a class preempts by default, and its value is for good', () => {
  const made = created(PriorityClass, priority('high', { value: 7 }));
  assert.deepEqual(row(PriorityClass, made), {
    Name: 'high',
    Value: 7,
    'Global-Default': false,
    Age: '<unknown>',
    PreemptionPolicy: 'PreemptLowerPriority',
  });
  assert.equal(made.metadata.generation, 1);
  assert.deepEqual(
    updateProblems(PriorityClass, priority('high', { value: 7 }), (next) => Object.assign(next, { value: 8, preemptionPolicy: 'Never' })),
    ['value: Forbidden: may not be changed in an update.', 'preemptionPolicy: Invalid value: "Never": field is immutable'],
  );
  assert.deepEqual(
    updateProblems(PriorityClass, priority('high'), (next) => (next.globalDefault = true)),
    [],
  );
});
