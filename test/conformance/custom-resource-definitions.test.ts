import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition as Definition } from '../../src/api/generated/apiextensions/v1.ts';
import { CustomResourceDefinition } from '../../src/api/kinds/apiextensions/customresourcedefinition.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused, unlessMissing, until, type Fields } from './bed.ts';
import { anything, definition, establish, version, type Custom } from './custom-resource.ts';

conformance('custom resource definitions', (bed) => {
  const custom = (name: string, more: object = {}): Custom => ({ metadata: { name }, ...more });

  test('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition creating/deleting custom resource definition objects works [Conformance]', async () => {
    const kind = await establish(bed, { group: 'simple.example.com', plural: 'foos', kind: 'Foo', scope: 'Cluster' });
    await bed.client.create(kind, custom('a'));
    await bed.client.delete(CustomResourceDefinition, { name: 'foos.simple.example.com' });
    await until(async () => !(await bed.client.get(CustomResourceDefinition, { name: 'foos.simple.example.com' }).catch(unlessMissing)));
    await until(async () => (await bed.request('GET', '/apis/simple.example.com/v1/foos')).code === 404);
  });

  test('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition listing custom resource definition objects works [Conformance]', async () => {
    const labels = { 'e2e-list-test-uuid': 'listing' };
    for (let i = 0; i < 10; i++)
      await bed.client.create(
        CustomResourceDefinition,
        definition({ group: `list-${i}.example.com`, plural: 'foos', kind: 'Foo', labels }),
      );
    const selector = { labelSelector: 'e2e-list-test-uuid=listing' };
    assert.equal((await bed.client.list(CustomResourceDefinition, {}, selector)).items.length, 10);
    await bed.client.deleteCollection(CustomResourceDefinition, {}, {}, selector);
    await until(async () => (await bed.client.list(CustomResourceDefinition, {}, selector)).items.length === 0);
  });

  test('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works [Conformance]', async () => {
    await establish(bed, { group: 'status.example.com', plural: 'foos', kind: 'Foo' });
    const at = { name: 'foos.status.example.com' };
    const place = { ...refOf(CustomResourceDefinition, at), subresource: 'status' };
    const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set by a test' });
    const read = await bed.client.getSub<Definition>(place);
    assert.ok(read.status?.conditions?.some(({ type }) => type === 'Established'));
    const conditions = [...read.status.conditions!, condition('StatusUpdate')];
    const updated = await bed.client.updateSub<Definition>(place, { ...read, status: { ...read.status, conditions } } as never);
    assert.ok(updated.status?.conditions?.some(({ type }) => type === 'StatusUpdate'));
    const patched = await bed.client.patch(
      CustomResourceDefinition,
      at,
      'merge',
      { status: { conditions: [...updated.status.conditions!, condition('StatusPatch')] } },
      { subresource: 'status' },
    );
    assert.ok(patched.status?.conditions?.some(({ type }) => type === 'StatusPatch'));
  });

  test('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] custom resource defaulting for requests and from storage works [Conformance]', async () => {
    const schema = (defaults: Readonly<Record<string, string>>) => ({
      type: 'object',
      properties: Object.fromEntries(
        ['a', 'b'].map((name) => [name, { type: 'string', ...(name in defaults && { default: defaults[name] }) }]),
      ),
    });
    const parts = { group: 'defaulted.example.com', plural: 'foos', kind: 'Foo', scope: 'Cluster' } as const;
    const kind = await establish(bed, { ...parts, versions: [version('v1', schema({}))] });
    const bare = await bed.client.create(kind, custom('stored', { a: undefined }));
    assert.deepEqual([bare['a'], bare['b']], [undefined, undefined]);
    const patch = [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/a/default', value: 'A' }];
    await bed.client.patch(CustomResourceDefinition, { name: 'foos.defaulted.example.com' }, 'json', patch);
    await until(async () => (await bed.client.get(kind, { name: 'stored' }))['a'] === 'A');
    const created = await until(async () => {
      const made = await bed.client.create(kind, custom('requested'), { dryRun: ['All'] });
      return made['a'] === 'A' && made;
    });
    assert.equal(created['b'], undefined);
    const next = [
      { op: 'remove', path: '/spec/versions/0/schema/openAPIV3Schema/properties/a/default' },
      { op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/b/default', value: 'B' },
    ];
    await bed.client.patch(CustomResourceDefinition, { name: 'foos.defaulted.example.com' }, 'json', next);
    const both = await until(async () => {
      const read = await bed.client.get(kind, { name: 'stored' });
      return read['b'] === 'B' && read;
    });
    assert.equal(both['a'], undefined, 'a default that was read is not stored');
  });

  test('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin] should include custom resource definition resources in discovery documents [Conformance]', async () => {
    const groups = (await bed.json('/apis'))['groups'] as unknown as { name: string; versions: { groupVersion: string }[] }[];
    const group = groups.find(({ name }) => name === 'apiextensions.k8s.io');
    assert.deepEqual(
      group?.versions.map(({ groupVersion }) => groupVersion),
      ['apiextensions.k8s.io/v1'],
    );
    assert.ok((await bed.json('/apis/apiextensions.k8s.io'))['versions']);
    const resources = (await bed.json('/apis/apiextensions.k8s.io/v1'))['resources'] as unknown as { name: string }[];
    assert.ok(resources.some(({ name }) => name === 'customresourcedefinitions'));
  });

  test('[sig-api-machinery] CustomResourceDefinition Watch [Privileged:ClusterAdmin] CustomResourceDefinition Watch watch on custom resource definition objects [Conformance]', async () => {
    const kind = await establish(bed, { group: 'watched.example.com', plural: 'noxus', kind: 'WishIHadChosenNoxu', scope: 'Cluster' });
    const from = (await bed.client.list(kind)).metadata.resourceVersion;
    using watch = bed.watch(kind, {}, { resourceVersion: from });
    for (const name of ['name1', 'name2']) await bed.client.create(kind, custom(name, { content: { key: 'value' } }));
    for (const name of ['name1', 'name2']) await bed.client.patch(kind, { name }, 'merge', { dummy: 'test' });
    for (const name of ['name1', 'name2']) await bed.client.delete(kind, { name });
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const { type, object } = await watch.next();
      seen.push([type, object.metadata.name, object['dummy']]);
    }
    assert.deepEqual(seen, [
      ['ADDED', 'name1', undefined],
      ['ADDED', 'name2', undefined],
      ['MODIFIED', 'name1', 'test'],
      ['MODIFIED', 'name2', 'test'],
      ['DELETED', 'name1', 'test'],
      ['DELETED', 'name2', 'test'],
    ]);
  });

  test('a custom resource with a status keeps it apart, and one of the wrong type is refused', async () => {
    const schema = { type: 'object', properties: { spec: { type: 'object', properties: { n: { type: 'integer' } } }, status: anything } };
    const versions = [version('v1', schema, { subresources: { status: {} } })];
    const kind = await establish(bed, { group: 'apart.example.com', plural: 'foos', kind: 'Foo', scope: 'Cluster', versions });
    const made = await bed.client.create(kind, custom('a', { spec: { n: 1 }, status: { x: 1 } }));
    assert.equal(made.status, undefined);
    const put = await bed.client.updateStatus(kind, { ...made, spec: { n: 2 }, status: { x: 2 } });
    assert.deepEqual([put.spec, put.status, put.metadata.generation], [{ n: 1 }, { x: 2 }, 1]);
    await refused(bed.client.create(kind, custom('b', { spec: { n: 'x' } })), 422, 'spec.n: Invalid value: "string"');
  });
});

/** The documents at /openapi, where kubectl learns of custom kinds. */
conformance(
  'publishing of custom resource definitions',
  (bed) => {
    const openApi = async (group: string, versionName: string): Promise<Fields | undefined> => {
      const { code, json } = await bed.request('GET', `/openapi/v3/apis/${group}/${versionName}`);
      return code === 200 ? json?.['components']?.['schemas'] : undefined;
    };
    const v2 = async () => (await bed.json('/openapi/v2'))['definitions']!;
    const nameOf = (group: string, versionName: string, kind: string) => [...group.split('.').toReversed(), versionName, kind].join('.');
    const published = (group: string, versionName: string, kind: string): Promise<Fields> =>
      until(async () => {
        const name = nameOf(group, versionName, kind);
        return (await openApi(group, versionName))?.[name] && (await v2())[name];
      });
    const unpublished = (group: string, versionName: string, kind: string) =>
      until(async () => {
        const name = nameOf(group, versionName, kind);
        return !(await openApi(group, versionName))?.[name] && !(await v2())[name];
      });
    const described = (description: string) => ({
      type: 'object',
      properties: { spec: { type: 'object', description, properties: { bars: { type: 'array', items: { type: 'string' } } } } },
    });
    const bothVersions = [version('v1', described('first')), version('v2', described('second'), { storage: false })];

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD with validation schema [Conformance]', async () => {
      await establish(bed, {
        group: 'schema.example.com',
        plural: 'foos',
        kind: 'Foo',
        versions: [version('v1', described('what is wanted'))],
      });
      const foo = await published('schema.example.com', 'v1', 'Foo');
      assert.equal(foo['properties']?.['spec']?.['description'], 'what is wanted');
      assert.equal(foo['properties']?.['spec']?.['properties']?.['bars']?.['type'], 'array');
      assert.deepEqual(foo['x-kubernetes-group-version-kind'], [{ group: 'schema.example.com', kind: 'Foo', version: 'v1' }]);
    });

    for (const [group, title, schema] of [
      [
        'without.example.com',
        '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD without validation schema [Conformance]',
        { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      ],
      [
        'root.example.com',
        '[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD preserving unknown fields at the schema root [Conformance]',
        { ...described('x'), 'x-kubernetes-preserve-unknown-fields': true },
      ],
    ] as const)
      test(title, async () => {
        const kind = await establish(bed, { group, plural: 'foos', kind: 'Foo', scope: 'Cluster', versions: [version('v1', schema)] });
        const foo = await published(group, 'v1', 'Foo');
        assert.equal(foo['x-kubernetes-preserve-unknown-fields'], true);
        const made = await bed.client.create(kind, { metadata: { name: 'a' }, a: { b: [1] } }, { fieldValidation: 'Strict' });
        assert.deepEqual(made['a'], { b: [1] });
      });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD preserving unknown fields in an embedded object [Conformance]', async () => {
      const schema = { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } };
      const kind = await establish(bed, {
        group: 'nested.example.com',
        plural: 'foos',
        kind: 'Foo',
        scope: 'Cluster',
        versions: [version('v1', schema)],
      });
      const foo = await published('nested.example.com', 'v1', 'Foo');
      assert.equal(foo['properties']?.['spec']?.['x-kubernetes-preserve-unknown-fields'], true);
      const made = await bed.client.create(kind, { metadata: { name: 'a' }, spec: { b: { c: 1 } }, other: 1 });
      assert.deepEqual([made.spec, made['other']], [{ b: { c: 1 } }, undefined]);
    });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of different groups [Conformance]', async () => {
      for (const group of ['one.example.com', 'two.example.com']) await establish(bed, { group, plural: 'foos', kind: 'Foo' });
      for (const group of ['one.example.com', 'two.example.com']) await published(group, 'v1', 'Foo');
    });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group but different versions [Conformance]', async () => {
      await establish(bed, { group: 'versions.example.com', plural: 'foos', kind: 'Foo', versions: bothVersions });
      for (const name of ['v1', 'v2']) await published('versions.example.com', name, 'Foo');
      await establish(bed, { group: 'versions.example.com', plural: 'bars', kind: 'Bar', versions: [version('v3', described('x'))] });
      await published('versions.example.com', 'v3', 'Bar');
    });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group and version but different kinds [Conformance]', async () => {
      for (const [plural, kind] of [
        ['foos', 'Foo'],
        ['bars', 'Bar'],
      ] as const)
        await establish(bed, { group: 'kinds.example.com', plural, kind });
      for (const kind of ['Foo', 'Bar']) await published('kinds.example.com', 'v1', kind);
    });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] updates the published spec when one version gets renamed [Conformance]', async () => {
      await establish(bed, { group: 'renamed.example.com', plural: 'foos', kind: 'Foo', versions: bothVersions });
      await published('renamed.example.com', 'v2', 'Foo');
      const patch = [{ op: 'replace', path: '/spec/versions/1/name', value: 'v4' }];
      await bed.client.patch(CustomResourceDefinition, { name: 'foos.renamed.example.com' }, 'json', patch);
      const renamed = await published('renamed.example.com', 'v4', 'Foo');
      assert.equal(renamed['properties']?.['spec']?.['description'], 'second');
      await unpublished('renamed.example.com', 'v2', 'Foo');
      await published('renamed.example.com', 'v1', 'Foo');
    });

    test('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] removes definition from spec when one version gets changed to not be served [Conformance]', async () => {
      await establish(bed, { group: 'unserved.example.com', plural: 'foos', kind: 'Foo', versions: bothVersions });
      await published('unserved.example.com', 'v2', 'Foo');
      const patch = [{ op: 'replace', path: '/spec/versions/1/served', value: false }];
      await bed.client.patch(CustomResourceDefinition, { name: 'foos.unserved.example.com' }, 'json', patch);
      await unpublished('unserved.example.com', 'v2', 'Foo');
      await published('unserved.example.com', 'v1', 'Foo');
    });
  },
  { concurrency: true },
);
