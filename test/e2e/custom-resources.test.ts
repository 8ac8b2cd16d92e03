import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isNotFound, type ApiError } from '../../src/api/errors.ts';
import type { CustomResourceDefinition as Definition } from '../../src/api/generated/apiextensions/v1.ts';
import { kindFromCrd } from '../../src/api/kind-from-crd.ts';
import { CustomResourceDefinition } from '../../src/api/kinds/apiextensions/customresourcedefinition.ts';
import { isTrue } from '../../src/api/kinds/conditions.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import type { Client } from '../../src/client/client.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['image'],
      properties: {
        image: { type: 'string' },
        replicas: { type: 'integer', minimum: 0, default: 1 },
        color: { type: 'string' },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
};

const definitionOf = (plural: string, kind: string): Definition => ({
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind, shortNames: [`${plural}short`], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
        },
        selectableFields: [{ jsonPath: '.spec.color' }],
        additionalPrinterColumns: [{ name: 'Image', type: 'string', jsonPath: '.spec.image' }],
      },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: { openAPIV3Schema: schema } },
    ],
  },
  status: {},
});

type Custom = KubeObject & {
  readonly spec: { readonly image: string; readonly replicas?: number; readonly color?: string };
  readonly status?: unknown;
};

let running: TestCluster;
let client: Client;
describe('custom resources', () => {
  before(async () => {
    running = await testCluster();
    client = running.cluster.client;
  });
  after(() => running[Symbol.asyncDispose]());

  /** Looks until it holds; the controllers need a moment. */
  async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
    for (let tries = 0; tries < 400; tries++) {
      const found = await look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('it never came to be');
  }

  async function establish(definition: Definition): Promise<Definition> {
    await client.create(CustomResourceDefinition, definition);
    return until(async () => {
      const current = await client.get(CustomResourceDefinition, { name: definition.metadata.name! });
      return isTrue(current.status?.conditions, 'Established') && current;
    });
  }

  const gone = (definition: string): Promise<true> =>
    until(() =>
      client.get(CustomResourceDefinition, { name: definition }).then(
        () => false,
        (error: unknown) => isNotFound(error),
      ),
    );

  const custom = (name: string, spec: object): Custom => ({ metadata: { name, namespace: 'default' }, spec: spec as Custom['spec'] });
  const at = (name: string) => ({ namespace: 'default', name });
  const refusal = (code: number, message: string | RegExp) => (error: ApiError) => {
    assert.equal(error.code, code, error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };

  test('a definition is established under the names it asks for, and a second with the same names is not', async () => {
    const established = await establish(definitionOf('gears', 'Gear'));
    assert.equal(established.status?.acceptedNames?.listKind, 'GearList');
    assert.deepEqual(
      established.status?.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]),
      [
        ['NamesAccepted', 'True', 'NoConflicts', 'no conflicts found'],
        ['Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted'],
      ],
    );
    assert.deepEqual(established.status?.storedVersions, ['v1']);

    await client.create(CustomResourceDefinition, definitionOf('othergears', 'Gear'));
    const conditions = await until(async () => {
      const { status } = await client.get(CustomResourceDefinition, { name: 'othergears.example.com' });
      return status?.conditions?.length === 2 && status.conditions;
    });
    assert.deepEqual(
      conditions.map(({ type, status, reason, message }) => [type, status, reason, message]),
      [
        ['NamesAccepted', 'False', 'ListKindConflict', '"GearList" is already in use'],
        ['Established', 'False', 'NotAccepted', 'not all names are accepted'],
      ],
    );
    await client.delete(CustomResourceDefinition, { name: 'gears.example.com' });
    await until(async () =>
      isTrue((await client.get(CustomResourceDefinition, { name: 'othergears.example.com' })).status?.conditions, 'Established'),
    );
  });

  test('objects are pruned, defaulted, validated, changed and listed', async () => {
    const definition = await establish(definitionOf('wheels', 'Wheel'));
    const Wheel = kindFromCrd(definition, 'v1');
    const created = (await client.create(Wheel, custom('a', { image: 'x', strange: true }))) as Custom;
    assert.deepEqual(created.spec, { image: 'x', replicas: 1 });
    assert.equal(created.metadata.generation, 1);
    await assert.rejects(
      client.create(Wheel, custom('b', { replicas: -1 })),
      refusal(
        422,
        /^Wheel\.example\.com "b" is invalid: \[spec\.image: Required value, spec\.replicas: Invalid value: -1: spec\.replicas in body should be greater than or equal to 0/,
      ),
    );
    const patched = (await client.patch(Wheel, at('a'), 'merge', { spec: { color: 'red' } })) as Custom;
    assert.deepEqual([patched.spec.color, patched.metadata.generation], ['red', 2]);
    await assert.rejects(
      client.patch(Wheel, at('a'), 'strategic', { spec: {} }),
      refusal(
        415,
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
      ),
    );
    const applied = (await client.apply(Wheel, custom('c', { image: 'y', color: 'blue' }), { fieldManager: 'me' })) as Custom;
    assert.deepEqual(applied.spec, { image: 'y', color: 'blue', replicas: 1 });
    await assert.rejects(client.apply(Wheel, custom('c', { image: 'z' }), { fieldManager: 'you' }), refusal(409, /conflict with "me"/));
    await assert.rejects(
      client.update(Wheel, custom('c', { image: 'y' })),
      refusal(422, 'Wheel.example.com "c" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update'),
    );

    const { items } = await client.list(Wheel, {}, { fieldSelector: 'spec.color=blue' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['c'],
    );
    const scale = await client.getSub({ group: 'example.com', version: 'v1', resource: 'wheels', ...at('c'), subresource: 'scale' });
    assert.deepEqual(Reflect.get(scale, 'spec'), { replicas: 1 });
    const told = (await client.updateStatus(Wheel, { ...applied, status: { replicas: 3 } } as Custom)) as Custom;
    assert.deepEqual([told.status, told.metadata.generation], [{ replicas: 3 }, 1]);

    const beta = (await client.get(kindFromCrd(definition, 'v1beta1'), at('c'))) as Custom;
    assert.deepEqual([beta.apiVersion, beta.spec.color], ['example.com/v1beta1', 'blue']);
  });

  test('a changed schema holds for what is there already, and ends its watches', async () => {
    const definition = await establish(definitionOf('axles', 'Axle'));
    const Axle = kindFromCrd(definition, 'v1');
    await client.create(Axle, custom('a', { image: 'x', color: 'red' }));
    const seen: string[] = [];
    const ended = new Promise<unknown>((resolve) => {
      client.watch(Axle, {}, {}, { event: (type, { metadata }) => void seen.push(`${type} ${metadata.name}`), end: resolve });
    });
    await until(async () => seen.length > 0);
    const { image } = schema.properties.spec.properties;
    const spec = { type: 'object', properties: { image, size: { type: 'string', default: 'big' } } };
    const openAPIV3Schema = { type: 'object', properties: { spec } };
    const versions = definition.spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema }, selectableFields: [] }));
    await client.update(CustomResourceDefinition, { ...definition, spec: { ...definition.spec, versions } });
    assert.equal(await ended, undefined);
    assert.deepEqual(seen, ['ADDED a']);
    const found = (await client.get(Axle, at('a'))) as Custom;
    assert.deepEqual(found.spec, { image: 'x', size: 'big' });
    assert.deepEqual(((await client.list(Axle)).items[0] as Custom).spec, { image: 'x', size: 'big' });
  });

  test('a deleted definition takes its objects along', async () => {
    const definition = await establish(definitionOf('hubs', 'Hub'));
    const Hub = kindFromCrd(definition, 'v1');
    await client.create(Hub, custom('a', { image: 'x' }));
    await client.create(Hub, {
      ...custom('held', { image: 'x' }),
      metadata: { ...at('held'), finalizers: ['example.com/hold'] },
    });
    await client.delete(CustomResourceDefinition, { name: 'hubs.example.com' });
    await assert.rejects(
      client.create(Hub, custom('late', { image: 'x' })),
      refusal(403, 'hubs.example.com "late" is forbidden: create not allowed while custom resource definition is terminating'),
    );
    await until(async () => (await client.list(Hub)).items.length === 1);
    const going = await client.get(CustomResourceDefinition, { name: 'hubs.example.com' });
    assert.equal(going.status?.conditions?.find(({ type }) => type === 'Terminating')?.reason, 'InstanceDeletionInProgress');
    // Looked at every five seconds.
    await client.patch(Hub, at('held'), 'merge', { metadata: { finalizers: null } });
    await gone('hubs.example.com');
  });

  test('without objects in its way a definition goes at once, and its paths with it', async () => {
    const definition = await establish(definitionOf('spokes', 'Spoke'));
    const Spoke = kindFromCrd(definition, 'v1');
    await client.create(Spoke, custom('a', { image: 'x' }));
    await client.delete(CustomResourceDefinition, { name: 'spokes.example.com' });
    await gone('spokes.example.com');
    await assert.rejects(client.list(Spoke), refusal(404, 'the server could not find the requested resource'));
    await establish(definitionOf('spokes', 'Spoke'));
    assert.equal((await client.list(Spoke)).items.length, 0);
  });
});
