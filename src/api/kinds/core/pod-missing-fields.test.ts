import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodType } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import type { WriteContext } from '../../kind.ts';
import { Pod } from './pod.ts';

/** Every part of a pod that has a check, once. */
const term = {
  topologyKey: 'zone',
  labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
  matchLabelKeys: ['a'],
};
const nodeTerm = {
  matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
  matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
};
const probe = { httpGet: { port: 80, path: '/', httpHeaders: [{ name: 'X', value: 'y' }] } };
const container = {
  name: 'web',
  image: 'nginx',
  ports: [{ name: 'http', containerPort: 80, hostPort: 80, hostIP: '1.2.3.4' }],
  env: [
    { name: 'A', value: 'b' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    { name: 'D', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'E', valueFrom: { fileKeyRef: { volumeName: 'v0', path: 'p', key: 'k' } } },
  ],
  envFrom: [{ prefix: 'P', configMapRef: { name: 'm' } }],
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1' }, claims: [{ name: 'gpu', request: 'r' }] },
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
  restartPolicy: 'Never',
  restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [1] } }],
  volumeMounts: [{ name: 'v0', mountPath: '/a', readOnly: true, recursiveReadOnly: 'Enabled' }],
  volumeDevices: [{ name: 'v5', devicePath: '/dev/a' }],
  livenessProbe: probe,
  readinessProbe: { exec: { command: ['a'] } },
  startupProbe: { grpc: { port: 1 } },
  lifecycle: { postStart: { tcpSocket: { port: 80 } }, preStop: { sleep: { seconds: 1 } } },
  securityContext: {
    capabilities: { add: ['A'] },
    seccompProfile: { type: 'Localhost', localhostProfile: 'x' },
    appArmorProfile: { type: 'Localhost', localhostProfile: 'x' },
    windowsOptions: { runAsUserName: 'a' },
  },
};
const sources = [
  { emptyDir: { sizeLimit: '1Gi' } },
  { hostPath: { path: '/a' } },
  { secret: { secretName: 's', items: [{ key: 'k', path: 'p' }] } },
  { configMap: { name: 'm', items: [{ key: 'k', path: 'p' }] } },
  { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { persistentVolumeClaim: { claimName: 'c' } },
  {
    projected: {
      sources: [
        { serviceAccountToken: { path: 't' } },
        { secret: { name: 's', items: [{ key: 'k', path: 'q' }] } },
        { downwardAPI: { items: [{ path: 'r', resourceFieldRef: { containerName: 'web', resource: 'limits.cpu' } }] } },
        { clusterTrustBundle: { signerName: 'a.b/c', path: 'u' } },
        { podCertificate: { signerName: 'a.b/c', keyType: 'ED25519', keyPath: 'w' } },
      ],
    },
  },
  { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } } } },
  { image: { reference: 'x' } },
  { csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } },
  { nfs: { server: 's', path: '/p' } },
  { iscsi: { targetPortal: 't', iqn: 'iqn.2015-02.example.com:x', lun: 0, initiatorName: 'iqn.2015-02.example.com:x' } },
  { quobyte: { registry: 'a:1', volume: 'v' } },
  { fc: { targetWWNs: ['a'], lun: 1 } },
  { flexVolume: { driver: 'a', options: { b: 'c' } } },
  { azureDisk: { diskName: 'd', diskURI: 'https://x' } },
];
const richPod = {
  metadata: {
    name: 'web',
    namespace: 'default',
    labels: { a: 'b' },
    annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' },
  },
  spec: {
    containers: [container],
    initContainers: [{ ...container, name: 'init', restartPolicy: 'Always', restartPolicyRules: [] }],
    ephemeralContainers: [{ name: 'debug', image: 'x', targetContainerName: 'web', volumeMounts: [{ name: 'v0', mountPath: '/x' }] }],
    volumes: sources.map((source, i) => ({ name: `v${i}`, ...source })),
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'x' }],
    resources: { limits: { cpu: '2' }, requests: { cpu: '2' } },
    overhead: { cpu: '1' },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: nodeTerm }],
      },
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {}, matchLabelKeys: ['a'] },
    ],
    tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute' }],
    dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a'], options: [{ name: 'b' }] },
    hostAliases: [{ ip: '1.1.1.1', hostnames: ['a'] }],
    readinessGates: [{ conditionType: 'a.b/c' }],
    schedulingGates: [{ name: 'a.b/c' }],
    imagePullSecrets: [{ name: 's' }],
    securityContext: { sysctls: [{ name: 'a', value: 'b' }], supplementalGroups: [1], seccompProfile: { type: 'RuntimeDefault' } },
    os: { name: 'linux' },
    serviceAccountName: 'a',
  },
};

/** The pod once for each of its parts, that part left out. */
function* withoutEachPart(value: unknown): Generator {
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  for (const [key] of entries) {
    if (!Array.isArray(value)) yield Object.fromEntries(entries.filter(([name]) => name !== key));
  }
  for (const [key, part] of entries) {
    for (const less of withoutEachPart(part)) {
      yield Array.isArray(value) ? value.with(Number(key), less) : { ...value, [key]: less };
    }
  }
}

test('whatever part of a pod is missing, it is defaulted, checked and shown without a fall', () => {
  const write = { user: { name: 'a', groups: [] }, nowMs: 0 } as unknown as WriteContext;
  let count = 0;
  for (const partial of withoutEachPart(richPod)) {
    const pod = structuredClone(partial) as Draft<PodType>;
    if (!pod.metadata) continue;
    Pod.strategy.defaults!(pod);
    Pod.strategy.prepareForCreate!(pod, write);
    const problems = [...Pod.strategy.validate!(pod), ...Pod.strategy.validateCreate!(pod), ...Pod.strategy.validateUpdate!(pod, pod)];
    for (const { field } of problems) assert.ok(!field.includes('undefined'), field);
    Pod.strategy.warnings!(pod);
    for (const column of Pod.columns) column.cell(pod, 0);
    count++;
  }
  assert.ok(count > 200, `${count} pods`);
});
