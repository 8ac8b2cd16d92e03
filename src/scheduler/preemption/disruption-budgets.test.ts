import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelSelector } from '../../api/meta.ts';
import type { PodDisruptionBudget } from '../../api/generated/policy/v1.ts';
import { podInfoOf } from '../pod-info.ts';
import { testPod } from '../plugins/test-objects.ts';
import { byDisruptionBudgets } from './disruption-budgets.ts';

const db: LabelSelector = { matchLabels: { app: 'db' } };

function budget(
  disruptionsAllowed: number,
  selector: LabelSelector | undefined = db,
  more: Partial<PodDisruptionBudget['status']> = {},
): PodDisruptionBudget {
  const status = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed, ...more };
  return { metadata: { name: 'b', namespace: 'default' }, spec: { ...(selector && { selector }) }, status };
}

const pods = ['a', 'b', 'c'].map((name) => podInfoOf(testPod(name, { labels: { app: 'db' } })));
const violating = (...budgets: PodDisruptionBudget[]) => byDisruptionBudgets(pods, budgets).violating.map(({ pod }) => pod.metadata.name);

test('pods beyond what a budget allows violate it, in their order', () => {
  assert.deepEqual(violating(), []);
  assert.deepEqual(violating(budget(2)), ['c']);
  assert.deepEqual(violating(budget(0)), ['a', 'b', 'c']);
});

test('of several budgets one is enough to be violated', () => {
  assert.deepEqual(violating(budget(5), budget(1)), ['b', 'c']);
});

test('a budget without a selector, or with an empty one, is about nobody', () => {
  assert.deepEqual(violating(budget(0, {})), []);
  assert.deepEqual(violating({ ...budget(0), spec: {} }), []);
});

test('a budget is about the pods of its own namespace', () => {
  assert.deepEqual(violating({ ...budget(0), metadata: { name: 'b', namespace: 'other' } }), []);
});

test('a pod whose going the budget knows of already is not counted', () => {
  assert.deepEqual(violating(budget(1, db, { disruptedPods: { a: '2026-01-01T00:00:00Z' } })), ['c']);
});
