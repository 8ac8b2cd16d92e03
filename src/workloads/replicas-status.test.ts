import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../api/generated/core/v1.ts';
import { replicasStatus, statusDiffers, type Replicated, type ReplicasStatus } from './replicas-status.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const replicated = (status: ReplicasStatus = { replicas: 0 }): Replicated => ({
  metadata: { name: 'web', generation: 4 },
  spec: { replicas: 3, minReadySeconds: 10, template: { metadata: { labels: { app: 'web', tier: 'x' } } } },
  status,
});

function pod(readyFor: number | undefined, labels: Record<string, string> = { app: 'web', tier: 'x' }): Pod {
  const lastTransitionTime = new Date(nowMs - (readyFor ?? 0) * 1000).toISOString();
  const ready = { type: 'Ready', status: readyFor === undefined ? ('False' as const) : ('True' as const), lastTransitionTime };
  return { metadata: { labels }, spec: { containers: [] }, status: { conditions: [ready] } };
}

test('pods are counted that are there, ready, ready for long enough, and labelled as the template says now', () => {
  const active = [pod(undefined), pod(9), pod(10), pod(60, { app: 'web' })];
  assert.deepEqual(replicasStatus(replicated(), { active, terminating: 2 }, nowMs), {
    replicas: 4,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 2,
    terminatingReplicas: 2,
    observedGeneration: 4,
  });
});

test('counts of none are left out, but for the pods themselves and those on their way out', () => {
  const status = replicasStatus(replicated(), { active: [], terminating: 0 }, nowMs);
  assert.deepEqual(status, { replicas: 0, terminatingReplicas: 0, observedGeneration: 4 });
  assert.ok(!statusDiffers(status, { ...status, conditions: [] }));
  assert.ok(statusDiffers(status, { ...status, replicas: 1 }));
});

test('a failure is told once and taken back when it is over', () => {
  const failure = { error: new Error('no more') };
  const failed = replicasStatus(replicated(), { active: [pod(60)], failure }, nowMs);
  assert.deepEqual(failed.conditions, [
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: '2026-03-01T12:00:00Z', reason: 'FailedCreate', message: 'no more' },
  ]);
  const later = replicasStatus(replicated(failed), { active: [pod(60)], failure: { error: new Error('again') } }, nowMs + 5000);
  assert.deepEqual(later.conditions, failed.conditions);
  assert.equal(replicasStatus(replicated(failed), { active: [pod(60)] }, nowMs).conditions, undefined);
});

test('a failure with too many pods is one to delete them', () => {
  const active = Array.from({ length: 4 }, () => pod(60));
  const { conditions } = replicasStatus(replicated(), { active, failure: { error: new Error('x') } }, nowMs);
  assert.equal(conditions?.[0]?.reason, 'FailedDelete');
});
