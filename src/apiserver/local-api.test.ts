import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import { seededCrypto } from '../base/seeded-crypto.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { text } from '../codec/bytes.ts';
import type { Credentials, ResourceCall, ResourceRef } from '../api/call.ts';
import { ApiError } from '../api/errors.ts';
import { defineKind } from '../api/kind.ts';
import { allKinds } from '../api/kinds/all.ts';
import type { LocalApi } from '../api/local-api.ts';
import { getPath } from '../client/typed-client.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { startApiServer, type RunningApiServer } from './server.ts';

const Tide = defineKind({
  group: 'harbour.example.com',
  version: 'v1beta1',
  kind: 'Tide',
  plural: 'tides',
  namespaced: true,
  verbs: ['get', 'list'],
  servedByDefault: true,
  schema: () => ({ type: 'object', fields: new Map([['height', { schema: { type: 'integer' }, required: true }]]) }),
});

const served: ResourceCall[] = [];
const tides: LocalApi = {
  kinds: [Tide],
  async serve(call) {
    served.push(call);
    const object = { metadata: { name: call.resource.name ?? '' }, height: 3 };
    return { type: 'object', code: 200, of: Tide, value: { object, json: () => [] } };
  },
};

const administrator: Credentials = { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } };
const nobody: Credentials = { by: 'identity', user: { name: 'nobody', groups: ['system:authenticated'] } };
const tide: ResourceRef = { group: 'harbour.example.com', version: 'v1beta1', resource: 'tides', namespace: 'default', name: 'spring' };

describe('an API that is served beside the server’s own', () => {
  let server: RunningApiServer;

  before(async () => {
    const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
    const rng = seededRng(1);
    const env = { clock, rng, crypto: seededCrypto(rng), log: silentLog, signal: new AbortController().signal };
    server = await startApiServer({
      env,
      store: new MemoryStore({ env }),
      kinds: allKinds,
      aggregated: [tides],
      serviceAccountKeys: env.crypto.generateKeyPair('ecdsa-p256'),
      externalAddress: () => '127.0.0.1:6443',
      serviceSubnet: '10.96.0.0/16',
      limits: { compactionIntervalMs: 0 },
    });
  });
  after(() => server[Symbol.dispose]());

  const document = async (path: string) => JSON.parse(text(await getPath(server.call, administrator, path))) as Record<string, unknown>;
  const failsWith = (code: number) => (error: unknown) => error instanceof ApiError && error.code === code;

  test('is discovered, after all others', async () => {
    const { groups } = (await document('/apis')) as { groups: { name: string }[] };
    assert.equal(groups.at(-1)?.name, 'harbour.example.com');
    const { resources } = (await document('/apis/harbour.example.com/v1beta1')) as { resources: object[] };
    assert.deepEqual(resources, [{ name: 'tides', singularName: 'tide', namespaced: true, kind: 'Tide', verbs: ['get', 'list'] }]);
  });

  test('is described', async () => {
    const { components } = (await document('/openapi/v3/apis/harbour.example.com/v1beta1')) as { components: { schemas: object } };
    assert.ok('com.example.harbour.v1beta1.Tide' in components.schemas);
  });

  test('answers calls for its kinds', async () => {
    const result = await server.call({ verb: 'get', credentials: administrator, resource: tide });
    assert.ok(result.type === 'object' && result.value.object.metadata.name === 'spring');
    assert.equal(served.length, 1);
  });

  test('hears nothing from whom roles do not let, and of what its kinds cannot do', async () => {
    const before = served.length;
    await assert.rejects(server.call({ verb: 'get', credentials: nobody, resource: tide }), failsWith(403));
    await assert.rejects(server.call({ verb: 'delete', credentials: administrator, resource: tide }), failsWith(405));
    const status = { ...tide, subresource: 'status' };
    await assert.rejects(server.call({ verb: 'get', credentials: administrator, resource: status }), failsWith(404));
    const elsewhere = { group: tide.group, version: tide.version, resource: 'tides', name: 'spring' };
    await assert.rejects(server.call({ verb: 'get', credentials: administrator, resource: elsewhere }), failsWith(404));
    assert.equal(served.length, before);
  });
});
