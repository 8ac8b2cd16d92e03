import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alreadyExists, notFound } from '../api/errors.ts';
import type { Endpoints as EndpointsType, Service as ServiceType } from '../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceType } from '../api/generated/discovery/v1.ts';
import type { ServiceCIDR as ServiceCIDRType } from '../api/generated/networking/v1.ts';
import type { PriorityClass as PriorityClassType } from '../api/generated/scheduling/v1.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Client } from '../client/client.ts';
import { ensureBootstrap } from './bootstrap.ts';

const options = { apiAddress: '172.18.0.2', apiPort: 6443, serviceSubnet: '10.96.0.0/16', nowMs: Date.UTC(2026, 10, 24) };

/** Keeps objects as an API server would, and tells what was asked of it. */
function memory() {
  const stored = new Map<string, KubeObject>();
  const calls: string[] = [];
  const keyOf = (kind: Kind, { namespace = '', name = '' }: { namespace?: string; name?: string }) => `${kind.plural}/${namespace}/${name}`;
  const put = (verb: string) => (kind: Kind, object: KubeObject) => {
    const key = keyOf(kind, object.metadata);
    calls.push(`${verb} ${key}`);
    stored.set(key, object);
    return Promise.resolve(object);
  };
  const client = {
    get: (kind: Kind, at: { namespace?: string; name: string }) => {
      const found = stored.get(keyOf(kind, at));
      return found ? Promise.resolve(found) : Promise.reject(notFound({ group: kind.group, resource: kind.plural }, at.name));
    },
    create: put('create'),
    update: put('update'),
    updateStatus: put('update status of'),
  } as unknown as Client;
  return { client, calls, stored };
}

describe('bootstrap', () => {
  test('makes namespaces before all else, and the API server’s Service at the first address', async () => {
    const { client, calls, stored } = memory();
    await ensureBootstrap(client, options);
    assert.ok(
      calls.slice(0, 4).every((call) => call.startsWith('create namespaces/')),
      calls.join('\n'),
    );
    const { spec } = stored.get('services/default/kubernetes') as ServiceType;
    assert.deepEqual([spec.clusterIP, spec.ports], ['10.96.0.1', [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }]]);
    assert.deepEqual((stored.get('endpointslices/default/kubernetes') as EndpointSliceType).endpoints, [
      { addresses: ['172.18.0.2'], conditions: { ready: true } },
    ]);
    assert.equal((stored.get('priorityclasses//system-node-critical') as PriorityClassType).value, 2_000_001_000);
    const cidr = stored.get('servicecidrs//kubernetes') as ServiceCIDRType;
    assert.deepEqual(cidr.spec.cidrs, ['10.96.0.0/16']);
    assert.deepEqual(
      [cidr.status.conditions?.[0]?.type, cidr.status.conditions?.[0]?.lastTransitionTime],
      ['Ready', '2026-11-24T00:00:00Z'],
    );
  });

  test('does nothing at a second start', async () => {
    const { client, calls } = memory();
    await ensureBootstrap(client, options);
    calls.length = 0;
    await ensureBootstrap(client, options);
    assert.deepEqual(calls, []);
  });

  test('points to where the server is now, and leaves the Service its address', async () => {
    const { client, calls, stored } = memory();
    await ensureBootstrap(client, options);
    calls.length = 0;
    await ensureBootstrap(client, { ...options, apiAddress: '172.18.0.9', apiPort: 7443 });
    assert.deepEqual(calls.toSorted(), [
      'update endpoints/default/kubernetes',
      'update endpointslices/default/kubernetes',
      'update services/default/kubernetes',
    ]);
    assert.equal((stored.get('endpoints/default/kubernetes') as EndpointsType).subsets![0]!.addresses![0]!.ip, '172.18.0.9');
    assert.equal((stored.get('services/default/kubernetes') as ServiceType).spec.clusterIP, '10.96.0.1');
  });

  test('publishes the authorities, and keeps what others put beside them', async () => {
    const { client, stored } = memory();
    const key = 'configmaps/kube-system/extension-apiserver-authentication';
    stored.set(key, {
      metadata: { namespace: 'kube-system', name: 'extension-apiserver-authentication' },
      data: { own: 'x' },
    } as KubeObject);
    await ensureBootstrap(client, { ...options, clientCa: 'PEM' });
    assert.deepEqual((stored.get(key) as KubeObject & { data: object }).data, { own: 'x', 'client-ca-file': 'PEM' });
  });

  test('does not mind that another server was quicker', async () => {
    const { client, stored } = memory();
    const create = client.create.bind(client);
    const slower: Client = {
      ...client,
      async create(kind, object) {
        await create(kind, object);
        throw alreadyExists({ group: kind.group, resource: kind.plural }, object.metadata.name ?? '');
      },
    };
    await ensureBootstrap(slower, options);
    assert.ok(stored.has('services/default/kubernetes'));
  });
});
