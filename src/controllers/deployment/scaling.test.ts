import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { isScaled, proportionalSizes, sizesAfterScaling } from './scaling.ts';
import { deploymentOf, replicaSetOf } from './trial-objects.ts';

const surging = (replicas: number, maxSurge: number): Deployment =>
  deploymentOf(replicas, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: 1 } } });

const sizes = (sizings: readonly { replicaSet: ReplicaSet; size: number }[]): Record<string, number> =>
  Object.fromEntries(sizings.map(({ replicaSet, size }) => [replicaSet.metadata.name, size]));

test('a Deployment is scaled when a set in use knows it in another size', () => {
  const current = replicaSetOf('z', 4, { desired: 4 });
  assert.ok(!isScaled(deploymentOf(4), { current, old: [] }));
  assert.ok(isScaled(deploymentOf(5), { current, old: [] }));
  assert.ok(!isScaled(deploymentOf(5), { current: replicaSetOf('z', 5, { desired: 5 }), old: [replicaSetOf('a', 0, { desired: 4 })] }));
  assert.ok(!isScaled(deploymentOf(5), { current: replicaSetOf('z', 4), old: [] }), 'without the annotation nobody knows');
});

test('the only set in use takes it all; with none in use it is the current or the newest', () => {
  const grown = (family: { current?: ReplicaSet; old: ReplicaSet[] }) => sizes(sizesAfterScaling(deploymentOf(6), family));
  assert.deepEqual(grown({ current: replicaSetOf('z', 0), old: [replicaSetOf('a', 4)] }), { a: 6 });
  assert.deepEqual(grown({ current: replicaSetOf('z', 0), old: [replicaSetOf('a', 0)] }), { z: 6 });
  assert.deepEqual(grown({ old: [replicaSetOf('a', 0), replicaSetOf('b', 0)] }), { b: 6 });
  assert.deepEqual(grown({ old: [] }), {});
});

test('old ones beside a complete current one have nothing left to do', () => {
  const family = { current: replicaSetOf('z', 4, { desired: 4 }), old: [replicaSetOf('a', 2), replicaSetOf('b', 0)] };
  assert.deepEqual(sizes(sizesAfterScaling(deploymentOf(4, { paused: true }), family)), { a: 0 });
});

test('in a rollout each set grows and shrinks by its share', () => {
  const scaled = (to: number, ...inUse: ReplicaSet[]) => sizes(proportionalSizes(surging(to, 3), inUse));
  const [old, current] = [replicaSetOf('a', 8, { max: 13 }), replicaSetOf('z', 5, { max: 13 })];
  assert.deepEqual(scaled(15, old, current), { a: 11, z: 7 });
  assert.deepEqual(scaled(5, old, current), { a: 5, z: 3 });
  assert.deepEqual(scaled(0, old, current), { a: 0, z: 0 });
  assert.deepEqual(scaled(10, old, current), { a: 8, z: 5 });
});

test('what rounding leaves goes to the largest, and among equals to the newer when growing and the older when shrinking', () => {
  const three = ['a', 'b', 'c'].map((name) => replicaSetOf(name, 5, { max: 15 }));
  assert.deepEqual(sizes(proportionalSizes(surging(16, 0), three)), { c: 6, b: 5, a: 5 });
  assert.deepEqual(sizes(proportionalSizes(surging(14, 0), three)), { a: 4, b: 5, c: 5 });
  assert.deepEqual(sizes(proportionalSizes(surging(17, 0), three)), { c: 6, b: 6, a: 5 });
});

test('without the annotation shares are of the pods there are', () => {
  const deployment = { ...surging(20, 0), status: { replicas: 10 } };
  assert.deepEqual(sizes(proportionalSizes(deployment, [replicaSetOf('a', 6), replicaSetOf('z', 4)])), { a: 12, z: 8 });
});

test('nothing grows while pods are still to go, but everything may shrink', () => {
  const family = { current: replicaSetOf('z', 4), old: [replicaSetOf('a', 0, { actual: 2 })] };
  assert.deepEqual(sizes(sizesAfterScaling(deploymentOf(6), family)), {});
  assert.deepEqual(sizes(sizesAfterScaling(deploymentOf(3), family)), { z: 3 });
});
