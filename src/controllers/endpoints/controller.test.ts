import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { Endpoints as EndpointsObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
const namespace = 'default';

describe('endpoints controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['endpoints-controller', 'serviceaccount-controller'] });
    await plane.client.create<KubeObject>(Service, {
      metadata: { name: 'web', namespace, labels: { team: 'a' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    } as KubeObject);
    await plane.clock.settle();
  });
  afterEach(() => plane[Symbol.dispose]());

  const endpoints = (name = 'web'): Promise<EndpointsObject | undefined> =>
    plane.client
      .get(Endpoints, { namespace, name })
      .catch((error: unknown) => (isNotFound(error) ? undefined : assert.fail(String(error))));
  const addresses = async () => (await endpoints())?.subsets?.flatMap((subset) => (subset.addresses ?? []).map(({ ip }) => ip)) ?? [];

  async function makePod(n: number): Promise<void> {
    const pod = await plane.client.create<KubeObject>(Pod, {
      metadata: { name: `p${n}`, namespace, labels: { app: 'web' } },
      spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
    } as KubeObject);
    const ip = `10.0.0.${n}`;
    const conditions = [{ type: 'Ready', status: 'True' as const, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await plane.client.updateStatus<PodObject>(Pod, { ...(pod as PodObject), status: { podIP: ip, podIPs: [{ ip }], conditions } });
  }

  test('a service without pods has empty endpoints; its pods come in and go out', async () => {
    assert.deepEqual((await endpoints())?.metadata.labels, { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
    assert.equal((await endpoints())?.subsets, undefined);
    await makePod(2);
    await makePod(1);
    await plane.until(async () => (await addresses()).join() === '10.0.0.1,10.0.0.2');
    await plane.client.delete(Pod, { namespace, name: 'p2' }, { gracePeriodSeconds: 0 });
    await plane.until(async () => (await addresses()).join() === '10.0.0.1');
  });

  test('endpoints go with their service', async () => {
    await plane.client.delete(Service, { namespace, name: 'web' });
    await plane.until(async () => (await endpoints()) === undefined);
  });

  test('endpoints that were deleted come back', async () => {
    await plane.client.delete(Endpoints, { namespace, name: 'web' });
    await plane.until(async () => (await endpoints()) !== undefined);
  });

  test('those written by hand, without a service or for one without a selector, are left alone', async () => {
    const subsets = [{ addresses: [{ ip: '9.9.9.9' }], ports: [{ port: 1 }] }];
    for (const name of ['bare', 'alone']) await plane.client.create(Endpoints, { metadata: { name, namespace }, subsets });
    await plane.client.create<KubeObject>(Service, {
      metadata: { name: 'bare', namespace },
      spec: { ports: [{ port: 80 }] },
    } as KubeObject);
    await plane.clock.advance(1_000);
    for (const name of ['bare', 'alone']) assert.equal((await endpoints(name))?.subsets?.[0]?.addresses?.[0]?.ip, '9.9.9.9');
  });
});
