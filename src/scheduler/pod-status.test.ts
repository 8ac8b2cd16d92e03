import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodCondition } from '../api/generated/core/v1.ts';
import { statusPatch } from './pod-status.ts';
import { testPod } from './plugins/test-objects.ts';

const nowMs = Date.UTC(2026, 0, 1);
const says = (message: string, status = 'False'): PodCondition => ({ type: 'PodScheduled', status, reason: 'Unschedulable', message });
const podWith = (status: Pod['status'], generation = 3): Pod => {
  const pod = testPod('p');
  return { ...pod, metadata: { ...pod.metadata, generation }, status };
};

test('a new condition comes with its time and the generation that it speaks of', () => {
  assert.deepEqual(statusPatch(podWith({}), { condition: says('a') }, nowMs), {
    status: { conditions: [{ ...says('a'), observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  });
});

test('another message keeps the time at which the status changed last', () => {
  const before = { ...says('a'), observedGeneration: 3, lastTransitionTime: '2025-05-05T05:05:05Z' };
  const patch = statusPatch(podWith({ conditions: [before] }), { condition: says('b') }, nowMs);
  assert.deepEqual(patch, { status: { conditions: [{ ...before, message: 'b' }] } });
});

test('what says nothing new is not written', () => {
  const conditions = [{ ...says('a'), observedGeneration: 3, lastTransitionTime: '2025-05-05T05:05:05Z' }];
  const pod = podWith({ conditions, nominatedNodeName: 'n' });
  assert.equal(statusPatch(pod, { condition: says('a') }, nowMs), undefined);
  assert.equal(statusPatch(pod, { condition: says('a'), nominatedNodeName: 'n' }, nowMs), undefined);
  assert.equal(statusPatch(podWith({}), { nominatedNodeName: '' }, nowMs), undefined);
});

test('a nomination is set, and taken away by null', () => {
  assert.deepEqual(statusPatch(podWith({}), { nominatedNodeName: 'n' }, nowMs), { status: { nominatedNodeName: 'n' } });
  assert.deepEqual(statusPatch(podWith({ nominatedNodeName: 'n' }), { nominatedNodeName: '' }, nowMs), {
    status: { nominatedNodeName: null },
  });
});
