import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { groupPods } from './pod-groups.ts';
import { replicasByAverage, replicasByUtilization } from './replica-count.ts';
import { requestsOf } from './requests.ts';
import { samplesOf, type Sample } from './resource-metrics.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const rules = { cpuInitializationMs: 300_000, initialReadinessMs: 30_000 };
const tolerance = { up: 0.1, down: 0.1 };

const pod = (name: string, status: PodStatus = {}, requests: Record<string, string> = { cpu: '100m' }): Pod => ({
  metadata: { name, namespace: 'ns' },
  spec: { containers: [{ name: 'c', resources: { requests } }] },
  status: {
    phase: 'Running',
    startTime: '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }],
    ...status,
  },
});
const sample = (milli: number): Sample => ({ milli, atMs: nowMs, windowMs: 15_000 });

function byUtilization(pods: Pod[], used: Record<string, number>, target: number, current = pods.length, within = tolerance) {
  const samples = new Map(Object.entries(used).map(([name, milli]) => [name, sample(milli)]));
  const groups = groupPods(pods, samples, 'cpu', rules, nowMs);
  return replicasByUtilization({ samples, groups, currentReplicas: current, tolerance: within }, requestsOf(pods, 'cpu'), target);
}

describe('size by utilization', () => {
  const three = ['a', 'b', 'c'].map((name) => pod(name));

  test('as many pods as bring use to the target, rounded up', () => {
    assert.deepEqual(byUtilization(three, { a: 100, b: 100, c: 100 }, 50), { replicas: 6, utilization: 100, averageMilli: 100 });
    assert.equal(byUtilization(three, { a: 10, b: 10, c: 40 }, 50).replicas, 2);
  });

  test('within the tolerance nothing changes, each way for itself', () => {
    assert.equal(byUtilization(three, { a: 54, b: 54, c: 54 }, 50).replicas, 3);
    assert.equal(byUtilization(three, { a: 56, b: 56, c: 56 }, 50).replicas, 4);
    assert.equal(byUtilization(three, { a: 56, b: 56, c: 56 }, 50, 3, { up: 0.2, down: 0 }).replicas, 3);
    assert.equal(byUtilization(three, { a: 30, b: 30, c: 30 }, 50, 3, { up: 0, down: 0.5 }).replicas, 3);
  });

  test('a pod without a sample uses all when the target would shrink, and nothing when it would grow', () => {
    assert.equal(byUtilization(three, { a: 10, b: 10 }, 50).replicas, 3);
    assert.equal(byUtilization(three, { a: 100, b: 100 }, 50).replicas, 4);
  });

  test('a pod that is not ready counts as idle where the target would grow, and not at all where it would shrink', () => {
    const unready = pod('c', { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:10Z' }] });
    assert.equal(byUtilization([three[0]!, three[1]!, unready], { a: 100, b: 100, c: 900 }, 50).replicas, 4);
    assert.equal(byUtilization([three[0]!, three[1]!, unready], { a: 20, b: 20, c: 900 }, 50, 3).replicas, 1);
  });

  test('pods that have failed or are going do not count', () => {
    const going: Pod = { ...three[2]!, metadata: { name: 'c', deletionTimestamp: '2026-01-01T00:59:00Z' } };
    assert.equal(byUtilization([three[0]!, going, pod('d', { phase: 'Failed' })], { a: 100, c: 1, d: 1 }, 50, 1).replicas, 2);
  });

  test('without a sample or a request nothing can be said', () => {
    assert.throws(() => byUtilization([pod('a', { phase: 'Pending' })], { a: 1 }, 50), /did not receive metrics for targeted pods/);
    assert.throws(() => byUtilization([pod('a', {}, {})], { a: 1 }, 50), /missing request for cpu in container c of Pod a/);
  });
});

test('the size by average use needs no requests', () => {
  const pods = ['a', 'b'].map((name) => pod(name, {}, {}));
  const samples = new Map(['a', 'b'].map((name) => [name, sample(300)]));
  const groups = groupPods(pods, samples, 'memory', rules, nowMs);
  assert.deepEqual(replicasByAverage({ samples, groups, currentReplicas: 2, tolerance }, 100), { replicas: 6, averageMilli: 300 });
});

test('while a pod may be initializing, its CPU counts from a window of readiness on', () => {
  const readySince = (time: string, startTime: string) =>
    pod('a', { startTime, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }] });
  const ready = (of: Pod, resource = 'cpu') => groupPods([of], new Map([['a', sample(1)]]), resource, rules, nowMs).ready;
  assert.equal(ready(readySince('2026-01-01T00:59:50Z', '2026-01-01T00:59:00Z')), 0);
  assert.equal(ready(readySince('2026-01-01T00:59:45Z', '2026-01-01T00:59:00Z')), 1);
  assert.equal(ready(readySince('2026-01-01T00:59:50Z', '2026-01-01T00:50:00Z')), 1);
  assert.equal(ready(readySince('2026-01-01T00:59:50Z', '2026-01-01T00:59:00Z'), 'memory'), 1);
});

test('a sample is the sum of the containers, or one of them', () => {
  const metrics = (containers: { name: string; usage: { cpu: string; memory: string } }[]) => [
    { metadata: { name: 'p', namespace: 'ns' }, timestamp: '2026-01-01T00:00:00Z', window: '15s', containers },
  ];
  const two = metrics([
    { name: 'main', usage: { cpu: '250m', memory: '64Mi' } },
    { name: 'side', usage: { cpu: '1', memory: '1Ki' } },
  ]);
  assert.deepEqual(samplesOf(two, 'cpu').get('p'), { milli: 1250, atMs: Date.parse('2026-01-01T00:00:00Z'), windowMs: 15_000 });
  assert.equal(samplesOf(two, 'cpu', 'side').get('p')?.milli, 1000);
  assert.throws(() => samplesOf(two, 'cpu', 'other'), /container other not present in metrics for pod ns\/p/);
  assert.equal(samplesOf(two, 'nvidia.com/gpu').size, 0);
});
