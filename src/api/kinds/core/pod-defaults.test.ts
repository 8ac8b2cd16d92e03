import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { defaultPod, defaultPodTemplateSpec } from './pod-defaults.ts';
import { podWithContainer, testPod } from './pod-test-objects.ts';

test('defaultPod() fills in what upstream does for the smallest pod', () => {
  const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx' }] } } as Draft<Pod>;
  defaultPod(pod);
  assert.deepEqual(pod.spec, {
    containers: [
      {
        name: 'web',
        image: 'nginx',
        imagePullPolicy: 'Always',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
});

test('defaultPod() is idempotent and keeps what was said', () => {
  const pod = testPod({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0, enableServiceLinks: false });
  const again = structuredClone(pod) as Draft<Pod>;
  defaultPod(again);
  assert.deepEqual(again, pod);
  assert.equal(pod.spec.restartPolicy, 'Never');
  assert.equal(pod.spec.terminationGracePeriodSeconds, 0);
  assert.equal(pod.spec.enableServiceLinks, false);
});

test('defaultPod() makes a spec where there is none, for validation to refuse', () => {
  const pod = { metadata: {} } as Draft<Pod>;
  defaultPod(pod);
  assert.deepEqual(pod.spec.containers, []);
});

test('a template gets neither service links nor requests: its pods will', () => {
  const template = { spec: { containers: [{ name: 'a', image: 'b', resources: { limits: { cpu: '1' } } }] } };
  defaultPodTemplateSpec(template);
  assert.equal('enableServiceLinks' in template.spec, false);
  assert.deepEqual(template.spec.containers[0]!.resources, { limits: { cpu: '1' } });
});

test('limits become requests where none are said', () => {
  const { resources } = podWithContainer({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '250m' } } }).spec
    .containers[0]!;
  assert.deepEqual(resources, { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '250m', memory: '1Gi' } });
});

test('resources finer than a thousandth are rounded up', () => {
  const { resources } = podWithContainer({ resources: { requests: { cpu: '1500u', memory: '1Gi' } } }).spec.containers[0]!;
  assert.deepEqual(resources?.requests, { cpu: '2m', memory: '1Gi' });
});

test('probes get their periods, HTTP checks their path and scheme', () => {
  const { livenessProbe, lifecycle } = podWithContainer({
    livenessProbe: { httpGet: { port: 80 }, periodSeconds: 5 },
    lifecycle: { preStop: { httpGet: { port: 'http', path: '/bye' } } },
  }).spec.containers[0]!;
  assert.deepEqual(livenessProbe, {
    httpGet: { port: 80, path: '/', scheme: 'HTTP' },
    periodSeconds: 5,
    timeoutSeconds: 1,
    successThreshold: 1,
    failureThreshold: 3,
  });
  assert.deepEqual(lifecycle?.preStop?.httpGet, { port: 'http', path: '/bye', scheme: 'HTTP' });
});

test('ports are TCP, and on the host network the host has them too', () => {
  const ports = [{ containerPort: 80 }];
  assert.deepEqual(podWithContainer({ ports }).spec.containers[0]!.ports, [{ containerPort: 80, protocol: 'TCP' }]);
  assert.deepEqual(podWithContainer({ ports }, { hostNetwork: true }).spec.containers[0]!.ports, [
    { containerPort: 80, hostPort: 80, protocol: 'TCP' },
  ]);
});

test('the service account has both of its names', () => {
  assert.equal(testPod({ serviceAccount: 'a' }).spec.serviceAccountName, 'a');
  const both = testPod({ serviceAccount: 'a', serviceAccountName: 'b' }).spec;
  assert.deepEqual([both.serviceAccount, both.serviceAccountName], ['b', 'b']);
});

test('volumes get their modes, and one without a source is an empty directory', () => {
  const { volumes } = testPod({
    volumes: [
      { name: 'a' },
      { name: 'b', hostPath: { path: '/b' } },
      { name: 'c', secret: { secretName: 's' } },
      { name: 'd', configMap: { name: 'm', defaultMode: 256 } },
      { name: 'e', downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.name' } }] } },
      { name: 'f', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      { name: 'g', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } },
      { name: 'h', image: { reference: 'example.com/data' } },
    ],
  }).spec;
  assert.deepEqual(volumes, [
    { name: 'a', emptyDir: {} },
    { name: 'b', hostPath: { path: '/b', type: '' } },
    { name: 'c', secret: { secretName: 's', defaultMode: 420 } },
    { name: 'd', configMap: { name: 'm', defaultMode: 256 } },
    {
      name: 'e',
      downwardAPI: { defaultMode: 420, items: [{ path: 'x', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }] },
    },
    { name: 'f', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] } },
    { name: 'g', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' } } } },
    { name: 'h', image: { reference: 'example.com/data', pullPolicy: 'Always' } },
  ]);
});

test('environment variables from fields read version v1', () => {
  const { env } = podWithContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }).spec.containers[0]!;
  assert.equal(env?.[0]!.valueFrom?.fieldRef?.apiVersion, 'v1');
});

test('pod-level limits bring requests: those of the containers, else the limits', () => {
  const container = { name: 'a', image: 'b', resources: { requests: { cpu: '200m' } } };
  const { resources } = testPod({
    resources: { limits: { cpu: '1', memory: '1Gi' } },
    containers: [container, { ...container, name: 'c' }],
  }).spec;
  assert.deepEqual(resources, { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '400m', memory: '1Gi' } });
});

test('pod-level requests bring limits only where every container is limited', () => {
  const limited = { name: 'a', image: 'b', resources: { limits: { cpu: '1', memory: '1Gi' } } };
  const partly = { name: 'c', image: 'b', resources: { limits: { cpu: '1' } } };
  const { resources } = testPod({ resources: { requests: { cpu: '3' } }, containers: [limited, partly] }).spec;
  assert.deepEqual(resources, { requests: { cpu: '3' }, limits: { cpu: '2' } });
});
