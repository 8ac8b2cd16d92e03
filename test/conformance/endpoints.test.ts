/** What Services point to, as the endpoint controllers keep it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoints as EndpointsObject } from '../../src/api/generated/core/v1.ts';
import type { EndpointSlice as SliceObject } from '../../src/api/generated/discovery/v1.ts';
import { Endpoints } from '../../src/api/kinds/core/endpoints.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { EndpointSlice } from '../../src/api/kinds/discovery/endpointslice.ts';
import { conformance, unlessMissing, until } from './bed.ts';
import { createPod, podRuns, readyPods, templateOf, type Labels } from './pods-of.ts';

conformance(
  'endpoints',
  (bed) => {
    const createService = (
      namespace: string,
      name: string,
      selector?: Labels,
      ports: readonly object[] = [{ port: 80, name: 'example' }],
    ) => bed.client.create(Service, { metadata: { namespace, name }, spec: { ports, ...(selector && { selector }) } } as never);
    const slicesOf = async (namespace: string, service: string): Promise<readonly SliceObject[]> =>
      (await bed.client.list(EndpointSlice, { namespace }, { labelSelector: `kubernetes.io/service-name=${service}` })).items;
    const endpointsOf = (namespace: string, name: string): Promise<EndpointsObject | undefined> =>
      bed.client.get(Endpoints, { namespace, name }).catch(unlessMissing);
    const addressesIn = (slices: readonly SliceObject[]) =>
      slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses)).toSorted();
    const addressesOf = ({ subsets }: EndpointsObject) =>
      (subsets ?? []).flatMap(({ addresses }) => (addresses ?? []).map(({ ip }) => ip)).toSorted();
    /** Both say that these addresses, and no others, belong to the Service. */
    const bothHave = (namespace: string, service: string, wanted: readonly string[]) =>
      until(async () => {
        const [slices, endpoints] = [await slicesOf(namespace, service), await endpointsOf(namespace, service)];
        const all = wanted.toSorted().join();
        return endpoints && addressesOf(endpoints).join() === all && addressesIn(slices).join() === all && { slices, endpoints };
      });

    const nothingSelected = async () => {
      const namespace = await bed.namespace();
      await createService(namespace, 'empty-selector', { 'does-not-match-anything': 'endpoints-and-endpoint-slices' });
      const { slices, endpoints } = await until(async () => {
        const found = { slices: await slicesOf(namespace, 'empty-selector'), endpoints: await endpointsOf(namespace, 'empty-selector') };
        return found.endpoints && found.slices.length > 0 && { ...found, endpoints: found.endpoints };
      });
      assert.deepEqual([slices.length, slices[0]!.endpoints ?? [], endpoints.subsets ?? []], [1, [], []]);
      assert.equal(slices[0]!.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io');
      await bed.client.delete(Service, { namespace, name: 'empty-selector' });
      await until(async () => (await endpointsOf(namespace, 'empty-selector')) === undefined);
      await until(async () => (await slicesOf(namespace, 'empty-selector')).length === 0);
    };
    test(
      '[sig-network] EndpointSlice should create and delete EndpointSlices for a Service with a selector that matches no pods [Conformance]',
      nothingSelected,
    );
    test(
      '[sig-network] EndpointsController should create and delete Endpoints for a Service with a selector that matches no pods [Conformance]',
      nothingSelected,
    );

    /** Two Services over two pods: one names the port, which each pod has under a number of its own. */
    const selectedPods = async () => {
      const namespace = await bed.namespace();
      const ports = (containerPort: number) => [{ name: 'pause', image: 'httpd', ports: [{ name: 'example-name', containerPort }] }];
      await createPod(bed, namespace, 'pod1', { containers: ports(3000) }, { labels: { foo: 'bar', baz: 'qux' } });
      await createPod(bed, namespace, 'pod2', { containers: ports(3001) }, { labels: { foo: 'bar' } });
      const [ip1, ip2] = [(await podRuns(bed, namespace, 'pod1')).status.podIP!, (await podRuns(bed, namespace, 'pod2')).status.podIP!];
      await createService(namespace, 'by-number', { foo: 'bar', baz: 'qux' }, [{ name: 'example', port: 80, targetPort: 3000 }]);
      const named = [{ name: 'example', port: 80, targetPort: 'example-name' }];
      await createService(namespace, 'by-name', { foo: 'bar' }, named);
      await bothHave(namespace, 'by-number', [ip1]);
      const { slices, endpoints } = await bothHave(namespace, 'by-name', [ip1, ip2]);
      return { namespace, slices, endpoints, ip1, ip2 };
    };

    test('[sig-network] EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service [Conformance]', async () => {
      const { namespace, slices, ip1, ip2 } = await selectedPods();
      // Ports that differ go into slices that differ.
      const portsAt = Object.fromEntries(
        slices.map(({ endpoints, ports }) => [endpoints![0]!.addresses[0], ports!.map(({ port }) => port)]),
      );
      assert.deepEqual(portsAt, { [ip1]: [3000], [ip2]: [3001] });
      for (const { endpoints } of slices)
        for (const { targetRef, conditions, nodeName } of endpoints!) {
          assert.deepEqual([targetRef?.kind, targetRef?.namespace, conditions?.ready], ['Pod', namespace, true]);
          const pod = await bed.client.get(Pod, { namespace, name: targetRef!.name! });
          assert.deepEqual([pod.metadata.uid, pod.spec.nodeName], [targetRef?.uid, nodeName]);
        }
    });

    test('[sig-network] EndpointsController should create Endpoints for Pods matching a Service [Conformance]', async () => {
      const { endpoints, ip1, ip2 } = await selectedPods();
      const portsAt = Object.fromEntries(
        endpoints.subsets!.map(({ addresses, ports }) => [addresses![0]!.ip, ports!.map(({ port }) => port)]),
      );
      assert.deepEqual(portsAt, { [ip1]: [3000], [ip2]: [3001] });
    });

    test('[sig-network] EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'example-custom-endpoints' };
      await createService(namespace, at.name);
      const subset = (ip: string, port: number) => [{ addresses: [{ ip }], ports: [{ name: 'example', port, protocol: 'TCP' as const }] }];
      await bed.client.create(Endpoints, { metadata: at, subsets: subset('10.1.2.3', 80) });
      const mirrored = (ip: string, port: number) =>
        until(async () => {
          const [slice, ...more] = await slicesOf(namespace, at.name);
          const isIt = addressesIn(slice ? [slice] : []).join() === ip && slice?.ports?.[0]?.port === port;
          return more.length === 0 && isIt && slice;
        });
      const { metadata } = await mirrored('10.1.2.3', 80);
      assert.equal(metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io');
      await bed.change(Endpoints, at, (endpoints) => ({ ...endpoints, subsets: subset('10.2.3.4', 9090) }));
      await mirrored('10.2.3.4', 9090);
      await bed.client.delete(Endpoints, at);
      await until(async () => (await slicesOf(namespace, at.name)).length === 0);
    });

    test('[sig-network] Service endpoints latency should not be very high [Conformance]', async () => {
      const namespace = await bed.namespace();
      const labels = { name: 'svc-latency-rc' };
      const spec = { replicas: 1, selector: labels, template: templateOf(labels) };
      await bed.client.create(ReplicationController, { metadata: { namespace, name: 'svc-latency-rc' }, spec } as never);
      await readyPods(bed, namespace, 1);
      using watch = bed.watch(Endpoints, { namespace }, {});
      const beganAt = new Map<string, number>();
      const tookMs: number[] = [];
      await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const name = `latency-${n}`;
          beganAt.set(name, performance.now());
          await createService(namespace, name, labels);
        }),
      );
      while (beganAt.size > 0) {
        const { object } = await watch.find(({ object: one }) => beganAt.has(one.metadata.name!) && addressesOf(one).length === 1);
        tookMs.push(performance.now() - beganAt.get(object.metadata.name!)!);
        beganAt.delete(object.metadata.name!);
      }
      tookMs.sort((a, b) => a - b);
      // Upstream's own limits, by the machine's clock: this is work, not waiting.
      assert.ok(tookMs[Math.floor(tookMs.length * 0.5)]! < 20_000);
      assert.ok(tookMs[Math.floor(tookMs.length * 0.99)]! < 50_000);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
