import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../api/generated/core/v1.ts';
import { byValue, deletionCost, leastValuable } from './pod-ranking.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds: number): string => new Date(nowMs - seconds * 1000).toISOString().replace('.000Z', 'Z');

interface Traits {
  readonly node?: string;
  readonly phase?: 'Pending' | 'Running' | 'Unknown';
  readonly readyFor?: number;
  readonly age?: number;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly cost?: string;
}

/** A running pod on a node of its own, ready and made an hour ago, but for what is said. */
function pod(
  name: string,
  { node = name, phase = 'Running', readyFor = 3600, age = 3600, restarts = 0, sidecarRestarts, cost }: Traits = {},
): Pod {
  const state = { image: '', imageID: '', ready: true };
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: ago(age),
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: {
      nodeName: node,
      containers: [],
      ...(sidecarRestarts !== undefined && { initContainers: [{ name: 'side', restartPolicy: 'Always' }] }),
    },
    status: {
      phase,
      conditions: readyFor < 0 ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyFor) }],
      containerStatuses: [{ ...state, name: 'main', restartCount: restarts }],
      ...(sidecarRestarts !== undefined && { initContainerStatuses: [{ ...state, name: 'side', restartCount: sidecarRestarts }] }),
    },
  };
}

const order = (pods: readonly Pod[], related?: readonly Pod[]): string[] =>
  leastValuable(pods, pods.length - 1, { nowMs, ...(related && { related }) }).map(({ metadata }) => metadata.name!);

test('each reason outweighs those after it: unscheduled, phase, readiness, cost, crowd, ready time, restarts, age', () => {
  const worse: Traits[] = [
    { node: '', phase: 'Running' },
    { phase: 'Pending' },
    { readyFor: -1 },
    { cost: '-1' },
    { node: 'crowded' },
    { readyFor: 1 },
    { restarts: 3 },
    { age: 1 },
  ];
  const neighbour = pod('neighbour', { node: 'crowded' });
  for (const [i, traits] of worse.entries()) {
    // It has one fault; the other has all the lesser ones.
    const one = pod('one', traits);
    const other = pod('other', Object.assign({}, ...worse.slice(i + 1)) as Traits);
    assert.deepEqual(order([other, one], i < 4 ? [] : [neighbour, one, other]), ['one'], JSON.stringify(traits));
  }
});

test('among pods of the same age by powers of two the uid decides, not the second', () => {
  assert.deepEqual(order([pod('b', { readyFor: 3000 }), pod('a', { readyFor: 3001 })]), ['a']);
  assert.deepEqual(order([pod('b', { readyFor: 300 }), pod('a', { readyFor: 3001 })]), ['b']);
});

test('of two with the same restarts the one whose sidecar restarted more goes first', () => {
  assert.deepEqual(order([pod('a', { sidecarRestarts: 1 }), pod('b', { sidecarRestarts: 2 })]), ['b']);
});

test('a finished or leaving neighbour makes no crowd', () => {
  const done = { ...pod('done', { node: 'n' }), status: { phase: 'Succeeded' as const } };
  const a = pod('a', { node: 'n', readyFor: 7200 });
  const b = pod('b', { readyFor: 60 });
  assert.deepEqual(order([a, b], [a, b, done]), ['b']);
});

test('a ready pod that is not available yet goes before an available one, whatever they cost', () => {
  const pods = [pod('a', { cost: '-5', readyFor: 60 }), pod('b', { readyFor: 50 })];
  const first = (minReadySeconds: number) => leastValuable(pods, 1, { nowMs, minReadySeconds })[0]?.metadata.name;
  assert.deepEqual([first(0), first(55)], ['a', 'b']);
});

test('when all are to go, all go', () => {
  assert.equal(leastValuable([pod('a'), pod('b')], 5, { nowMs }).length, 2);
});

test('a deletion cost that Go would not read as a number counts as none', () => {
  const cost = (text: string) => deletionCost(pod('p', { cost: text }));
  assert.deepEqual(['5', '-7', '+5', '05', 'x', '2147483648', ''].map(cost), [5, -7, 0, 0, 0, 0, 0]);
});

test("a Job's pods go by the second of their readiness", () => {
  assert.ok(byValue(pod('b', { readyFor: 3000 }), pod('a', { readyFor: 3001 })) < 0);
});
