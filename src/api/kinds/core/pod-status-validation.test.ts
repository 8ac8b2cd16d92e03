import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from '../../field-error.ts';
import { validatePodStatusUpdate } from './pod-status-validation.ts';
import { testPod } from './pod-test-objects.ts';

const problems = (next: object, old: object = {}, spec: object = {}) =>
  validatePodStatusUpdate(testPod(spec, {}, next), testPod(spec, {}, old)).map(fieldErrorText);

const ended = (exitCode: number) => ({ containerStatuses: [{ name: 'web', state: { terminated: { exitCode } } }] });
const running = { containerStatuses: [{ name: 'web', state: { running: {} } }] };
const web = { name: 'web', image: 'nginx' };
const refused = ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'];

const revivals: readonly (readonly [what: string, exitCode: number, spec: object, allowed: boolean])[] = [
  ['Always', 0, {}, true],
  ['OnFailure after a failure', 1, { restartPolicy: 'OnFailure' }, true],
  ['OnFailure after success', 0, { restartPolicy: 'OnFailure' }, false],
  ['Never', 1, { restartPolicy: 'Never' }, false],
  ["Never in the container's own policy", 1, { containers: [{ ...web, restartPolicy: 'Never' }] }, false],
  [
    'a rule for the exit code',
    3,
    {
      restartPolicy: 'Never',
      containers: [
        { ...web, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [3] } }] },
      ],
    },
    true,
  ],
  [
    'a rule for other exit codes',
    3,
    {
      restartPolicy: 'Never',
      containers: [
        { ...web, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [3] } }] },
      ],
    },
    false,
  ],
];

for (const [what, exitCode, spec, allowed] of revivals) {
  test(`a container ${allowed ? 'may' : 'may not'} run again under ${what}`, () => {
    assert.deepEqual(problems(running, ended(exitCode), spec), allowed ? [] : refused);
  });
}

test('an ephemeral container that has ended stays so', () => {
  const status = (state: object) => ({ ephemeralContainerStatuses: [{ name: 'debug', state }] });
  assert.deepEqual(problems(status({ running: {} }), status({ terminated: { exitCode: 1 } })), [
    'status.ephemeralContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
  ]);
});

test('a bound pod gets no nomination', () => {
  assert.deepEqual(problems({ nominatedNodeName: 'n2' }), []);
  assert.deepEqual(problems({ nominatedNodeName: 'n2' }, {}, { nodeName: 'n1' }), [
    'status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node',
  ]);
});

test('the class of service does not change, and generations count from zero', () => {
  assert.deepEqual(problems({ qosClass: 'BestEffort', observedGeneration: -1 }, { qosClass: 'Burstable' }), [
    'status.observedGeneration: Invalid value: -1: must be a non-negative integer',
    'status.qosClass: Invalid value: "BestEffort": field is immutable',
  ]);
});

test('addresses are checked when they come, and kept once they are there', () => {
  const odd = { podIPs: [{ ip: '010.0.0.1' }] };
  assert.deepEqual(problems(odd), ['status.podIPs[0]: Invalid value: "010.0.0.1": must not have leading 0s']);
  assert.deepEqual(problems(odd, odd), []);
  assert.deepEqual(problems({ podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }), []);
});

test('devices are of what the container asked for', () => {
  const spec = { containers: [{ ...web, resources: { limits: { 'a.io/gpu': '1' } } }] };
  const status = (name: string, health: string) => ({
    containerStatuses: [{ name: 'web', allocatedResourcesStatus: [{ name, resources: [{ resourceID: 'x', health }] }] }],
  });
  assert.deepEqual(problems(status('a.io/gpu', 'Healthy'), {}, spec), []);
  const at = 'status.containerStatuses[0].allocatedResourcesStatus[0]';
  assert.deepEqual(problems(status('b.io/gpu', 'Sick'), {}, spec), [
    `${at}.name: Invalid value: "b.io/gpu": must match one of the container's resource requests`,
    `${at}.resources[0].health: Unsupported value: "Sick": supported values: "Healthy", "Unhealthy", "Unknown"`,
  ]);
});

test('a claim made for extended resources names what the pod has', () => {
  const spec = { containers: [{ ...web, resources: { limits: { 'a.io/gpu': '1' } } }] };
  const good = { containerName: 'web', resourceName: 'a.io/gpu', requestName: 'r' };
  const status = (...requestMappings: object[]) => ({ extendedResourceClaimStatus: { resourceClaimName: 'c', requestMappings } });
  assert.deepEqual(problems(status(good), {}, spec), []);
  const path = 'status.extendedResourceClaimStatus.requestMappings';
  assert.deepEqual(problems(status(), {}, spec), [`${path}: Required value: at least one request mapping is required`]);
  assert.deepEqual(problems(status({ ...good, containerName: 'x' }), {}, spec), [
    `${path}[0].containerName: Invalid value: "x": must match the name of an entry in spec.initContainers.name or spec.containers.name`,
  ]);
});
