import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import { fieldErrorText } from '../../field-error.ts';
import { podWithContainer, testPod } from './pod-test-objects.ts';
import { validatePod } from './pod-validation.ts';

const texts = (pod: Pod) => validatePod(pod).map(fieldErrorText);
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const container = { name: 'web', image: 'nginx' };

interface Case {
  readonly name: string;
  readonly pod: Pod;
  readonly problems: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'security contexts',
    pod: testPod({
      hostPID: true,
      shareProcessNamespace: true,
      securityContext: {
        runAsUser: -1,
        supplementalGroups: [4294967296],
        fsGroupChangePolicy: 'Never',
        seccompProfile: { type: 'Localhost' },
        sysctls: [{ name: 'a..b', value: '1' }],
      },
      containers: [
        {
          ...container,
          securityContext: {
            procMount: 'Unmasked',
            allowPrivilegeEscalation: false,
            privileged: true,
            seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
            appArmorProfile: { type: 'Nope' },
          },
        },
      ],
    }),
    problems: [
      'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
      'spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: {"type":"RuntimeDefault","localhostProfile":"x"}: can only be set when seccomp type is Localhost',
      'spec.containers[0].securityContext: Invalid value: {"procMount":"Unmasked","allowPrivilegeEscalation":false,"privileged":true,"seccompProfile":{"type":"RuntimeDefault","localhostProfile":"x"},"appArmorProfile":{"type":"Nope"}}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      'spec.containers[0].securityContext.appArmorProfile.type: Unsupported value: "Nope": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.supplementalGroups[0]: Invalid value: 4294967296: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      'spec.securityContext.sysctls[0].name: Invalid value: "a..b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", "OnRootMismatch"',
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
  },
  {
    name: "sysctls of namespaces that are the host's",
    pod: testPod({
      hostNetwork: true,
      hostIPC: true,
      securityContext: {
        sysctls: [
          { name: 'net.ipv4.ip_forward', value: '1' },
          { name: 'kernel/shmmax', value: '1' },
        ],
      },
    }),
    problems: [
      `spec.securityContext.sysctls[0].name: Invalid value: "net.ipv4.ip_forward": may not be specified when 'hostNetwork' is true`,
      `spec.securityContext.sysctls[1].name: Invalid value: "kernel/shmmax": may not be specified when 'hostIPC' is true`,
    ],
  },
  {
    name: 'users of its own beside host namespaces',
    pod: testPod({ hostUsers: false, hostNetwork: true, hostPID: true }),
    problems: [
      'spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false',
      'spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false',
    ],
  },
  {
    name: 'affinity',
    pod: testPod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: [] }] }],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 101, preference: { matchFields: [{ key: 'x', operator: 'In', values: [] }] } },
          ],
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '', namespaces: ['A'], matchLabelKeys: ['app'] }],
        },
      },
    }),
    problems: [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
      "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].key: Invalid value: "x": not a valid field selector key',
      `spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace: Invalid value: "A": ${label}`,
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      `spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  },
  {
    name: 'tolerations',
    pod: testPod({
      tolerations: [
        { operator: 'Equal', value: 'x' },
        { key: 'a', operator: 'Exists', value: 'x' },
        { key: 'a', operator: 'Like' },
        { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 },
        { key: 'a', effect: 'Never' },
      ],
    }),
    problems: [
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      'spec.tolerations[1].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
      'spec.tolerations[2].operator: Unsupported value: "Like": supported values: "Equal", "Exists"',
      'spec.tolerations[3].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      'spec.tolerations[4].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
  },
  {
    name: 'topology spread',
    pod: testPod({
      topologySpreadConstraints: [
        { maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2, labelSelector: {} },
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
        { maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'Never', nodeTaintsPolicy: 'Obey' },
      ],
    }),
    problems: [
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, ScheduleAnyway}"',
      'spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
      'spec.topologySpreadConstraints[2].topologyKey: Required value: can not be empty',
      'spec.topologySpreadConstraints[2].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
      'spec.topologySpreadConstraints[2].nodeTaintsPolicy: Unsupported value: "Obey": supported values: "Honor", "Ignore"',
    ],
  },
  {
    name: 'DNS of its own',
    pod: testPod({ dnsPolicy: 'None' }),
    problems: ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  },
  {
    name: 'DNS settings',
    pod: testPod({ dnsConfig: { nameservers: ['1.1.1.1', '::1', '8.8.8.8', 'dns'], searches: ['a_b.c.', '.', 'x y'], options: [{}] } }),
    problems: [
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","::1","8.8.8.8","dns"]: must not have more than 3 nameservers',
      'spec.dnsConfig.nameservers[3]: Invalid value: "dns": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      `spec.dnsConfig.searches[2]: Invalid value: "x y": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')`,
      'spec.dnsConfig.options[0]: Required value: must not be empty',
    ],
  },
  {
    name: 'resource claims',
    pod: podWithContainer(
      { resources: { claims: [{ name: 'gpu' }, { name: 'gpu' }, { name: 'nope' }] } },
      {
        resourceClaims: [
          { name: 'gpu', resourceClaimName: 'x' },
          { name: 'both', resourceClaimName: 'x', resourceClaimTemplateName: 'y' },
          { name: 'none' },
        ],
      },
    ),
    problems: [
      'spec.resourceClaims[1]: Invalid value: {"name":"both","resourceClaimName":"x","resourceClaimTemplateName":"y"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      'spec.resourceClaims[2]: Invalid value: {"name":"none"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
      'spec.containers[0].resources.claims[1]: Duplicate value: "gpu"',
      'spec.containers[0].resources.claims[2]: Not found: "nope": must be one of the names in pod.spec.resourceClaims: both, gpu, none',
    ],
  },
  {
    name: 'a linux pod with windows options, and a windows pod with linux ones',
    pod: testPod({ os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'x' } } }),
    problems: ['spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod'],
  },
  {
    name: 'linux settings of a windows pod',
    pod: testPod({ os: { name: 'windows' }, hostPID: true, containers: [{ ...container, securityContext: { privileged: false } }] }),
    problems: [
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod',
    ],
  },
  {
    name: 'an unknown system',
    pod: testPod({ os: { name: 'plan9' } }),
    problems: ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
  },
  {
    name: 'pod-level resources below those of the containers',
    pod: podWithContainer(
      { resources: { requests: { cpu: '2' }, limits: { memory: '2Gi' } } },
      { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi', pods: '1' } } },
    ),
    problems: [
      'spec.resources.limits[pods]: Unsupported value: "pods": supported values: "cpu", "memory"',
      'spec.resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      'spec.resources.containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi',
    ],
  },
  {
    name: 'annotations that mean something',
    pod: testPod(
      {},
      {
        annotations: {
          'kubernetes.io/config.mirror': 'x',
          'controller.kubernetes.io/pod-deletion-cost': '+1',
          'container.apparmor.security.beta.kubernetes.io/other': 'runtime/default',
        },
      },
    ),
    problems: [
      'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set',
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found',
    ],
  },
  {
    name: 'a token without an account',
    pod: testPod({ volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }),
    problems: [
      'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
    ],
  },
];

for (const { name, pod, problems } of cases) {
  test(`validatePod() of ${name}`, () => assert.deepEqual(texts(pod), problems));
}

test('validatePod() of gates, aliases, deadlines and names tells each at its place', () => {
  const pod = testPod({
    readinessGates: [{ conditionType: 'a b' }],
    schedulingGates: [{ name: 'example.com/a' }, { name: 'example.com/a' }],
    hostAliases: [{ ip: '1.2.3.256', hostnames: ['A'] }],
    activeDeadlineSeconds: 0,
    hostname: 'a.b',
    priorityClassName: 'P',
  });
  assert.deepEqual(
    validatePod(pod).map(({ field }) => field),
    [
      'spec.readinessGates[0].conditionType',
      'spec.schedulingGates[1]',
      'spec.priorityClassName',
      'spec.hostname',
      'spec.activeDeadlineSeconds',
      'spec.hostAliases[0].ip',
      'spec.hostAliases[0].hostnames[0]',
    ],
  );
});
