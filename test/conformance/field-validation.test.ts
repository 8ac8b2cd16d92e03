/** What happens to fields that nobody knows, and to those that come twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformance, textOf, type Answer, type RequestParts } from './bed.ts';
import { anything, establish, version } from './custom-resource.ts';

const deployment = (extra: string) => `{
  "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "NAME", "labels": { "app": "nginx" } },
  "spec": { ${extra}
    "replicas": 1, "selector": { "matchLabels": { "app": "nginx" } },
    "template": { "metadata": { "labels": { "app": "nginx" } }, "spec": { "containers": [{ "name": "nginx", "image": "nginx:latest" }] } } } }`;

const specSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        foo: { type: 'string' },
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
        ports: {
          type: 'array',
          'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
          'x-kubernetes-list-type': 'map',
          items: {
            type: 'object',
            required: ['containerPort', 'protocol'],
            properties: {
              containerPort: { type: 'integer', format: 'int32' },
              hostIP: { type: 'string' },
              hostPort: { type: 'integer', format: 'int32' },
              name: { type: 'string' },
              protocol: { type: 'string' },
            },
          },
        },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

conformance('field validation', (bed) => {
  const post = (path: string, body: string, parts: RequestParts = {}): Promise<Answer> => bed.request('POST', path, { ...parts, body });
  const apply = (path: string, query: string, body: string): Promise<Answer> =>
    bed.request('PATCH', `${path}?fieldManager=test&${query}`, { contentType: 'application/apply-patch+yaml', body });
  const merge = (path: string, query: string, body: string): Promise<Answer> =>
    bed.request('PATCH', `${path}?${query}`, { contentType: 'application/merge-patch+json', body });

  test('[sig-api-machinery] FieldValidation should detect unknown and duplicate fields of a typed object [Conformance]', async () => {
    const path = `/apis/apps/v1/namespaces/${await bed.namespace()}/deployments`;
    const named = (name: string) => deployment('"unknownField": "x", "paused": true, "paused": true,').replace('NAME', name);
    const problems = ['unknown field "spec.unknownField"', 'duplicate field "spec.paused"'];
    const strict = await post(`${path}?fieldValidation=Strict`, named('strict'));
    assert.equal(strict.code, 400);
    assert.equal(strict.json?.['reason'], 'BadRequest');
    for (const problem of problems) assert.ok(strict.text.includes(JSON.stringify(problem).slice(1, -1)), strict.text);
    const warned = await post(`${path}?fieldValidation=Warn`, named('warned'));
    assert.equal(warned.code, 201);
    assert.deepEqual(warned.warnings.toSorted(), problems.toSorted());
    assert.deepEqual(
      (await post(path, named('unsaid'))).warnings.toSorted(),
      problems.toSorted(),
      'warning is what happens when nothing is said',
    );
    const ignored = await post(`${path}?fieldValidation=Ignore`, named('ignored'));
    assert.deepEqual([ignored.code, ignored.warnings], [201, []]);
    assert.deepEqual([ignored.json?.['spec']?.['unknownField'], ignored.json?.['spec']?.['paused']], [undefined, true]);
    const unknown = await post(`${path}?fieldValidation=Nonsense`, named('nonsense'));
    assert.equal(unknown.code, 422);
    assert.match(
      unknown.text,
      /Unsupported value: \\"Nonsense\\": supported values: \\"Ignore\\", \\"Warn\\", \\"Strict\\"|Unsupported value/,
    );

    const patched = await merge(`${path}/warned`, 'fieldValidation=Strict', '{"spec":{"unknownField":1,"replicas":2,"replicas":3}}');
    assert.equal(patched.code, 422, patched.text);
    assert.match(
      textOf(patched.json?.['message']),
      /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: duplicate field "spec.replicas", unknown field "spec.unknownField"$/,
    );
    const strategic = await bed.request('PATCH', `${path}/warned?fieldValidation=Strict`, {
      contentType: 'application/strategic-merge-patch+json',
      body: '{"spec":{"unknownField":"x"}}',
    });
    assert.equal(
      strategic.json?.['message'],
      ' "" is invalid: patch: Invalid value: "map[spec:map[unknownField:x]]": strict decoding error: unknown field "spec.unknownField"',
    );
    const mistyped = await merge(`${path}/warned`, '', '{"spec":{"replicas":"x"}}');
    assert.equal(mistyped.code, 422);
    assert.match(
      textOf(mistyped.json?.['message']),
      /json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32$/,
    );
    for (const validation of ['Strict', 'Warn', 'Ignore']) {
      const applied = await apply(`${path}/applied`, `fieldValidation=${validation}`, named('applied'));
      assert.equal(applied.code, 500, 'an unknown field is never applied');
      const of = `${path.split('/')[5]}/applied; apps/v1, Kind=Deployment`;
      const why = `failed to create typed patch object (${of}): .spec.unknownField: field not declared in schema`;
      assert.equal(applied.json?.['message'], why);
    }
    const twice = deployment('"paused": true, "paused": true,').replace('NAME', 'applied');
    const strictly = await apply(`${path}/applied`, 'fieldValidation=Strict', twice);
    assert.equal(strictly.code, 400);
    assert.equal(
      strictly.json?.['message'],
      'error strict decoding patch: error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key "paused" already set in map',
    );
    const leniently = await apply(`${path}/applied`, '', twice);
    assert.deepEqual([leniently.code, leniently.warnings.length], [201, 1], leniently.text);
  });

  test('[sig-api-machinery] FieldValidation should detect unknown metadata fields of a typed object [Conformance]', async () => {
    const path = `/apis/apps/v1/namespaces/${await bed.namespace()}/deployments`;
    const body = deployment('').replace('"name": "NAME"', '"name": "a", "unknownMeta": "x"');
    const strict = await post(`${path}?fieldValidation=Strict`, body);
    assert.equal(strict.code, 400);
    assert.match(strict.text, /strict decoding error: unknown field \\"metadata.unknownMeta\\"/);
    assert.deepEqual((await post(path, body)).warnings, ['unknown field "metadata.unknownMeta"']);
  });

  test('[sig-api-machinery] FieldValidation should create/apply a valid CR for CRD with validation schema [Conformance]', async () => {
    const kind = await establish(bed, { group: 'valid.example.com', plural: 'foos', kind: 'Foo', versions: [version('v1', specSchema)] });
    const path = `/apis/valid.example.com/v1/namespaces/${await bed.namespace()}/foos`;
    const body = JSON.stringify({
      apiVersion: 'valid.example.com/v1',
      kind: kind.kind,
      metadata: { name: 'mytest' },
      spec: { foo: 'foo1', cronSpec: '* * * * */5', ports: [{ name: 'x', containerPort: 80, protocol: 'TCP' }] },
    });
    const created = await post(`${path}?fieldValidation=Strict`, body);
    assert.deepEqual([created.code, created.warnings], [201, []], created.text);
    const applied = await apply(`${path}/mytest`, 'fieldValidation=Strict', body);
    assert.equal(applied.code, 200, applied.text);
    assert.equal((await apply(`${path}/other`, 'fieldValidation=Strict', body.replace('mytest', 'other'))).code, 201);
  });

  test('[sig-api-machinery] FieldValidation should create/apply an invalid CR with extra properties for CRD with validation schema [Conformance]', async () => {
    await establish(bed, { group: 'invalid.example.com', plural: 'foos', kind: 'Foo', versions: [version('v1', specSchema)] });
    const path = `/apis/invalid.example.com/v1/namespaces/${await bed.namespace()}/foos`;
    const body = (name: string) =>
      `{"apiVersion":"invalid.example.com/v1","kind":"Foo","metadata":{"name":"${name}"},
        "spec":{"foo":"foo1","foo":"foo2","unknownField":"x","cronSpec":"* * * * */5",
          "ports":[{"name":"x","containerPort":8080,"containerPort":8082,"protocol":"TCP","hostPort":8081,"hostPort":8083,"unknownNested":"v"}]}}`;
    const strict = await post(`${path}?fieldValidation=Strict`, body('a'));
    assert.equal(strict.code, 400, strict.text);
    const problems = [
      'duplicate field "spec.foo"',
      'duplicate field "spec.ports[0].containerPort"',
      'duplicate field "spec.ports[0].hostPort"',
      'unknown field "spec.ports[0].unknownNested"',
      'unknown field "spec.unknownField"',
    ];
    assert.ok(textOf(strict.json?.['message']).endsWith(`: strict decoding error: ${problems.join(', ')}`), strict.text);
    const warned = await post(path, body('a'));
    assert.deepEqual(warned.warnings, problems);
    const applied = await apply(`${path}/b`, 'fieldValidation=Strict', body('b'));
    assert.equal(applied.code, 500, applied.text);
    assert.match(applied.text, /field not declared in schema/);
    const patched = await merge(`${path}/a`, 'fieldValidation=Strict', '{"spec":{"foo":"a","foo":"b","unknownField":"y"}}');
    assert.equal(patched.code, 422, patched.text);
    assert.match(patched.text, /duplicate field \\"spec.foo\\", unknown field \\"spec.unknownField\\"/);
  });

  test('[sig-api-machinery] FieldValidation should create/apply a CR with unknown fields for CRD with no validation schema [Conformance]', async () => {
    await establish(bed, { group: 'schemaless.example.com', plural: 'foos', kind: 'Foo', versions: [version('v1', anything)] });
    const path = `/apis/schemaless.example.com/v1/namespaces/${await bed.namespace()}/foos`;
    const body = JSON.stringify({
      apiVersion: 'schemaless.example.com/v1',
      kind: 'Foo',
      metadata: { name: 'a' },
      spec: { foo: 'foo1', cronSpec: '* * * * */5', ports: [{ name: 'x', containerPort: 80, unknown: 'y' }] },
    });
    const created = await post(`${path}?fieldValidation=Strict`, body);
    assert.deepEqual([created.code, created.warnings], [201, []], created.text);
    assert.deepEqual(created.json?.['spec']?.['ports'], [{ name: 'x', containerPort: 80, unknown: 'y' }]);
    assert.equal((await apply(`${path}/a`, 'fieldValidation=Strict', body)).code, 200);
  });

  test('[sig-api-machinery] FieldValidation should detect duplicates in a CR when preserving unknown fields [Conformance]', async () => {
    await establish(bed, { group: 'preserving.example.com', plural: 'foos', kind: 'Foo', versions: [version('v1', anything)] });
    const path = `/apis/preserving.example.com/v1/namespaces/${await bed.namespace()}/foos`;
    const body =
      '{"apiVersion":"preserving.example.com/v1","kind":"Foo","metadata":{"name":"a"},"spec":{"knownField1":"v1","knownField1":"v2","x":1}}';
    const strict = await post(`${path}?fieldValidation=Strict`, body);
    assert.equal(strict.code, 400);
    assert.match(strict.text, /: strict decoding error: duplicate field \\"spec.knownField1\\"/);
    const warned = await post(path, body);
    assert.deepEqual([warned.code, warned.warnings], [201, ['duplicate field "spec.knownField1"']]);
    assert.equal(warned.json?.['spec']?.['knownField1'], 'v2');
  });

  test('[sig-api-machinery] FieldValidation should detect unknown metadata fields in both the root and embedded object of a CR [Conformance]', async () => {
    await establish(bed, { group: 'embedded.example.com', plural: 'foos', kind: 'Foo', versions: [version('v1', specSchema)] });
    const path = `/apis/embedded.example.com/v1/namespaces/${await bed.namespace()}/foos`;
    const body = JSON.stringify({
      apiVersion: 'embedded.example.com/v1',
      kind: 'Foo',
      metadata: { name: 'a', unknownMeta: 'x' },
      spec: { template: { apiVersion: 'foo/v1', kind: 'Sub', metadata: { name: 'sub', unknownSubMeta: 'y' }, more: 1 } },
    });
    const strict = await post(`${path}?fieldValidation=Strict`, body);
    assert.equal(strict.code, 400, strict.text);
    for (const field of ['metadata.unknownMeta', 'spec.template.metadata.unknownSubMeta'])
      assert.ok(strict.text.includes(`unknown field \\"${field}\\"`), strict.text);
    const warned = await post(path, body);
    assert.equal(warned.code, 201);
    assert.equal(warned.warnings.length, 2);
    assert.deepEqual(warned.json?.['spec']?.['template'], { apiVersion: 'foo/v1', kind: 'Sub', metadata: { name: 'sub' }, more: 1 });
  });

  test('a field validation error is the same for YAML', async () => {
    const path = `/api/v1/namespaces/${await bed.namespace()}/configmaps`;
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\ndata:\n  a: "1"\nnope: 1\n';
    const strict = await post(`${path}?fieldValidation=Strict`, body, { contentType: 'application/yaml' });
    assert.equal(strict.code, 400, strict.text);
    assert.match(strict.text, /unknown field \\"nope\\"/);
    assert.match(strict.text, /key \\"name\\" already set in map/);
  });
});
