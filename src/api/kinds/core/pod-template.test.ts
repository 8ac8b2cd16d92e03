import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodTemplateSpec } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import { defaultPodSpec, podTemplateWarnings, validatePodTemplateSpec } from './pod-template.ts';

/** As a template stands after defaulting. */
function template(spec: object, metadata: object = {}): PodTemplateSpec {
  const draft = structuredClone({ metadata, spec }) as Draft<PodTemplateSpec>;
  defaultPodSpec(draft.spec!);
  return draft;
}

const problems = (spec: object, metadata?: object) =>
  validatePodTemplateSpec(template(spec, metadata), 'spec.template').map(fieldErrorText);
const web = { containers: [{ name: 'web', image: 'nginx' }] };

test('validatePodTemplateSpec() finds nothing wrong with the smallest template', () => assert.deepEqual(problems(web), []));

test('validatePodTemplateSpec() wants containers, and no ephemeral ones', () => {
  assert.deepEqual(problems({}), ['spec.template.spec.containers: Required value']);
  const debug = { ...web, ephemeralContainers: [{ name: 'debug', image: 'busybox' }] };
  assert.deepEqual(problems(debug), [
    'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
  ]);
});

test('validatePodTemplateSpec() lets host ports wait for the pod', () => {
  const port = { containerPort: 80 };
  assert.deepEqual(problems({ hostNetwork: true, containers: [{ ...web.containers[0], ports: [port] }] }), []);
  const other = { hostNetwork: true, containers: [{ ...web.containers[0], ports: [{ ...port, hostPort: 81 }] }] };
  assert.deepEqual(problems(other), [
    'spec.template.spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
  ]);
});

test('validatePodTemplateSpec() tells label and annotation problems without `metadata`, as upstream does', () => {
  const [first] = problems(web, { labels: { 'a b': 'c' } });
  assert.match(first!, /^spec\.template\.labels: Invalid value: "a b": name part must consist of/);
});

test('podTemplateWarnings() leads with the path of the template', () => {
  assert.deepEqual(podTemplateWarnings(template({ ...web, terminationGracePeriodSeconds: -1 }), undefined, 'spec.template'), [
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
  ]);
});
