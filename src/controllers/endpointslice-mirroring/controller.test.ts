import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Endpoints as EndpointsObject } from '../../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceObject } from '../../api/generated/discovery/v1.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { EndpointSlice } from '../../api/kinds/discovery/endpointslice.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
const namespace = 'default';
const at = { namespace, name: 'db' };

describe('endpoint slice mirroring controller', () => {
  beforeEach(async () => {
    const controllers = ['endpointslice-mirroring-controller', 'garbage-collector-controller'];
    plane = await startVirtualControlPlane({ controllers, flags: { mirroringMaxEndpointsPerSubset: 2 } });
  });
  afterEach(() => plane[Symbol.dispose]());

  const makeService = (spec: object = {}) =>
    plane.client.create<KubeObject>(Service, { metadata: at, spec: { ports: [{ port: 5432 }], ...spec } } as KubeObject);
  const makeEndpoints = (subsets: EndpointsObject['subsets'], metadata: EndpointsObject['metadata'] = {}) =>
    plane.client.create<EndpointsObject>(Endpoints, { metadata: { ...at, ...metadata }, ...(subsets && { subsets }) });
  const slices = async (): Promise<readonly EndpointSliceObject[]> =>
    (await plane.client.list(EndpointSlice, { namespace }, { labelSelector: 'kubernetes.io/service-name=db' })).items;

  test('endpoints written by hand are mirrored, with their labels and without what kubectl notes', async () => {
    await makeService();
    await makeEndpoints([{ addresses: [{ ip: '1.2.3.4' }], notReadyAddresses: [{ ip: '1.2.3.5' }], ports: [{ name: 'pg', port: 5432 }] }], {
      labels: { team: 'a' },
      annotations: { mine: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    });
    await plane.until(async () => (await slices()).length === 1);
    const [slice] = await slices();
    assert.deepEqual(slice?.endpoints, [
      { addresses: ['1.2.3.4'], conditions: { ready: true } },
      { addresses: ['1.2.3.5'], conditions: { ready: false } },
    ]);
    assert.deepEqual(slice.ports, [{ name: 'pg', port: 5432, protocol: 'TCP' }]);
    assert.deepEqual(slice.metadata.annotations, { mine: 'x' });
    assert.equal(slice.metadata.labels?.['team'], 'a');
    assert.equal(slice.metadata.labels['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io');
    assert.equal(slice.metadata.ownerReferences?.[0]?.kind, 'Endpoints');
  });

  test('the slice follows its endpoints, and goes with them', async () => {
    await makeService();
    const made = await makeEndpoints([{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 1 }] }]);
    await plane.until(async () => (await slices()).length === 1);
    const [before] = await slices();
    await plane.client.update(Endpoints, { ...made, subsets: [{ addresses: [{ ip: '9.9.9.9' }], ports: [{ port: 2 }] }] });
    await plane.until(async () => (await slices())[0]?.endpoints?.[0]?.addresses[0] === '9.9.9.9');
    const [after, ...others] = await slices();
    assert.deepEqual([after?.metadata.name, after?.ports?.[0]?.port, others], [before?.metadata.name, 2, []]);
    await plane.client.delete(Endpoints, at);
    await plane.until(async () => (await slices()).length === 0);
  });

  test('each family has a slice; addresses beyond the limit are left out, which an event tells', async () => {
    await makeService();
    await makeEndpoints([{ addresses: [{ ip: '1.2.3.4' }, { ip: 'fd00::1' }, { ip: '1.2.3.5' }], ports: [{ port: 1 }] }]);
    await plane.until(async () => (await slices()).length === 2);
    const found = (await slices()).map(({ addressType, endpoints }) => [addressType, endpoints?.flatMap(({ addresses }) => addresses)]);
    assert.deepEqual(new Map(found as [string, string[]][]), new Map([['IPv4', ['1.2.3.4']], ['IPv6', ['fd00::1']]])); // prettier-ignore
    await plane.until(async () => (await plane.client.list(Event, { namespace })).items.length > 0);
    const [event] = (await plane.client.list(Event, { namespace })).items;
    assert.equal(event?.reason, 'TooManyAddressesToMirror');
    assert.equal(event.message, 'A max of 2 addresses can be mirrored to EndpointSlices per Endpoints subset. 1 addresses were skipped');
  });

  test('nothing is mirrored for a service with a selector, nor what asks not to be', async () => {
    await makeService({ selector: { app: 'db' } });
    await makeEndpoints([{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 1 }] }]);
    await plane.clock.advance(1_000);
    assert.deepEqual(await slices(), []);
    await plane.client.patch(Service, at, 'merge', { spec: { selector: null } });
    await plane.until(async () => (await slices()).length === 1);
    await plane.client.patch(Endpoints, at, 'merge', { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } });
    await plane.until(async () => (await slices()).length === 0);
  });
});
