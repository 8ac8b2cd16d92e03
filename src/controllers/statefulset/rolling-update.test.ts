import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatefulSet, StatefulSetSpec } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { ordinalOf } from './ordinals.ts';
import { podsToUpdate, staysAtCurrent } from './rolling-update.ts';
import { podTemplate } from './trial-set.ts';

const set = (spec: Partial<StatefulSetSpec> = {}): StatefulSet => ({
  metadata: { name: 'web' },
  spec: {
    replicas: 4,
    selector: {},
    template: podTemplate('a'),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...spec,
  },
  status: { replicas: 0, currentReplicas: 2 },
});
/** `a` and `b` are ready pods of that revision, in capitals they are not ready, with `-` they are going. */
const pods = (...states: string[]): Pod[] =>
  states.map((state, i) => ({
    metadata: {
      name: `web-${i}`,
      labels: { 'controller-revision-hash': state[0]!.toLowerCase() },
      ...(state.endsWith('-') && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { containers: [] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: /[a-z]/.test(state[0]!) ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  }));
const rolling = (rollingUpdate: object): Partial<StatefulSetSpec> => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const updated = (of: StatefulSet, ...states: string[]) => podsToUpdate(of, pods(...states), 'b', 0).map((pod) => ordinalOf(pod, of));

test('one pod at a time, the highest first', () => {
  assert.deepEqual(updated(set(), 'a', 'a', 'a', 'a'), [3]);
  assert.deepEqual(updated(set(), 'a', 'a', 'a', 'b'), [2]);
  assert.deepEqual(updated(set(), 'b', 'b', 'b', 'b'), []);
});

test('nothing goes while one is out of service, be it updated or going', () => {
  assert.deepEqual(updated(set(), 'a', 'a', 'a', 'B'), []);
  assert.deepEqual(updated(set(), 'a', 'a', 'a', 'a-'), []);
});

test('a pod that is out of service already and has to be updated may go at any time', () => {
  assert.deepEqual(updated(set(), 'a', 'A', 'a', 'B'), [1]);
});

test('pods below the partition stay', () => {
  assert.deepEqual(updated(set(rolling({ partition: 3 })), 'a', 'a', 'a', 'b'), []);
  assert.deepEqual(updated(set({ ...rolling({ partition: 3 }), ordinals: { start: 0 } }), 'a', 'a', 'a', 'a'), [3]);
});

test('as many go as maxUnavailable leaves, of a percentage rounded down, but one at least', () => {
  assert.deepEqual(updated(set(rolling({ maxUnavailable: 3 })), 'a', 'a', 'a', 'B'), [2, 1]);
  assert.deepEqual(updated(set(rolling({ maxUnavailable: '70%' })), 'a', 'a', 'a', 'a'), [3, 2]);
  assert.deepEqual(updated(set(rolling({ maxUnavailable: '1%' })), 'a', 'a', 'a', 'a'), [3]);
});

test('OnDelete updates nothing by itself', () => {
  assert.deepEqual(updated(set({ updateStrategy: { type: 'OnDelete' } }), 'a', 'a', 'a', 'a'), []);
});

test('a pod made anew is of the current revision below the partition only', () => {
  const partitioned = set({ ...rolling({ partition: 2 }), ordinals: { start: 10 } });
  assert.deepEqual([10, 11, 12].map((ordinal) => staysAtCurrent(ordinal, partitioned)), [true, true, false]); // prettier-ignore
  assert.equal(staysAtCurrent(0, set({ updateStrategy: { type: 'OnDelete' } })), false);
  assert.equal(staysAtCurrent(1, set({ updateStrategy: { type: 'RollingUpdate' } })), true);
});

test('only the canonical name of an ordinal is a name of the set', () => {
  const named = (name: string) => ordinalOf({ metadata: { name }, spec: { containers: [] }, status: {} }, set());
  assert.deepEqual(['web-0', 'web-12', 'web-01', 'web-', 'web-x', 'other-1', 'web-a-1'].map(named), [0, 12, ...Array(5)]); // prettier-ignore
});
