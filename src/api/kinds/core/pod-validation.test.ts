import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import { fieldErrorText } from '../../field-error.ts';
import { podWithContainer, testPod } from './pod-test-objects.ts';
import { validateNewPod, validatePod } from './pod-validation.ts';

const texts = (pod: Pod) => validatePod(pod).map(fieldErrorText);
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const container = { name: 'web', image: 'nginx' };

interface Case {
  readonly name: string;
  readonly pod: Pod;
  readonly problems: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'a plain pod', pod: testPod(), problems: [] },
  { name: 'no containers', pod: testPod({ containers: [] }), problems: ['spec.containers: Required value'] },
  {
    name: 'a nameless container without an image',
    pod: testPod({ containers: [{}] }),
    problems: ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
  },
  {
    name: 'a container name with capitals',
    pod: podWithContainer({ name: 'Web' }),
    problems: [`spec.containers[0].name: Invalid value: "Web": ${label}`],
  },
  {
    name: 'names twice, across regular and init containers',
    pod: testPod({ containers: [container, container], initContainers: [container] }),
    problems: ['spec.containers[1].name: Duplicate value: "web"', 'spec.initContainers[0].name: Duplicate value: "web"'],
  },
  {
    name: 'spaces around an image',
    pod: podWithContainer({ image: ' nginx' }),
    problems: ['spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace'],
  },
  {
    name: 'policies that do not exist',
    pod: testPod({ restartPolicy: 'Sometimes', dnsPolicy: 'Custom', containers: [{ ...container, imagePullPolicy: 'Maybe' }] }),
    problems: [
      'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      'spec.dnsPolicy: Unsupported value: "Custom": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  },
  {
    name: 'bad ports',
    pod: podWithContainer({
      ports: [
        { containerPort: 80, name: 'http' },
        { containerPort: 81, name: 'http' },
        { containerPort: 70000, protocol: 'ICMP' },
        { hostPort: -1, hostIP: '1.2.3' },
      ],
    }),
    problems: [
      'spec.containers[0].ports[1].name: Duplicate value: "http"',
      'spec.containers[0].ports[2].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[2].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      'spec.containers[0].ports[3].containerPort: Required value',
      'spec.containers[0].ports[3].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[3].hostIP: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    name: 'one host port for two containers',
    pod: testPod({
      containers: [
        { ...container, ports: [{ containerPort: 80, hostPort: 8080 }] },
        { ...container, name: 'two', ports: [{ containerPort: 80, hostPort: 8080 }] },
      ],
    }),
    problems: ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//8080"'],
  },
  {
    name: 'requests above limits, and an extended resource that is not whole',
    pod: podWithContainer({
      resources: { limits: { cpu: '1', 'example.com/gpu': '500m' }, requests: { cpu: '2', 'example.com/gpu': '500m' } },
    }),
    problems: [
      'spec.containers[0].resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer',
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
    ],
  },
  {
    name: 'what cannot be overcommitted',
    pod: podWithContainer({
      resources: { limits: { 'example.com/gpu': '2' }, requests: { 'example.com/gpu': '1', 'example.com/fpga': '1' } },
    }),
    problems: [
      'spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2',
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
  },
  {
    name: 'resource names that are none',
    pod: podWithContainer({ resources: { limits: { pods: '1', gpu: '1', 'requests.example.com/x': '1' } } }),
    problems: [
      'spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      `spec.containers[0].resources.limits[requests.example.com/x]: Invalid value: "requests.example.com/x": doesn't follow extended resource name standard`,
      'spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      `spec.containers[0].resources.requests[requests.example.com/x]: Invalid value: "requests.example.com/x": doesn't follow extended resource name standard`,
    ],
  },
  {
    name: 'huge pages in parts, and without cpu or memory',
    pod: podWithContainer({ resources: { limits: { 'hugepages-2Mi': '3Mi' } } }),
    problems: [
      'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      'spec.containers[0].resources: Forbidden: HugePages require cpu or memory',
    ],
  },
  {
    name: 'a negative amount',
    pod: podWithContainer({ resources: { requests: { memory: '-1' } } }),
    problems: ['spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0'],
  },
  {
    name: 'environment variables',
    pod: podWithContainer({
      env: [
        { name: '' },
        { name: 'A=B' },
        { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'B', valueFrom: {} },
        { name: 'C', valueFrom: { fieldRef: { fieldPath: 'spec.restartPolicy' } } },
        { name: 'D', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } },
        { name: 'E', valueFrom: { secretKeyRef: { name: 'S', key: 'a/b' } } },
        { name: 'F', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } },
        { name: 'G', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      ],
      envFrom: [{}, { configMapRef: { name: 'm' }, secretRef: { name: 's' } }, { configMapRef: {} }],
    }),
    problems: [
      'spec.containers[0].env[0].name: Required value',
      `spec.containers[0].env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
      'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      'spec.containers[0].env[3].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      'spec.containers[0].env[4].valueFrom.fieldRef.fieldPath: Unsupported value: "spec.restartPolicy": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      'spec.containers[0].env[5].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nope": error converting fieldPath: field label not supported: spec.nope',
      `spec.containers[0].env[6].valueFrom.secretKeyRef.name: Invalid value: "S": ${subdomain}`,
      `spec.containers[0].env[6].valueFrom.secretKeyRef.key: Invalid value: "a/b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      `spec.containers[0].env[7].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
      'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
      'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
      'spec.containers[0].envFrom[2].configMapRef.name: Required value',
    ],
  },
  {
    name: 'probes and hooks',
    pod: podWithContainer({
      livenessProbe: { successThreshold: 2, exec: { command: ['true'] } },
      readinessProbe: { terminationGracePeriodSeconds: 3, tcpSocket: { port: 0 } },
      startupProbe: { periodSeconds: -1, httpGet: { port: 'not a name', scheme: 'FTP', httpHeaders: [{ name: 'X Y', value: '' }] } },
      lifecycle: { postStart: {}, preStop: { exec: { command: [] }, sleep: { seconds: 31 } } },
    }),
    problems: [
      'spec.containers[0].lifecycle.postStart: Required value: must specify a handler type',
      'spec.containers[0].lifecycle.preStop.exec.command: Required value',
      'spec.containers[0].lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes',
      'spec.containers[0].startupProbe.httpGet.port: Invalid value: "not a name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].startupProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"',
      `spec.containers[0].startupProbe.httpGet.httpHeaders: Invalid value: "X Y": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
      'spec.containers[0].startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    name: 'a sleep longer than the grace',
    pod: podWithContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
    problems: [
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  },
  {
    name: 'probes of an init container, unless it is a sidecar',
    pod: testPod({
      initContainers: [
        { name: 'a', image: 'b', readinessProbe: { exec: { command: ['x'] } } },
        { name: 'c', image: 'b', restartPolicy: 'Always', readinessProbe: { exec: { command: ['x'] } } },
      ],
    }),
    problems: ['spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always'],
  },
  {
    name: 'restart rules without a policy',
    pod: podWithContainer({ restartPolicyRules: [{ action: 'Pause' }] }),
    problems: [
      'spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used',
      'spec.containers[0].restartPolicyRules[0].action: Unsupported value: "Pause": supported values: "Restart", "RestartAllContainers"',
      'spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified',
    ],
  },
  {
    name: 'mounts',
    pod: podWithContainer(
      {
        volumeMounts: [
          { name: 'data', mountPath: '/a', mountPropagation: 'Bidirectional' },
          { name: 'data', mountPath: '/a', subPath: '../x' },
          { name: 'nope', mountPath: '' },
          { name: 'data', mountPath: '/b', recursiveReadOnly: 'Enabled' },
        ],
        volumeDevices: [{ name: 'data', devicePath: '/dev/x' }],
      },
      { volumes: [{ name: 'data', emptyDir: {} }] },
    ),
    problems: [
      'spec.containers[0].volumeMounts[0].name: Invalid value: "data": must not already exist in volumeDevices',
      'spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers',
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      'spec.containers[0].volumeMounts[1].name: Invalid value: "data": must not already exist in volumeDevices',
      `spec.containers[0].volumeMounts.subPath: Invalid value: "../x": must not contain '..'`,
      'spec.containers[0].volumeMounts[2].name: Not found: "nope"',
      'spec.containers[0].volumeMounts[2].mountPath: Required value',
      'spec.containers[0].volumeMounts[3].name: Invalid value: "data": must not already exist in volumeDevices',
      'spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
      'spec.containers[0].volumeDevices[0].name: Invalid value: "data": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
      'spec.containers[0].volumeDevices[0].name: Invalid value: "data": must not already exist in volumeMounts',
    ],
  },
];

for (const { name, pod, problems } of cases) {
  test(`validatePod() of ${name}`, () => assert.deepEqual(texts(pod), problems));
}

test('validateNewPod() refuses what only an update may bring', () => {
  const pod = testPod({
    nodeName: 'n1',
    schedulingGates: [{ name: 'example.com/a' }],
    ephemeralContainers: [{ name: 'debug', image: 'busybox' }],
  });
  assert.deepEqual(validateNewPod(pod).map(fieldErrorText), [
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
    'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
  ]);
});

test('validateNewPod() wants annotations and fields to agree about profiles', () => {
  const pod = testPod(
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } },
  );
  assert.deepEqual(validateNewPod(pod).map(fieldErrorText), [
    'spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match',
  ]);
});

test('ephemeral containers may be added later, but not with ports or resources', () => {
  const debug = {
    name: 'debug',
    image: 'busybox',
    targetContainerName: 'nope',
    ports: [{ containerPort: 80 }],
    resources: { limits: { cpu: '1' } },
  };
  assert.deepEqual(texts(testPod({ ephemeralContainers: [debug, { name: 'web', image: 'x' }] })), [
    'spec.ephemeralContainers[0].targetContainerName: Not found: "nope"',
    'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    'spec.ephemeralContainers[1].name: Duplicate value: "web"',
  ]);
});
