import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceObject } from '../../api/generated/discovery/v1.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { EndpointSlice } from '../../api/kinds/discovery/endpointslice.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
const namespace = 'default';

describe('endpoint slice controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({
      controllers: ['endpointslice-controller', 'serviceaccount-controller'],
      flags: { maxEndpointsPerSlice: 3 },
    });
    await plane.client.create<KubeObject>(Node, { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } });
    await plane.client.create<KubeObject>(Service, {
      metadata: { name: 'web', namespace, labels: { team: 'a' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    } as KubeObject);
    await plane.clock.settle();
  });
  afterEach(() => plane[Symbol.dispose]());

  const slices = async (): Promise<readonly EndpointSliceObject[]> =>
    (await plane.client.list(EndpointSlice, { namespace }, { labelSelector: 'kubernetes.io/service-name=web' })).items;
  const addresses = async () =>
    (await slices()).flatMap(({ endpoints = [] }) => endpoints.flatMap((endpoint) => endpoint.addresses)).sort();

  async function makePod(n: number, ready = true, nodeName = 'n1'): Promise<void> {
    const pod = await plane.client.create<KubeObject>(Pod, {
      metadata: { name: `p${n}`, namespace, labels: { app: 'web' } },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
    } as KubeObject);
    await setStatus(pod as PodObject, n, ready);
  }
  const setStatus = (pod: PodObject, n: number, ready: boolean) =>
    plane.client.updateStatus<PodObject>(Pod, {
      ...pod,
      status: {
        phase: 'Running',
        podIP: `10.0.0.${n}`,
        podIPs: [{ ip: `10.0.0.${n}` }],
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    });

  test('pods of a service fill slices of the size that the flag says; those that go leave', async () => {
    for (let n = 1; n <= 4; n++) await makePod(n);
    await plane.until(async () => (await addresses()).length === 4);
    assert.deepEqual(
      (await slices()).map(({ endpoints }) => endpoints?.length).sort((a = 0, b = 0) => a - b),
      [1, 3],
    );
    await plane.client.delete(Pod, { namespace, name: 'p4' }, { gracePeriodSeconds: 0 });
    await plane.until(async () => (await slices()).length === 1);
    assert.deepEqual(await addresses(), ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  });

  test('a pod that becomes unready stays, and is told as such', async () => {
    await makePod(1);
    await plane.until(async () => (await addresses()).length === 1);
    await setStatus(await plane.client.get(Pod, { namespace, name: 'p1' }), 1, false);
    await plane.until(async () => (await slices())[0]?.endpoints?.[0]?.conditions?.ready === false);
  });

  test('a label that changes takes a pod in and out', async () => {
    await makePod(1);
    await plane.until(async () => (await addresses()).length === 1);
    await plane.client.patch(Pod, { namespace, name: 'p1' }, 'merge', { metadata: { labels: { app: 'other' } } });
    await plane.until(async () => (await addresses()).length === 0);
    await plane.client.patch(Pod, { namespace, name: 'p1' }, 'merge', { metadata: { labels: { app: 'web' } } });
    await plane.until(async () => (await addresses()).length === 1);
  });

  test('a selector that changes takes in other pods', async () => {
    await makePod(1);
    await plane.until(async () => (await addresses()).length === 1);
    await plane.client.patch(Service, { namespace, name: 'web' }, 'merge', { spec: { selector: { app: 'other' } } });
    await plane.until(async () => (await addresses()).length === 0);
  });

  test('what another writes into a slice is put right; a slice that was deleted comes back', async () => {
    await makePod(1);
    await plane.until(async () => (await addresses()).length === 1);
    const [slice] = await slices();
    await plane.client.update(EndpointSlice, { ...slice!, endpoints: [{ addresses: ['9.9.9.9'] }] });
    await plane.until(async () => (await addresses())[0] === '10.0.0.1');
    await plane.client.delete(EndpointSlice, { namespace, name: slice!.metadata.name! });
    await plane.until(async () => (await slices())[0]?.metadata.uid !== slice!.metadata.uid && (await addresses()).length === 1);
  });

  test('the annotation says what moment set off the last change', async () => {
    const [slice] = await slices();
    const created = (await plane.client.get(Service, { namespace, name: 'web' })).metadata.creationTimestamp;
    assert.equal(slice?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'], created);
    await makePod(1);
    await plane.until(async () => (await addresses()).length === 1);
    const trigger = (await slices())[0]?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'];
    assert.equal(trigger, '2026-01-01T00:00:00Z');
  });

  test('many changes at once cost few writes', async () => {
    const before = (await slices())[0]!.metadata.generation!;
    await Promise.all([1, 2, 3].map((n) => makePod(n)));
    await plane.until(async () => (await addresses()).length === 3);
    await plane.clock.advance(1_000);
    assert.ok((await slices())[0]!.metadata.generation! - before <= 2);
  });

  test('a pod on a node that is not there is tried again until the node comes', async () => {
    await makePod(1, true, 'n2');
    await plane.clock.advance(1_000);
    assert.deepEqual(await addresses(), []);
    await plane.client.create<KubeObject>(Node, { metadata: { name: 'n2' } });
    await plane.until(async () => (await addresses()).length === 1);
    const { items } = await plane.client.list(Event, { namespace });
    const told = items.find(({ reason }) => reason === 'FailedToUpdateEndpointSlices');
    assert.equal(told?.source?.component, 'endpoint-slice-controller');
    assert.match(told?.message ?? '', /^Error updating Endpoint Slices for Service default\/web: skipping Pod p1 /);
  });

  test('a service that asks for topology hints has them as long as the zones allow it', async () => {
    const setStatus = (name: string) =>
      plane.client.patch(
        Node,
        { name },
        'merge',
        { status: { allocatable: { cpu: '4' }, conditions: [{ type: 'Ready', status: 'True' }] } },
        { subresource: 'status' },
      );
    await plane.client.create<KubeObject>(Node, { metadata: { name: 'n2', labels: { 'topology.kubernetes.io/zone': 'z2' } } });
    for (const name of ['n1', 'n2']) await setStatus(name);
    await plane.client.patch(Service, { namespace, name: 'web' }, 'merge', {
      metadata: { annotations: { 'service.kubernetes.io/topology-mode': 'Auto' } },
    });
    await makePod(1);
    await makePod(2, true, 'n2');
    const hints = async () => (await slices()).flatMap(({ endpoints = [] }) => endpoints.map((one) => one.hints?.forZones?.[0]?.name));
    await plane.until(async () => (await hints()).join() === 'z1,z2');
    await plane.client.delete(Node, { name: 'n2' });
    await plane.until(async () => (await hints()).every((zone) => zone === undefined));
    const told = (await plane.client.list(Event, { namespace })).items.filter(({ reason }) => reason === 'TopologyAwareHintsEnabled');
    assert.equal(told[0]?.message, 'Topology Aware Hints has been enabled, addressType: IPv4');
  });

  test('a service without a selector has none', async () => {
    await plane.client.create<KubeObject>(Service, {
      metadata: { name: 'bare', namespace },
      spec: { ports: [{ port: 80 }] },
    } as KubeObject);
    await plane.clock.advance(1_000);
    const found = await plane.client.list(EndpointSlice, { namespace }, { labelSelector: 'kubernetes.io/service-name=bare' });
    assert.deepEqual(found.items, []);
  });
});
