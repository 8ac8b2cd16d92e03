import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, EnvVar, Pod, Service } from '../../api/generated/core/v1.ts';
import { utf8 } from '../../codec/bytes.ts';
import { BackOff } from './back-off.ts';
import { durationText } from './duration-text.ts';
import { environment } from './environment.ts';
import { expand } from './expand.ts';
import type { Contents } from './object-reader.ts';
import { linuxResources } from './resources.ts';
import { serviceVariables } from './service-variables.ts';

const pod: Pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u', labels: { app: 'web', tier: 'front' }, annotations: { note: 'a' } },
  spec: { nodeName: 'node01', serviceAccountName: 'seller', enableServiceLinks: false, containers: [] },
  status: {},
};
const container: Container = { name: 'main', resources: { requests: { cpu: '250m' }, limits: { memory: '64Mi' } } };
const contents = (entries: Readonly<Record<string, string>>): Contents =>
  new Map(Object.entries(entries).map(([key, value]) => [key, utf8(value)]));
const objects = {
  configMap: async (_namespace: string, name: string) => (name === 'words' ? contents({ A: '1', B: '2' }) : undefined),
  secret: async (_namespace: string, name: string) => (name === 'keys' ? contents({ key: 's3cret' }) : undefined),
};

async function variables(env: readonly EnvVar[], more: Partial<Container> = {}): Promise<Record<string, string>> {
  const node = { metadata: {}, spec: {}, status: { allocatable: { cpu: '3500m', memory: '8Gi' } } };
  const addresses = { podIps: ['10.244.0.5', 'fd00::5'], hostIps: ['172.18.0.3'] };
  return Object.fromEntries(await environment({ pod, container: { ...container, ...more, env }, addresses, node, objects, services: [] }));
}

describe('a container’s environment', () => {
  test('variables may speak of those before them', async () => {
    assert.deepEqual(
      await variables([
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)-$(C)-$$(A)' },
        { name: 'C', value: 'c' },
      ]),
      { A: 'a', B: 'a-$(C)-$(A)', C: 'c' },
    );
  });

  test('env is stronger than envFrom, which may have a prefix and be optional', async () => {
    const envFrom = [{ configMapRef: { name: 'words' }, prefix: 'W_' }, { configMapRef: { name: 'nowhere', optional: true } }];
    assert.deepEqual(await variables([{ name: 'W_B', value: 'own' }], { envFrom }), { W_A: '1', W_B: 'own' });
    await assert.rejects(variables([], { envFrom: [{ secretRef: { name: 'nowhere' } }] }), /^ConfigError: secret "nowhere" not found$/);
  });

  test('a container that the pod does not have has no resources to tell of', async () => {
    const resourceFieldRef = { containerName: 'other', resource: 'requests.cpu' };
    await assert.rejects(variables([{ name: 'A', valueFrom: { resourceFieldRef } }]), /^ConfigError: container other not found$/);
  });

  test('values come from the pod, its resources, ConfigMaps and Secrets', async () => {
    const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const resource = (name: string, what: string, divisor?: string): EnvVar => ({
      name,
      valueFrom: { resourceFieldRef: { resource: what, ...(divisor !== undefined && { divisor }) } },
    });
    assert.deepEqual(
      await variables([
        field('NAME', 'metadata.name'),
        field('LABEL', "metadata.labels['app']"),
        field('NODE', 'spec.nodeName'),
        field('IPS', 'status.podIPs'),
        field('HOST', 'status.hostIP'),
        resource('CPU', 'requests.cpu', '1m'),
        resource('CORES', 'limits.cpu'),
        resource('MEMORY', 'limits.memory', '1Mi'),
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
        { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'words', key: 'Z', optional: true } } },
      ]),
      {
        NAME: 'web',
        LABEL: 'web',
        NODE: 'node01',
        IPS: '10.244.0.5,fd00::5',
        HOST: '172.18.0.3',
        CPU: '250',
        CORES: '4',
        MEMORY: '64',
        KEY: 's3cret',
      },
    );
  });

  test('services are found by variables, where the pod wants them; the API server always', () => {
    const service = (namespace: string, name: string, clusterIP: string): Service => ({
      metadata: { namespace, name },
      spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
      status: {},
    });
    const services = [
      service('default', 'kubernetes', '10.96.0.1'),
      service('shop', 'my-db', '10.96.0.9'),
      service('shop', 'headless', 'None'),
    ];
    assert.deepEqual(Object.fromEntries(serviceVariables([services[1]!], 'shop', true)), {
      MY_DB_SERVICE_HOST: '10.96.0.9',
      MY_DB_SERVICE_PORT: '80',
      MY_DB_SERVICE_PORT_HTTP: '80',
      MY_DB_PORT: 'tcp://10.96.0.9:80',
      MY_DB_PORT_80_TCP: 'tcp://10.96.0.9:80',
      MY_DB_PORT_80_TCP_PROTO: 'tcp',
      MY_DB_PORT_80_TCP_PORT: '80',
      MY_DB_PORT_80_TCP_ADDR: '10.96.0.9',
    });
    const hosts = (wanted: boolean) => [...serviceVariables(services, 'shop', wanted).keys()].filter((name) => name.endsWith('_HOST'));
    assert.deepEqual(hosts(false), ['KUBERNETES_SERVICE_HOST']);
    assert.deepEqual(hosts(true), ['KUBERNETES_SERVICE_HOST', 'MY_DB_SERVICE_HOST']);
  });
});

test('a name that nobody knows stays as it is', () => {
  assert.equal(
    expand('$(A)$(B) $$ $x $(', (name) => (name === 'A' ? '1' : undefined)),
    '1$(B) $ $x $(',
  );
});

test('back-off doubles up to its longest, and is forgotten after twice that', () => {
  const backOff = new BackOff(10, 300);
  assert.equal(backOff.leftSince('k', 0, 0), 0);
  const delays = Array.from({ length: 7 }, (_, at) => (backOff.next('k', at), backOff.delayMs('k')));
  assert.deepEqual(delays, [10, 20, 40, 80, 160, 300, 300]);
  assert.equal(backOff.leftSince('k', 100, 150), 250);
  assert.equal(backOff.leftSinceFailure('k', 150), 156);
  assert.equal(backOff.leftSince('k', 6 + 601, 700), 0);
  backOff.next('k', 6 + 601);
  assert.equal(backOff.delayMs('k'), 10);
});

test('durations are written as Go writes them', () => {
  assert.deepEqual([0, 533, 1200, 10_000, 160_000, 300_000, 3_600_000].map(durationText), [
    '0s',
    '533ms',
    '1.2s',
    '10s',
    '2m40s',
    '5m0s',
    '1h0m0s',
  ]);
});

test('requests and limits in the kernel’s terms', () => {
  const of = (resources: Container['resources'], spec: Partial<Pod['spec']> = {}) => {
    const one: Container = { name: 'main', ...(resources && { resources }) };
    return linuxResources({ ...pod, spec: { containers: [one], ...spec } }, one, 8 * 2 ** 30);
  };
  assert.deepEqual(of({ requests: { cpu: '500m', memory: '4Gi' }, limits: { cpu: '2' } }), {
    cpuShares: 512,
    cpuQuotaMicros: 200_000,
    cpuPeriodMicros: 100_000,
    memoryLimitBytes: 0,
    oomScoreAdj: 500,
  });
  assert.deepEqual([of(undefined).cpuShares, of(undefined).oomScoreAdj], [2, 1000]);
  assert.equal(of({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }).oomScoreAdj, -997);
});
