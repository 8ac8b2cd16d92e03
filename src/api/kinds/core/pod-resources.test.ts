import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantityText } from '../../quantity.ts';
import { aggregateContainers, podLimits, podRequests, qosClass, type Resources } from './pod-resources.ts';
import { testPod } from './pod-test-objects.ts';

const uses = (name: string, cpu: string, more: object = {}) => ({ name, image: 'x', resources: { requests: { cpu } }, ...more });
const texts = (resources: Resources) => Object.fromEntries([...resources].map(([name, quantity]) => [name, quantityText(quantity)]));

test('aggregateContainers() takes the sum of those that run, or the hungriest init container', () => {
  const { spec } = testPod({ containers: [uses('a', '1'), uses('b', '500m')], initContainers: [uses('i', '1'), uses('j', '2')] });
  assert.deepEqual(texts(aggregateContainers(spec, 'requests')), { cpu: '2' });
});

test('aggregateContainers() counts a sidecar beside all that comes after it', () => {
  const sidecar = uses('s', '300m', { restartPolicy: 'Always' });
  const { spec } = testPod({ containers: [uses('a', '1')], initContainers: [uses('i', '1200m'), sidecar, uses('j', '1100m')] });
  assert.deepEqual(texts(aggregateContainers(spec, 'requests')), { cpu: '1400m' });
});

test('podRequests() adds the overhead, podLimits() only to what is limited', () => {
  const { spec } = testPod({
    overhead: { cpu: '250m', memory: '64Mi' },
    containers: [{ name: 'a', image: 'x', resources: { limits: { cpu: '1' } } }],
  });
  assert.deepEqual(texts(podRequests(spec)), { cpu: '1250m', memory: '64Mi' });
  assert.deepEqual(texts(podLimits(spec)), { cpu: '1250m' });
});

test('podRequests() takes pod-level requests over those of the containers', () => {
  const { spec } = testPod({ resources: { requests: { cpu: '3' } }, containers: [uses('a', '1')] });
  assert.deepEqual(texts(podRequests(spec)), { cpu: '3' });
});

const classes: readonly (readonly [resources: object, qos: string])[] = [
  [{}, 'BestEffort'],
  [{ limits: { 'a.io/gpu': '1' } }, 'BestEffort'],
  [{ requests: { cpu: '0' } }, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
];

for (const [resources, qos] of classes) {
  test(`qosClass() of ${JSON.stringify(resources)} is ${qos}`, () => {
    assert.equal(qosClass(testPod({ containers: [{ name: 'a', image: 'x', resources }] }).spec), qos);
  });
}

test('one container without limits makes a pod burstable', () => {
  const guaranteed = { name: 'a', image: 'x', resources: { limits: { cpu: '1', memory: '1Gi' } } };
  assert.equal(qosClass(testPod({ containers: [guaranteed, { name: 'b', image: 'x' }] }).spec), 'Burstable');
});
