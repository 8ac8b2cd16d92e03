import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointSubset, Pod, Service } from '../../api/generated/core/v1.ts';
import { truncated } from './capacity.ts';
import { desiredEndpoints } from './desired.ts';
import { repack, subsetsOf } from './subsets.ts';

const service = (spec: Service['spec'] = {}): Service => ({
  metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
  spec: { clusterIP: '10.96.0.1', ipFamilies: ['IPv4'], ports: [{ port: 80, targetPort: 8080 }], ...spec },
  status: {},
});
const pod = (n: number, ready = true, more: Partial<Pod['metadata']> = {}): Pod => ({
  metadata: { name: `p${n}`, namespace: 'default', uid: `u${n}`, ...more },
  spec: { nodeName: 'n1', containers: [{ name: 'c' }], hostname: `web-${n}`, subdomain: 'web' },
  status: {
    podIP: `10.0.0.${n}`,
    podIPs: [{ ip: `10.0.0.${n}` }, { ip: `fd00::${n}` }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});
const ips = (subsets: readonly EndpointSubset[]) =>
  subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => [
    addresses.map(({ ip }) => ip),
    notReadyAddresses.map(({ ip }) => ip),
    ports.map(({ port }) => port),
  ]);

test('ready and unready pods stand in one subset, sorted by address', () => {
  const [subset, ...others] = subsetsOf(service(), [pod(2), pod(1), pod(3, false)]);
  assert.deepEqual(others, []);
  assert.deepEqual(ips([subset!]), [[['10.0.0.1', '10.0.0.2'], ['10.0.0.3'], [8080]]]);
  assert.deepEqual(subset?.addresses?.[0], {
    ip: '10.0.0.1',
    hostname: 'web-1',
    nodeName: 'n1',
    targetRef: { kind: 'Pod', namespace: 'default', name: 'p1', uid: 'u1' },
  });
});

test('a pod that is going is no endpoint, unless unready addresses are published; then all are ready', () => {
  const pods = [pod(1, true, { deletionTimestamp: '2026-01-01T00:00:00Z' }), pod(2, false)];
  assert.deepEqual(ips(subsetsOf(service(), pods)), [[[], ['10.0.0.2'], [8080]]]);
  assert.deepEqual(ips(subsetsOf(service({ publishNotReadyAddresses: true }), pods)), [[['10.0.0.1', '10.0.0.2'], [], [8080]]]);
});

test('the first family of the service counts', () => {
  assert.deepEqual(ips(subsetsOf(service({ ipFamilies: ['IPv6', 'IPv4'] }), [pod(1)])), [[['fd00::1'], [], [8080]]]);
});

test('a headless service may do without ports, another has no endpoints then', () => {
  assert.deepEqual(ips(subsetsOf(service({ clusterIP: 'None', ports: [] }), [pod(1), pod(2)])), [[['10.0.0.1', '10.0.0.2'], [], []]]);
  assert.deepEqual(subsetsOf(service({ ports: [] }), [pod(1)]), []);
});

test('ports with the same addresses share a subset, others do not', () => {
  const a = { ip: '10.0.0.1' };
  const b = { ip: '10.0.0.2' };
  const packed = repack([
    { addresses: [a], ports: [{ name: 'x', port: 1 }] },
    { addresses: [a], ports: [{ name: 'y', port: 2 }] },
    { addresses: [a], ports: [{ name: 'z', port: 3 }] },
    { addresses: [b], ports: [{ name: 'z', port: 3 }] },
  ]);
  assert.deepEqual(ips(packed), [
    [['10.0.0.1'], [], [1, 2]],
    [['10.0.0.1', '10.0.0.2'], [], [3]],
  ]);
});

test('who is once not ready for a port is not', () => {
  const a = { ip: '10.0.0.1' };
  const ports = [{ port: 1 }];
  assert.deepEqual(ips(repack([{ addresses: [a], ports }, { notReadyAddresses: [a], ports }])), [[[], ['10.0.0.1'], [1]]]); // prettier-ignore
});

test('over capacity the unready go first, then each subset gives its share', () => {
  const some = (first: number, count: number) => Array.from({ length: count }, (_, i) => ({ ip: `10.0.0.${first + i}` }));
  const sizes = (subsets: readonly EndpointSubset[] | undefined) =>
    subsets?.map(({ addresses, notReadyAddresses }) => [addresses?.length, notReadyAddresses?.length]);
  assert.equal(truncated([{ addresses: some(1, 10) }], 10), undefined);
  assert.deepEqual(sizes(truncated([{ addresses: some(1, 6), notReadyAddresses: some(20, 8) }], 10)), [[6, 4]]);
  const two = [{ addresses: some(1, 15), notReadyAddresses: some(20, 8) }, { addresses: some(40, 5) }];
  assert.deepEqual(sizes(truncated(two, 10)), [
    [8, 0],
    [2, 0],
  ]);
});

test('labels are those of the service, and that of the controller; nothing is written where all is right', () => {
  const subsets = subsetsOf(service(), [pod(1)]);
  const made = desiredEndpoints(service(), subsets, undefined, '2026-01-01T00:00:00Z');
  assert.deepEqual(made?.metadata.labels, { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
  assert.equal(made.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'], '2026-01-01T00:00:00Z');
  assert.equal(desiredEndpoints(service(), subsets, made, '2026-01-01T00:00:09Z'), undefined);
  const headless = desiredEndpoints(service({ clusterIP: 'None' }), subsets, made, undefined);
  assert.equal(headless?.metadata.labels?.['service.kubernetes.io/headless'], '');
});

test('more than a thousand addresses are cut, which an annotation tells as long as it is so', () => {
  const many = Array.from({ length: 1001 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
  const cut = desiredEndpoints(service(), [{ addresses: many }], undefined, undefined);
  assert.equal(cut?.subsets?.[0]?.addresses?.length, 1000);
  assert.equal(cut.metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], 'truncated');
  assert.equal(desiredEndpoints(service(), [{ addresses: many }], cut, undefined), undefined);
  const less = desiredEndpoints(service(), [{ addresses: many.slice(0, 1000) }], cut, undefined);
  assert.equal(less?.metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], undefined);
});
