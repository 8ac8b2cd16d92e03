import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import { fieldErrorText } from '../../field-error.ts';
import type { ObjectMeta } from '../../meta.ts';
import { testPod } from './pod-test-objects.ts';
import { validatePodUpdate } from './pod-update-validation.ts';

const problems = (next: object, old: object, nextMeta: ObjectMeta = {}, oldMeta: ObjectMeta = {}) =>
  validatePodUpdate(testPod(next, nextMeta), testPod(old, oldMeta)).map(fieldErrorText);
const web = { name: 'web', image: 'nginx:1' };

test('validatePodUpdate() lets images change, and deadlines come nearer', () => {
  assert.deepEqual(problems({ containers: [{ ...web, image: 'nginx:2' }] }, { containers: [web] }), []);
  assert.deepEqual(problems({ activeDeadlineSeconds: 5 }, {}), []);
  assert.deepEqual(problems({ activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 6 }), []);
});

test('validatePodUpdate() lets no deadline go further or away', () => {
  assert.deepEqual(problems({ activeDeadlineSeconds: 7 }, { activeDeadlineSeconds: 6 }), [
    'spec.activeDeadlineSeconds: Invalid value: 7: must be less than or equal to previous value',
  ]);
  assert.deepEqual(problems({}, { activeDeadlineSeconds: 6 }), [
    'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
  ]);
});

test('validatePodUpdate() lets no container come or go', () => {
  assert.deepEqual(problems({ containers: [web, { ...web, name: 'b' }] }, { containers: [web] }), [
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
  assert.deepEqual(problems({ initContainers: [web] }, {}), [
    'spec.initContainers: Forbidden: pod updates may not add or remove containers',
  ]);
});

test('validatePodUpdate() shows what may not have changed', () => {
  const [only, ...others] = problems({ containers: [{ ...web, image: 'nginx:2', command: ['sh'] }] }, { containers: [web] });
  assert.deepEqual(others, []);
  const [sentence, ...diff] = only!.split('\n');
  assert.equal(
    sentence,
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  );
  assert.deepEqual(
    diff.filter((line) => /^[+-]/.test(line)).map((line) => line.replace(/\s+/g, '')),
    ['+"command":[', '+"sh"', '+],'],
  );
});

test('validatePodUpdate() lets tolerations be added, and their seconds change', () => {
  const one = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 };
  assert.deepEqual(problems({ tolerations: [{ ...one, tolerationSeconds: 2 }, { operator: 'Exists' }] }, { tolerations: [one] }), []);
  assert.deepEqual(problems({ tolerations: [{ ...one, key: 'b' }] }, { tolerations: [one] }), [
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
});

test('validatePodUpdate() lets a grace below zero become 1', () => {
  assert.deepEqual(problems({ terminationGracePeriodSeconds: 1 }, { terminationGracePeriodSeconds: -5 }), []);
  assert.equal(problems({ terminationGracePeriodSeconds: 1 }, { terminationGracePeriodSeconds: 5 }).length, 1);
});

test('validatePodUpdate() lets gates be lifted, and a gated pod be narrowed', () => {
  const gated = { schedulingGates: [{ name: 'a.io/x' }, { name: 'a.io/y' }] };
  assert.deepEqual(problems({ schedulingGates: [{ name: 'a.io/y' }] }, gated), []);
  assert.deepEqual(problems({ schedulingGates: [{ name: 'a.io/z' }] }, gated), [
    "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a.io/z'",
  ]);
  assert.deepEqual(problems({ ...gated, nodeSelector: { a: 'b', c: 'd' } }, { ...gated, nodeSelector: { a: 'b' } }), []);
  assert.deepEqual(problems({ ...gated, nodeSelector: { c: 'd' } }, { ...gated, nodeSelector: { a: 'b' } }), [
    'spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
  ]);
  assert.equal(problems({ nodeSelector: { a: 'b' } }, {}).length, 1, 'an ungated pod is not narrowed');
});

const requiring = (...matchExpressions: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } },
});

test("validatePodUpdate() lets a gated pod's node affinity only gain requirements", () => {
  const gates = { schedulingGates: [{ name: 'a.io/x' }] };
  const [a, b] = [
    { key: 'a', operator: 'Exists' },
    { key: 'b', operator: 'Exists' },
  ];
  assert.deepEqual(problems({ ...gates, ...requiring(a) }, gates), []);
  assert.deepEqual(problems({ ...gates, ...requiring(a, b) }, { ...gates, ...requiring(a) }), []);
  const [only] = problems({ ...gates, ...requiring(b) }, { ...gates, ...requiring(a) });
  assert.match(only!, /nodeSelectorTerms\[0\]: Invalid value: .*: only additions are allowed \(no mutations or deletions\)$/);
});

test('validatePodUpdate() holds the mirror and AppArmor annotations', () => {
  const mirror: Pod['metadata'] = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  assert.deepEqual(problems({}, {}, {}, mirror), [
    'metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not remove or update mirror pod annotation',
  ]);
  assert.deepEqual(problems({}, {}, mirror, {}), [
    'metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod annotation',
  ]);
});
