import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { seededCrypto } from '../../base/seeded-crypto.ts';
import type { ResourceCall } from '../../api/call.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { trialStorages } from '../cache/trial.ts';
import { Admission } from './admission.ts';
import { create } from './create.ts';
import { patch } from './patch.ts';
import { update } from './update.ts';
import type { WriteDeps } from './write-deps.ts';

/** Calls on one kind, straight into the verbs. */
function trial(kind: Kind) {
  const { storages, store, clock } = trialStorages();
  const rng = seededRng(3);
  const deps: WriteDeps = { clock, rng, crypto: seededCrypto(rng), admission: new Admission([]), hooks: [] };
  const serve = async (verb: 'create' | 'update' | 'patch', object: unknown, more: object = {}): Promise<KubeObject> => {
    const name = verb === 'create' ? '' : 'a';
    const { subresource, ...rest } = more as { subresource?: string };
    const resource = { group: kind.group, version: kind.version, resource: kind.plural, namespace: 'default', name, subresource };
    const call = { verb, resource, credentials: { by: 'nothing' }, userAgent: 'trial/1', body: { object }, ...rest } as ResourceCall;
    const context = { receivedMs: 0, user: { name: 'x', groups: [] }, auditId: '', warnings: [] };
    const request = { call, context, kind, storage: storages.of(kind), namespace: 'default', name } as never;
    const result = await { create, update, patch }[verb](request, deps);
    assert.ok(result.type === 'object');
    return result.value.object;
  };
  return { serve, store };
}

const configMap = (data: Record<string, string>, metadata: object = {}) => ({ metadata: { name: 'a', ...metadata }, data });
const dataOf = (object: KubeObject) => (object as KubeObject & { data: Record<string, string> }).data;

const deployment = (replicas: number, image = 'nginx') => ({
  metadata: { name: 'a' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image }] } },
  },
});

test('an update that changes nothing makes no revision', async () => {
  const { serve, store } = trial(ConfigMap);
  const made = await serve('create', configMap({ x: '1' }));
  const before = store.revision;
  const same = await serve('update', configMap({ x: '1' }));
  assert.equal(store.revision, before);
  assert.equal(same.metadata.resourceVersion, made.metadata.resourceVersion);
});

test('an update of an old revision, or of an object that was made anew, is a conflict', async () => {
  const { serve } = trial(ConfigMap);
  const made = await serve('create', configMap({ x: '1' }));
  await serve('update', configMap({ x: '2' }));
  const { resourceVersion, uid } = made.metadata;
  await assert.rejects(serve('update', configMap({ x: '3' }, { resourceVersion })), {
    code: 409,
    message:
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  });
  await assert.rejects(serve('update', configMap({ x: '3' }, { uid: 'other' })), {
    message: `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
  });
});

test('what the server alone says stays, whatever an update says', async () => {
  const { serve } = trial(ConfigMap);
  const made = await serve('create', configMap({ x: '1' }));
  const changed = await serve('update', configMap({ x: '2' }, { creationTimestamp: '2001-01-01T00:00:00Z', generation: 7 }));
  assert.equal(changed.metadata.creationTimestamp, made.metadata.creationTimestamp);
  assert.equal(changed.metadata.uid, made.metadata.uid);
  assert.equal(changed.metadata.generation, undefined);
});

test('the generation counts changes of the spec, and neither labels nor status', async () => {
  const { serve } = trial(Deployment);
  assert.equal((await serve('create', deployment(1))).metadata.generation, 1);
  assert.equal((await serve('update', { ...deployment(1), status: { replicas: 5 } })).metadata.generation, 1);
  assert.equal((await serve('patch', { metadata: { labels: { x: 'y' } } }, { patchType: 'merge' })).metadata.generation, 1);
  assert.equal((await serve('update', deployment(2))).metadata.generation, 2);
  const status = { metadata: { name: 'a' }, spec: { replicas: 9 }, status: { replicas: 2 } };
  const reported = (await serve('update', status, { subresource: 'status' })) as KubeObject & {
    spec: { replicas: number };
    status: object;
  };
  assert.equal(reported.metadata.generation, 2);
  assert.equal(reported.spec.replicas, 2);
  assert.deepEqual(reported.status, { replicas: 2 });
});

test('a crowd that patches one object without naming a revision is served whole', async () => {
  const { serve } = trial(ConfigMap);
  await serve('create', configMap({}));
  await Promise.all(Array.from({ length: 60 }, (_, i) => serve('patch', { data: { [`k${i}`]: 'v' } }, { patchType: 'merge' })));
  const all = await serve('patch', {}, { patchType: 'merge' });
  assert.equal(Object.keys(dataOf(all)).length, 60);
});

test('a patch that names a revision is tried once', async () => {
  const { serve } = trial(ConfigMap);
  const { metadata } = await serve('create', configMap({}));
  const named = (value: string) =>
    serve('patch', { metadata: { resourceVersion: metadata.resourceVersion }, data: { value } }, { patchType: 'merge' });
  const results = await Promise.allSettled([named('one'), named('two')]);
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('apply makes what is not there, and a dry run leaves nothing behind', async () => {
  const { serve, store } = trial(ConfigMap);
  const before = store.revision;
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', data: { x: '1' } };
  const dry = await serve('patch', applied, { patchType: 'apply', options: { fieldManager: 'me', dryRun: ['All'] } });
  assert.deepEqual(dataOf(dry), { x: '1' });
  assert.equal(store.revision, before);
  const made = await serve('patch', applied, { patchType: 'apply', options: { fieldManager: 'me' } });
  assert.deepEqual(
    made.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
    [['me', 'Apply']],
  );
});
