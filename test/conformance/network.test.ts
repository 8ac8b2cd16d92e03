import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceStatus } from '../../src/api/generated/core/v1.ts';
import { Endpoints } from '../../src/api/kinds/core/endpoints.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { EndpointSlice } from '../../src/api/kinds/discovery/endpointslice.ts';
import { Ingress } from '../../src/api/kinds/networking/ingress.ts';
import { IngressClass } from '../../src/api/kinds/networking/ingressclass.ts';
import { IPAddress } from '../../src/api/kinds/networking/ipaddress.ts';
import { NetworkPolicy } from '../../src/api/kinds/networking/networkpolicy.ts';
import { ServiceCIDR } from '../../src/api/kinds/networking/servicecidr.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';

const condition = (status: string) => ({
  type: 'StatusUpdate',
  status,
  reason: 'E2E',
  message: 'Set from an e2e test',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const service = (namespace: string, name: string, spec: object = {}) =>
  ({ metadata: { namespace, name, labels: { test: 'services' } }, spec: { ports: [{ port: 80 }], ...spec } }) as never;

conformance('network', (bed) => {
  test('[sig-network] API Server should have Endpoints and EndpointSlices pointing to API Server [Conformance]', async () => {
    const { spec } = await bed.client.get(Service, { namespace: 'default', name: 'kubernetes' });
    const endpoints = await bed.client.get(Endpoints, { namespace: 'default', name: 'kubernetes' });
    const { items } = await bed.client.list(
      EndpointSlice,
      { namespace: 'default' },
      { labelSelector: 'kubernetes.io/service-name=kubernetes' },
    );
    assert.equal(endpoints.subsets?.length, 1);
    const { addresses, ports } = endpoints.subsets[0]!;
    assert.ok(addresses!.length > 0);
    assert.deepEqual(
      items.map((slice) => [
        slice.endpoints?.flatMap((endpoint) => endpoint.addresses),
        slice.ports?.map(({ name, port }) => [name, port]),
      ]),
      [[addresses!.map(({ ip }) => ip), ports!.map(({ name, port }) => [name, port])]],
    );
    assert.equal(spec.ports?.[0]?.targetPort, ports![0]!.port);
  });

  test('[sig-network] API Server should provide secure master service [Conformance]', async () => {
    const { spec } = await bed.client.get(Service, { namespace: 'default', name: 'kubernetes' });
    assert.deepEqual(
      spec.ports?.map(({ name, port, protocol }) => [name, port, protocol]),
      [['https', 443, 'TCP']],
    );
  });

  test('[sig-network] EndpointSlice should support creating EndpointSlice API operations [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: EndpointSlice,
      namespace,
      make: () => ({ addressType: 'IPv4' as const, endpoints: [{ addresses: ['1.2.3.4', '5.6.7.8'] }] }),
    });
  });

  test('[sig-network] Endpoints should test the lifecycle of an Endpoint [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: Endpoints,
      namespace,
      make: () => ({ subsets: [{ addresses: [{ ip: '10.0.0.24' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' as const }] }] }),
      change: (endpoints) => ({
        ...endpoints,
        subsets: [{ addresses: [{ ip: '10.0.0.25' }], ports: [{ name: 'http-test', port: 8080 }] }],
      }),
    });
  });

  test('[sig-network] Ingress API should support creating Ingress API operations [Conformance]', async () => {
    const namespace = await bed.namespace();
    const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
    await exercise(bed, {
      kind: Ingress,
      namespace,
      make: () => ({ spec: { defaultBackend: backend('default-backend'), rules: [{ host: 'foo.bar.com' }] } }),
      change: (ingress) => ({ ...ingress, spec: { ...ingress.spec, defaultBackend: backend('other') } }),
      status: [{ loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } }, { loadBalancer: { ingress: [{ ip: '169.1.1.2' }] } }],
    });
  });

  test('[sig-network] IngressClass API should support creating IngressClass API operations [Conformance]', async () => {
    await exercise(bed, { kind: IngressClass, make: () => ({ spec: { controller: 'example.com/controller' } }) });
  });

  test('NetworkPolicy supports all operations', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: NetworkPolicy,
      namespace,
      make: () => ({ spec: { podSelector: { matchLabels: { app: 'pod' } }, ingress: [{ from: [{ namespaceSelector: {} }] }] } }),
      change: (policy) => ({ ...policy, spec: { ...policy.spec, podSelector: {} } }),
    });
  });

  test('[sig-network] ServiceCIDR and IPAddress API should support ServiceCIDR API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: ServiceCIDR,
      make: (index) => ({ spec: { cidrs: [`10.14${index}.0.0/24`] } }),
      status: [{ conditions: [condition('False')] }, { conditions: [condition('True')] }],
    });
    await refused(
      bed.client.create(ServiceCIDR, { metadata: { name: 'bad' }, spec: { cidrs: ['10.0.0.0/33'] } } as never),
      422,
      'spec.cidrs[0]: Invalid value: "10.0.0.0/33"',
    );
  });

  test('[sig-network] ServiceCIDR and IPAddress API should support IPAddress API operations [Conformance]', async () => {
    await exercise(bed, {
      kind: IPAddress,
      make: (index) => ({
        metadata: { name: `192.168.1.${index + 1}`, labels: { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.test.k8s.io' } },
        spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'test' } },
      }),
    });
  });

  test('[sig-network] Services should complete a service status lifecycle [Conformance]', async () => {
    const namespace = await bed.namespace();
    const at = { namespace, name: 'lifecycle' };
    const made = await bed.client.create(Service, service(namespace, 'lifecycle', { type: 'LoadBalancer' }));
    assert.equal(made.status?.loadBalancer?.ingress, undefined);
    using watch = bed.watch(Service, { namespace }, { resourceVersion: made.metadata.resourceVersion });
    const status: ServiceStatus = { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } };
    const patched = await bed.client.patch(
      Service,
      at,
      'merge',
      { metadata: { annotations: { patchedstatus: 'true' } }, status },
      { subresource: 'status' },
    );
    assert.deepEqual(patched.status, { loadBalancer: { ingress: [{ ip: '203.0.113.1', ipMode: 'VIP' }] } });
    const put = await bed.client.updateStatus(Service, {
      ...patched,
      status: { ...patched.status, conditions: [condition('True')] },
    });
    assert.deepEqual(put.status?.conditions, [condition('True')]);
    const labelled = await bed.client.patch(Service, at, 'strategic', {
      metadata: { labels: { 'test-service': 'patched' } },
      spec: {
        ports: [
          { port: 443, name: 'https' },
          { port: 80, name: 'http' },
        ],
      },
    });
    assert.deepEqual(
      labelled.spec.ports?.map(({ name, port }) => [name, port]),
      [
        ['https', 443],
        ['http', 80],
      ],
    );
    for (const field of ['patchedstatus']) await watch.find(({ object }) => object.metadata.annotations?.[field] === 'true');
    await watch.find(({ object }) => object.status?.conditions?.[0]?.type === 'StatusUpdate');
    await bed.client.delete(Service, at);
    await watch.find(({ type }) => type === 'DELETED');
    assert.equal(await bed.client.get(Service, at).catch(unlessMissing), undefined);
  });

  test('[sig-network] Services should delete a collection of services [Conformance]', async () => {
    const namespace = await bed.namespace();
    for (const [name, label] of [
      ['one', 'tear-down'],
      ['two', 'tear-down'],
      ['three', 'keep'],
    ] as const)
      await bed.client.create(Service, { metadata: { namespace, name, labels: { label } }, spec: { ports: [{ port: 80 }] } } as never);
    const list = await bed.client.list(Service, { namespace });
    assert.equal(list.items.length, 3);
    await bed.client.deleteCollection(Service, { namespace }, {}, { labelSelector: 'label=tear-down' });
    const left = await until(async () => {
      const { items } = await bed.client.list(Service, { namespace });
      return items.length === 1 && items;
    });
    assert.equal(left[0]!.metadata.name, 'three');
  });

  test('[sig-network] Services should find a service from listing all namespaces [Conformance]', async () => {
    const { items } = await bed.client.list(Service);
    assert.ok(items.some(({ metadata }) => metadata.name === 'kubernetes' && metadata.namespace === 'default'));
  });

  test('a Service changes its type and takes and frees what it needs', async () => {
    const namespace = await bed.namespace();
    const external = await bed.client.create(
      Service,
      service(namespace, 'changing', { type: 'ExternalName', externalName: 'example.com' }),
    );
    assert.deepEqual([external.spec.clusterIP, external.spec.ports?.[0]?.nodePort], [undefined, undefined]);
    const cluster = await bed.client.update(Service, { ...external, spec: { ports: external.spec.ports, type: 'ClusterIP' } } as never);
    assert.match(cluster.spec.clusterIP!, /^10\.96\./);
    const node = await bed.client.update(Service, { ...cluster, spec: { ...cluster.spec, type: 'NodePort' } });
    const { nodePort } = node.spec.ports![0]!;
    assert.ok(nodePort! >= 30000 && nodePort! <= 32767);
    await refused(
      bed.client.create(Service, service(namespace, 'colliding', { type: 'NodePort', ports: [{ port: 80, nodePort }] })),
      422,
      `spec.ports[0].nodePort: Invalid value: ${nodePort}: provided port is already allocated`,
    );
    await refused(
      bed.client.create(Service, service(namespace, 'low', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] })),
      422,
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    );
    await bed.client.delete(Service, { namespace, name: 'changing' });
    const again = await bed.client.create(Service, service(namespace, 'again', { type: 'NodePort', ports: [{ port: 80, nodePort }] }));
    assert.equal(again.spec.ports?.[0]?.nodePort, nodePort);
  });

  test('session affinity has a time-out that may be changed', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(Service, service(namespace, 'sticky', { sessionAffinity: 'ClientIP' }));
    assert.deepEqual(made.spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10800 } });
    const patch = { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } };
    const none = await bed.client.patch(Service, { namespace, name: 'sticky' }, 'merge', patch);
    assert.deepEqual([none.spec.sessionAffinity, none.spec.sessionAffinityConfig], ['None', undefined]);
  });
});
