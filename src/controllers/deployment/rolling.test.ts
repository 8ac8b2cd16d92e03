import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { rollingStep, sizeOfCurrent } from './rolling.ts';
import { deploymentOf, replicaSetOf } from './trial-objects.ts';

const limited = (replicas: number, maxSurge: number, maxUnavailable: number): Deployment =>
  deploymentOf(replicas, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } });

const steps = (deployment: Deployment, current: ReplicaSet, ...old: ReplicaSet[]): string[] =>
  rollingStep(deployment, current, { current, old }).map(({ replicaSet, size }) => `${replicaSet.metadata.name}: ${size}`);

test('the new one grows into the room that surge leaves', () => {
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 0), replicaSetOf('a', 10)), ['z: 3']);
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 5), replicaSetOf('a', 6)), ['z: 7']);
  assert.deepEqual(steps(limited(10, 30, 2), replicaSetOf('z', 0), replicaSetOf('a', 10)), ['z: 10']);
});

test('the new one shrinks when it is too large', () => {
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 12)), ['z: 10']);
});

test('the old ones shrink as far as availability allows, the oldest first', () => {
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 3, { available: 0 }), replicaSetOf('a', 10)), ['a: 8']);
  assert.deepEqual(steps(limited(10, 3, 0), replicaSetOf('z', 3, { available: 0 }), replicaSetOf('a', 10)), []);
  assert.deepEqual(steps(limited(10, 3, 0), replicaSetOf('z', 3), replicaSetOf('a', 2), replicaSetOf('b', 8)), ['a: 0', 'b: 7']);
});

test('pods of old ones that are not available go first, and cost no availability', () => {
  const broken = replicaSetOf('b', 4, { available: 0 });
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 1, { available: 0 }), replicaSetOf('a', 8), broken), ['b: 0']);
  const half = replicaSetOf('a', 10, { available: 9 });
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 3, { available: 0 }), half), ['a: 9', 'a: 8']);
});

test("unavailable new pods do not let old ones' pods go", () => {
  // 13 pods, 8 must be available, 5 new ones crash, and an old one was lost.
  assert.deepEqual(steps(limited(10, 3, 2), replicaSetOf('z', 5, { available: 0 }), replicaSetOf('a', 8, { available: 7 })), []);
});

test('nothing grows while pods are still to go', () => {
  const late = replicaSetOf('a', 8, { actual: 10 });
  assert.deepEqual(steps(limited(10, 2, 0), replicaSetOf('z', 2), late), []);
  assert.equal(sizeOfCurrent(limited(10, 2, 2), 0, { old: [late] }), 0);
  assert.equal(sizeOfCurrent(limited(10, 2, 2), 0, { old: [replicaSetOf('a', 8)] }), 4);
});

test('nothing shrinks on word that is older than the sizes', () => {
  const grownBack = replicaSetOf('z', 10, { available: 10, unobserved: true });
  assert.deepEqual(steps(limited(10, 2, 2), grownBack, replicaSetOf('a', 2)), []);
});

test('a Recreate begins with all it is to have', () => {
  assert.equal(sizeOfCurrent(deploymentOf(7, { strategy: { type: 'Recreate' } }), 0, { old: [] }), 7);
});
