import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget } from '../../api/generated/policy/v1.ts';
import { countHealthy, disruptedPods, failedStatus, nextStatus } from './budget-status.ts';
import { expectationOf } from './expected-pods.ts';
import { GuardedPods } from './guard.ts';

const nowMs = Date.parse('2026-01-01T00:10:00Z');
const pod = (name: string, ready = true, more: object = {}): Pod => ({
  metadata: { name, ...more },
  spec: { containers: [] },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const budget: PodDisruptionBudget = { metadata: { name: 'b', generation: 3 }, spec: {}, status: {} };
const guardedOf = (...pods: Pod[]): GuardedPods => {
  const guarded = new GuardedPods();
  for (const one of pods) guarded.put(one);
  return guarded;
};
const none = disruptedPods(guardedOf(), {}, nowMs);

test('an eviction counts until its pod is seen to go, and not longer than two minutes', () => {
  const pods = guardedOf(pod('fresh'), pod('going', true, { deletionTimestamp: '2026-01-01T00:10:00Z' }), pod('late'));
  const noted = {
    fresh: '2026-01-01T00:09:00Z',
    going: '2026-01-01T00:09:00Z',
    late: '2026-01-01T00:07:59Z',
    gone: '2026-01-01T00:09:00Z',
  };
  const left = disruptedPods(pods, { disruptedPods: noted }, nowMs);
  assert.deepEqual(left.pods, { fresh: '2026-01-01T00:09:00Z' });
  assert.deepEqual(
    left.overdue.map(({ metadata }) => metadata.name),
    ['late'],
  );
  assert.equal(left.recheckMs, Date.parse('2026-01-01T00:11:00Z'));
  assert.equal(countHealthy(pods, left, nowMs), 1);
});

test('as many may go as are healthy beyond what is desired', () => {
  const status = nextStatus(budget, { expected: 5, desired: 3, unmanaged: [] }, 4, none, nowMs);
  assert.equal(status.disruptionsAllowed, 1);
  assert.equal(status.observedGeneration, 3);
  assert.deepEqual(status.conditions, [
    {
      type: 'DisruptionAllowed',
      status: 'True',
      reason: 'SufficientPods',
      message: '',
      lastTransitionTime: '2026-01-01T00:10:00Z',
      observedGeneration: 3,
    },
  ]);
});

test('with no pods expected nothing may go, though nothing is missing', () => {
  const status = nextStatus(budget, { expected: 0, desired: 0, unmanaged: [] }, 0, none, nowMs);
  assert.equal(status.disruptionsAllowed, 0);
  assert.equal(status.conditions?.[0]?.reason, 'InsufficientPods');
});

test('the condition keeps its time while its status stays', () => {
  const failed = failedStatus(budget, 'why', nowMs - 60_000);
  assert.equal(failed.conditions?.[0]?.message, 'why');
  const status = nextStatus({ ...budget, status: failed }, { expected: 1, desired: 1, unmanaged: [] }, 1, none, nowMs);
  assert.equal(status.conditions?.[0]?.reason, 'InsufficientPods');
  assert.equal(status.conditions?.[0]?.lastTransitionTime, '2026-01-01T00:09:00Z');
});

test('percentages are of what the controllers want, rounded up', async () => {
  const pods = guardedOf(pod('a'), pod('b'));
  const owners = async () => 7;
  const of = async (spec: object) => {
    const { expected, desired } = await expectationOf(spec, pods, owners);
    return [expected, desired];
  };
  assert.deepEqual(await of({ minAvailable: '50%' }), [7, 4]);
  assert.deepEqual(await of({ maxUnavailable: '50%' }), [7, 3]);
  assert.deepEqual(await of({ maxUnavailable: 9 }), [7, 0]);
  assert.deepEqual(await of({ minAvailable: 5 }), [2, 5]);
});

test('pods are counted as they change and go', () => {
  const owned = (name: string, ready: boolean) =>
    pod(name, ready, { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: 'u', controller: true }] });
  const guarded = guardedOf(owned('a', true), owned('b', false), pod('c'));
  const numbers = () => [guarded.total, guarded.healthy, guarded.owners.length, guarded.unmanaged.length];
  assert.deepEqual(numbers(), [3, 2, 1, 1]);
  guarded.put(owned('a', false));
  guarded.put(owned('b', true));
  guarded.put(owned('c', true));
  assert.deepEqual(numbers(), [3, 2, 1, 0]);
  for (const name of ['a', 'b', 'c', 'd']) guarded.remove(name);
  assert.deepEqual(numbers(), [0, 0, 0, 0]);
});
