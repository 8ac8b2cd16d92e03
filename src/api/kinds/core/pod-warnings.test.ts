import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import { podWithContainer, testPod } from './pod-test-objects.ts';
import { warningsForPod } from './pod-warnings.ts';

const nothing = 'a null labelSelector results in matching no pod';

const cases: readonly (readonly [name: string, pod: Pod, warnings: readonly string[]])[] = [
  ['a plain pod', testPod(), []],
  [
    'old node labels',
    testPod({
      nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
      ],
    }),
    [
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      `spec.topologySpreadConstraints[0].labelSelector: ${nothing}`,
    ],
  ],
  [
    'dead annotations',
    testPod(
      {},
      { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '', 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } },
    ),
    [
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
    ],
  ],
  [
    'dead volumes',
    testPod({
      volumes: [
        { name: 'g', gitRepo: { repository: 'x' } },
        { name: 's', storageos: {} },
      ],
    }),
    [
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.volumes[1].storageOS: deprecated in v1.22, non-functional in v1.25+',
    ],
  ],
  [
    'a variable said twice',
    podWithContainer({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
        { name: 'B', value: 'x' },
        { name: 'B', value: '$(B):y' },
        { name: 'A', value: '$(A)' },
      ],
    }),
    [
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
      'spec.containers[0].env[4]: hides previous definition of "A", which may be dropped when using apply',
    ],
  ],
  [
    'parts of bytes',
    podWithContainer({ resources: { requests: { memory: '100m' } } }),
    ['spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer'],
  ],
  [
    'ports',
    podWithContainer({
      ports: [
        { containerPort: 80, hostIP: '1.2.3.4' },
        { containerPort: 80, hostPort: 8080 },
        { containerPort: 80, hostPort: 8080 },
      ],
    }),
    [
      'spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:1.2.3.4}',
      'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: duplicate port definition with spec.containers[0].ports[1]',
    ],
  ],
  [
    'pull secrets and aliases',
    testPod({ imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}], hostAliases: [{ ip: '1.1.1.1' }, { ip: '1.1.1.1' }] }),
    [
      'spec.hostAliases[1].ip: duplicate ip "1.1.1.1"',
      'spec.imagePullSecrets[1].name: duplicate name "a"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
    ],
  ],
  [
    'a file that a token hides',
    testPod({
      volumes: [
        {
          name: 'p',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token' } }, { secret: { name: 's', items: [{ key: 'k', path: 'token' }] } }],
          },
        },
      ],
    }),
    ['spec.volumes[0].projected.sources.secrets[0]: has duplicated path with ServiceAccountToken "token"'],
  ],
  [
    'affinity to no one',
    testPod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] } } }),
    [`spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: ${nothing}`],
  ],
];

for (const [name, pod, warnings] of cases) test(`warningsForPod() of ${name}`, () => assert.deepEqual(warningsForPod(pod), warnings));

test('warningsForPod() minds the name of a new pod, and no update', () => {
  const pod = testPod({}, { name: 'a.b' });
  assert.deepEqual(warningsForPod(pod), [
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
  ]);
  assert.deepEqual(warningsForPod(pod, pod), []);
});
