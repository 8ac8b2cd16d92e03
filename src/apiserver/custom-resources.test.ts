import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { seededCrypto } from '../base/seeded-crypto.ts';
import { seededRng } from '../base/rng.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import type { Draft } from '../api/draft.ts';
import { text } from '../codec/bytes.ts';
import type { CustomResourceDefinition as Definition, CustomResourceDefinitionVersion } from '../api/generated/apiextensions/v1.ts';
import { CustomResourceDefinition } from '../api/kinds/apiextensions/customresourcedefinition.ts';
import type { KubeObject } from '../api/meta.ts';
import { KindRegistry } from '../api/registry.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { CustomInstances, CustomResources } from './custom-resources.ts';
import { Storages } from './storage/storages.ts';

const version = (name: string, more: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinitionVersion => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } },
  ...more,
});

const definition = (versions: readonly CustomResourceDefinitionVersion[], established = true): Definition => {
  const names = { plural: 'gears', singular: 'gear', kind: 'Gear', listKind: 'GearList' };
  return {
    metadata: { name: 'gears.example.com', uid: '1' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
    status: {
      acceptedNames: names,
      conditions: [{ type: 'Established', status: established ? 'True' : 'False', reason: 'x', message: '' }],
    },
  };
};

const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
const rng = seededRng(1);
let storages: Storages;
let resources: CustomResources;

describe('custom resources', () => {
  beforeEach(() => {
    const store = new MemoryStore({ env: { clock, rng, log: silentLog } });
    const builtIn = new KindRegistry([CustomResourceDefinition]);
    const ringLimits = { minEvents: 10, maxEvents: 100, maxBytes: 1_000_000, keepMs: 60_000 };
    const options = {
      store,
      clock,
      kinds: builtIn,
      decodedBytes: 1_000_000,
      ringLimits,
      bookmarkEveryMs: 60_000,
      freeze: true,
      onEvents() {},
    };
    storages = new Storages(options);
    resources = new CustomResources({ builtIn, storages, onUnusable: (_name, error) => assert.fail(String(error)) });
  });

  async function put(object: Definition): Promise<void> {
    const storage = storages.of(CustomResourceDefinition);
    const key = storage.keyOf(undefined, object.metadata.name!);
    const found = await storage.get(key);
    const draft = structuredClone(object) as Draft<KubeObject>;
    await (found ? storage.update(key, found.revision, draft) : storage.create(key, draft));
  }

  const servedKinds = () => resources.kinds().kindsOf({ group: 'example.com', version: 'v1' });

  test('definitions that were there before are served from the start', async () => {
    await put(definition([version('v1', { storage: true })]));
    await resources.start();
    assert.deepEqual(
      servedKinds().map(({ kind }) => kind),
      ['Gear'],
    );
  });

  test('a definition is served from the write that establishes it to the one that removes it', async () => {
    await resources.start();
    const versions = [version('v1', { storage: true })];
    await put(definition(versions, false));
    assert.equal(servedKinds().length, 0);
    await put(definition(versions));
    assert.equal(servedKinds().length, 1);
    const storage = storages.of(CustomResourceDefinition);
    await storage.remove((await storage.get(storage.keyOf(undefined, 'gears.example.com')))!);
    assert.equal(servedKinds().length, 0);
  });

  test('a version that is only stored is not served, and yet holds the objects', async () => {
    await resources.start();
    await put(definition([version('v1'), version('v2', { served: false, storage: true })]));
    assert.equal(resources.kinds().kindsOf({ group: 'example.com', version: 'v2' }).length, 0);
    const [v1] = servedKinds();
    const storage = storages.of(v1!);
    assert.equal(storage.family.kind.version, 'v2');
    assert.equal(resources.storedKind('gears.example.com'), storage.family.kind);
    assert.equal(storage.keyOf('ns', 'a'), '/registry/example.com/gears/ns/a');
  });

  test('a change of status alone keeps kinds and storage, a change of the spec makes them anew', async () => {
    await resources.start();
    const versions = [version('v1', { storage: true })];
    await put(definition(versions));
    const [kind] = servedKinds();
    const storage = storages.of(kind!);
    const terminating = definition(versions);
    await put({ ...terminating, status: { ...terminating.status, storedVersions: ['v1'] } });
    assert.equal(servedKinds()[0], kind);
    assert.equal(storages.of(kind!), storage);
    await put(definition([version('v1', { storage: true, deprecated: true })]));
    assert.notEqual(servedKinds()[0], kind);
    assert.notEqual(storages.of(servedKinds()[0]!), storage);
  });

  test('watches of a storage that is made anew end without an error', async () => {
    await resources.start();
    await put(definition([version('v1', { storage: true })]));
    const [kind] = servedKinds();
    const { cache } = storages.of(kind!);
    await cache.current();
    const ends: unknown[] = [];
    const request = { kind: kind!, selection: {}, bookmarks: false, sendInitial: true, markInitialEnd: false };
    cache.watch(request, { frame() {}, end: (error) => void ends.push(error) }).resume();
    await put(definition([version('v1', { storage: true, deprecated: true })]));
    assert.deepEqual(ends, [undefined]);
    const failure = () => cache.failure?.code;
    assert.equal(failure(), undefined, 'calls under way go on');
    await clock.advance(60_000);
    assert.equal(failure(), 503);
  });

  test('stored objects are shown by the schema of today, and as they are where nothing changes', async () => {
    await resources.start();
    await put(definition([version('v1', { storage: true })]));
    const write = storages.of(servedKinds()[0]!);
    const stored = { metadata: { name: 'a', namespace: 'ns' }, spec: { size: 1, old: true } } as Draft<KubeObject>;
    await write.create(write.keyOf('ns', 'a'), stored);
    const shown = async () => {
      const storage = storages.of(servedKinds()[0]!);
      return JSON.parse((await storage.get(storage.keyOf('ns', 'a')))!.json().map(text).join(''));
    };
    assert.deepEqual((await shown()).spec, { size: 1 });
    const spec = { type: 'object', properties: { old: { type: 'boolean' }, color: { type: 'string', default: 'red' } } };
    await put(definition([version('v1', { storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } })]));
    assert.deepEqual((await shown()).spec, { old: true, color: 'red' });
  });

  test('instances are counted and deleted in every namespace', async () => {
    await resources.start();
    const known = definition([version('v1', { storage: true })]);
    const instances = new CustomInstances(resources, storages, { clock, rng, crypto: seededCrypto(rng) });
    assert.equal(await instances.count(known), 0);
    await put(known);
    const storage = storages.of(servedKinds()[0]!);
    for (const namespace of ['one', 'two'])
      await storage.create(storage.keyOf(namespace, 'a'), { metadata: { name: 'a', namespace, uid: namespace } });
    assert.equal(await instances.count(known), 2);
    await instances.deleteAll(known);
    assert.equal(await instances.count(known), 0);
  });
});
