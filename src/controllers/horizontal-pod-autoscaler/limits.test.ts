import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { History } from './history.ts';
import { limit, limitByBehavior } from './limits.ts';

const minuteMs = 60_000;
const window = 5 * minuteMs;
const bounds = (current: number) => ({ min: 2, max: 10, current });

describe('limits without a behavior', () => {
  test('a target grows to twice its size at most, or to four, and never beyond the maximum', () => {
    const grown = (current: number, desired: number) => limit(desired, bounds(current), new History(), window, 0);
    assert.deepEqual([grown(3, 9).replicas, grown(3, 9).scalingLimited.reason], [6, 'ScaleUpLimit']);
    assert.deepEqual([grown(1, 9).replicas, grown(6, 20).replicas, grown(6, 20).scalingLimited.reason], [4, 10, 'TooManyReplicas']);
    assert.deepEqual([grown(5, 1).replicas, grown(5, 1).scalingLimited.reason], [2, 'TooFewReplicas']);
    assert.deepEqual(grown(3, 5).scalingLimited, {
      reason: 'DesiredWithinRange',
      message: 'the desired count is within the acceptable range',
      status: 'False',
    });
  });

  test('it shrinks to the highest recommendation of the last five minutes', () => {
    const history = new History();
    limit(8, bounds(8), history, window, 0);
    const soon = limit(3, bounds(8), history, window, 4 * minuteMs);
    assert.deepEqual([soon.replicas, soon.ableToScale.reason], [8, 'ScaleDownStabilized']);
    const later = limit(3, bounds(8), history, window, 5 * minuteMs + 1);
    assert.deepEqual([later.replicas, later.ableToScale.reason], [3, 'ReadyForNewScale']);
  });
});

describe('limits by a behavior', () => {
  const policy = (type: string, value: number, periodSeconds: number) => ({ type, value, periodSeconds });
  const decide = (desired: number, current: number, behavior: object, history = new History(), nowMs = 0) =>
    limitByBehavior(desired, { min: 1, max: 100, current }, behavior, history, window, nowMs);
  const free = { stabilizationWindowSeconds: 0, policies: [policy('Percent', 100, 15)] };

  test('the largest step that a policy allows, or the smallest', () => {
    const policies = [policy('Pods', 4, 60), policy('Percent', 50, 60)];
    assert.deepEqual([decide(50, 10, { scaleUp: { policies } }).replicas, decide(50, 4, { scaleUp: { policies } }).replicas], [15, 8]);
    assert.equal(decide(50, 10, { scaleUp: { policies, selectPolicy: 'Min' } }).replicas, 14);
    assert.equal(decide(50, 10, { scaleUp: { policies, selectPolicy: 'Disabled' } }).replicas, 10);
    const down = { stabilizationWindowSeconds: 0, policies };
    assert.deepEqual(
      [decide(1, 20, { scaleDown: down }).replicas, decide(1, 20, { scaleDown: { ...down, selectPolicy: 'Min' } }).replicas],
      [10, 16],
    );
    assert.equal(decide(1, 20, { scaleDown: down }).scalingLimited.reason, 'ScaleDownLimit');
  });

  test('what was done in the period counts', () => {
    const history = new History();
    const scaleUp = { policies: [policy('Pods', 4, 60)] };
    history.changed(3, 0);
    assert.equal(decide(50, 13, { scaleUp }, history, 30_000).replicas, 14);
    assert.equal(decide(50, 14, { scaleUp }, history, 61_000).replicas, 18);
  });

  test('windows hold back both ways', () => {
    const history = new History();
    const behavior = { scaleUp: { ...free, stabilizationWindowSeconds: 60 }, scaleDown: { ...free, stabilizationWindowSeconds: 120 } };
    decide(5, 5, behavior, history, 0);
    const up = decide(9, 5, behavior, history, 30_000);
    assert.deepEqual([up.replicas, up.ableToScale.reason], [5, 'ScaleUpStabilized']);
    assert.equal(decide(9, 5, behavior, history, 61_000).replicas, 9);
    const down = decide(4, 9, behavior, history, 100_000);
    assert.deepEqual([down.replicas, down.ableToScale.reason], [9, 'ScaleDownStabilized']);
    assert.equal(decide(4, 9, behavior, history, 182_000).replicas, 4);
  });
});
