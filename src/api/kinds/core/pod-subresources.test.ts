import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodType } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import type { WriteContext } from '../../kind.ts';
import { testPod } from './pod-test-objects.ts';
import { Pod } from './pod.ts';

const write = { user: { name: 'admin', groups: [] }, nowMs: 0 } as unknown as WriteContext;

/** Writes `next` through the subresource: what is left of it, and what is wrong with it. */
function update(subresource: 'ephemeralcontainers' | 'resize', next: PodType, old: PodType) {
  const rules = Pod.strategy.subresourceUpdates![subresource]!;
  const draft = structuredClone(next) as Draft<PodType>;
  rules.prepare(draft, old, write);
  return { pod: draft, problems: rules.validate!(draft, old).map(fieldErrorText) };
}

const debug = { name: 'debug', image: 'busybox' };
const sized = (cpu: string, memory = '1Gi', more: object = {}) => ({
  containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu, memory }, limits: { cpu: '4', memory: '4Gi' } }, ...more }],
});

test('an update of ephemeral containers adds them and changes nothing else', () => {
  const next = testPod({ ephemeralContainers: [debug], restartPolicy: 'Never' }, { labels: { a: 'b' } });
  const { pod, problems } = update('ephemeralcontainers', next, testPod());
  assert.deepEqual(problems, []);
  assert.equal(pod.spec.ephemeralContainers?.[0]!.name, 'debug');
  assert.equal(pod.spec.restartPolicy, 'Always');
  assert.equal(pod.metadata.labels, undefined);
});

test('ephemeral containers stay as they are', () => {
  const old = testPod({ ephemeralContainers: [debug] });
  const removed = update('ephemeralcontainers', testPod(), old);
  assert.deepEqual(removed.problems, ['spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed\n']);
  const [changed] = update('ephemeralcontainers', testPod({ ephemeralContainers: [{ ...debug, image: 'alpine' }] }), old).problems;
  assert.match(changed!, /^spec\.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed\n@@ /);
});

test('static pods take neither', () => {
  const mirror = testPod({ nodeName: 'n' }, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
  assert.deepEqual(update('ephemeralcontainers', mirror, mirror).problems, [
    ': Forbidden: static pods do not support ephemeral containers',
  ]);
  assert.deepEqual(update('resize', mirror, mirror).problems, [': Forbidden: static pods cannot be resized']);
});

test('a resize changes cpu and memory, and nothing else', () => {
  const { pod, problems } = update('resize', testPod({ ...sized('2', '2Gi'), restartPolicy: 'Never' }), testPod(sized('1')));
  assert.deepEqual(problems, []);
  assert.deepEqual(pod.spec.containers[0]!.resources?.requests, { cpu: '2', memory: '2Gi' });
  assert.equal(pod.spec.restartPolicy, 'Always');
});

test('a resize may neither remove resources nor change the class of service', () => {
  const removed = update(
    'resize',
    testPod({ containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '1' } } }] }),
    testPod(sized('1')),
  );
  assert.deepEqual(removed.problems, [
    'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
  ]);
  const promoted = update('resize', testPod(sized('4', '4Gi')), testPod(sized('1')));
  assert.deepEqual(promoted.problems, ['spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing']);
});

test('a resize leaves other resources alone', () => {
  const withGpu = (count: string) => ({
    containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '1', 'a.io/gpu': count }, limits: { 'a.io/gpu': count } } }],
  });
  assert.deepEqual(update('resize', testPod(withGpu('2')), testPod(withGpu('1'))).problems, [
    'spec: Forbidden: only cpu and memory resources are mutable',
  ]);
});

test('a resize neither adds, renames nor reorders containers', () => {
  const pair = (first: string, second: string) =>
    testPod({
      containers: [
        { name: first, image: 'x' },
        { name: second, image: 'x' },
      ],
    });
  const why = 'Forbidden: containers may not be renamed or reordered on resize';
  assert.deepEqual(update('resize', pair('b', 'a'), pair('a', 'b')).problems, [
    `spec.containers[0].name: ${why}`,
    `spec.containers[1].name: ${why}`,
  ]);
  assert.deepEqual(update('resize', testPod(), pair('a', 'b')).problems, [
    'spec.containers: Forbidden: containers may not be added or removed on resize',
  ]);
});
