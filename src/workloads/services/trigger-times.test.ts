import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, Service } from '../../api/generated/core/v1.ts';
import { TriggerTimes, withTriggerTime } from './trigger-times.ts';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const service: Service = { metadata: { name: 'web', creationTimestamp: at(1) }, spec: {}, status: {} };
const pod = (name: string, second: number): Pod => ({
  metadata: { name },
  spec: { containers: [] },
  status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(second) }] },
});

test('a new service is its own trigger; then the earliest change since the last look is', () => {
  const times = new TriggerTimes();
  assert.equal(times.next('k', service, [pod('a', 5)]), at(1));
  assert.equal(times.next('k', service, [pod('a', 5)]), undefined);
  assert.equal(times.next('k', service, [pod('a', 9), pod('b', 7)]), at(7));
  assert.equal(times.next('k', service, [pod('b', 7)]), undefined);
});

test('a pod that comes back under its old name is news', () => {
  const times = new TriggerTimes();
  times.next('k', service, [pod('a', 5), pod('b', 5)]);
  times.next('k', service, [pod('a', 5)]);
  assert.equal(times.next('k', service, [pod('a', 5), pod('b', 5)]), at(5));
});

test('without a trigger the annotation goes', () => {
  const name = 'endpoints.kubernetes.io/last-change-trigger-time';
  assert.deepEqual(withTriggerTime({ mine: 'x' }, at(3)), { mine: 'x', [name]: at(3) });
  assert.deepEqual(withTriggerTime({ mine: 'x', [name]: at(3) }, undefined), { mine: 'x' });
});
