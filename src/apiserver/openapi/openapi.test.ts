import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex, utf8 } from '../../codec/bytes.ts';
import { resources } from '../../api/generated/resources.ts';
import { defineKind, type Kind } from '../../api/kind.ts';
import { generatedKind } from '../../api/schemas.ts';
import { Definitions, type Json } from './definitions.ts';
import { encodeDocument, openApiV2Protobuf } from './v2-protobuf.ts';
import { openApiV2Document } from './v2.ts';
import { openApiV3Document, openApiV3Index } from './v3.ts';

const bare = (group: string, version: string, kind: string): Kind => defineKind(generatedKind(group, version, kind));
const scaled = { scale: { spec: 'spec.replicas', status: 'status.replicas' } };
const deployment = generatedKind('apps', 'v1', 'Deployment');
const Deployment = defineKind({ ...deployment, subresources: { ...deployment.subresources, ...scaled } });
const Pod = bare('', 'v1', 'Pod');
const kinds = [Pod, bare('', 'v1', 'Node'), Deployment, bare('authorization.k8s.io', 'v1', 'SubjectAccessReview')];

const published = {
  description: 'A ring.',
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 1, nullable: true },
        gem: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
      },
    },
  },
};
const Ring = defineKind({
  group: 'jewels.example.com',
  version: 'v1',
  kind: 'Ring',
  plural: 'rings',
  namespaced: true,
  schema: () => ({ type: 'object' }),
  publishedSchema: () => published,
});

/** Follows names and indexes into a document. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce((inner: unknown, step) => Reflect.get(Object(inner), step), value);
}

function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, member]) => name !== 'enum' && !(name === 'description' && typeof member === 'string'));
  return Object.fromEntries(
    kept.map(([name, member]) => [name, name === 'required' && Array.isArray(member) ? new Set(member) : withoutProse(member)]),
  );
}

test('definitions are those that Kubernetes publishes', () => {
  const sample: Json = JSON.parse(readFileSync(join(import.meta.dirname, 'testdata/published-definitions.json'), 'utf8'));
  const definitions = new Definitions('v2');
  for (const name of Object.keys(sample)) definitions.ref(name);
  const ours = definitions.result();
  for (const [name, definition] of Object.entries(sample)) assert.deepEqual(withoutProse(ours[name]), withoutProse(definition), name);
});

test('every reference of every document leads somewhere', () => {
  const all = resources.map(({ group, version, kind }) => bare(group, version, kind));
  const documents = [
    openApiV2Document(all),
    ...Map.groupBy(all, ({ group, version }) => `${group}/${version}`)
      .values()
      .map(([first]) => openApiV3Document(all, first!.group, first!.version)),
  ];
  for (const document of documents) {
    const text = JSON.stringify(document);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) assert.ok(at(document, ...reference.split('/')), reference);
  }
});

test('version 3 wraps references, and tells defaults and enums', () => {
  const schemas = at(openApiV3Document(kinds, 'apps', 'v1'), 'components', 'schemas');
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const port = at(schemas, 'io.k8s.api.core.v1.ContainerPort', 'properties', 'protocol');
  assert.equal(at(port, 'default'), 'TCP');
  assert.deepEqual(at(port, 'enum'), ['SCTP', 'TCP', 'UDP']);
  assert.match(String(at(port, 'description')), /Possible enum values/);
  const spec = at(schemas, 'io.k8s.api.apps.v1.Deployment', 'properties', 'spec');
  assert.deepEqual(at(spec, 'allOf'), [ref('io.k8s.api.apps.v1.DeploymentSpec')]);
  assert.deepEqual(at(spec, 'default'), {});
  const containers = at(schemas, 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers');
  assert.deepEqual(at(containers, 'items'), { allOf: [ref('io.k8s.api.core.v1.Container')], default: {} });
  assert.equal(at(containers, 'x-kubernetes-patch-merge-key'), 'name');
  assert.deepEqual(at(schemas, 'io.k8s.api.apps.v1.Deployment', 'x-kubernetes-group-version-kind'), [
    { group: 'apps', kind: 'Deployment', version: 'v1' },
  ]);
  assert.deepEqual(at(schemas, 'io.k8s.apimachinery.pkg.api.resource.Quantity', 'oneOf'), [{ type: 'string' }, { type: 'number' }]);
});

test('version 3 has a document for each group-version that has kinds', () => {
  const hashed: string[] = [];
  const index = openApiV3Index(kinds, (bytes) => (hashed.push(toHex(bytes)), `h${hashed.length}`));
  assert.deepEqual(index, {
    paths: {
      'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=h1' },
      'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=h2' },
      'apis/authorization.k8s.io/v1': { serverRelativeURL: '/openapi/v3/apis/authorization.k8s.io/v1?hash=h3' },
    },
  });
  assert.equal(openApiV3Document(kinds, 'apps', 'v2'), undefined);
});

test('a custom resource’s hash changes with its schema', () => {
  const hashOf = (ring: Kind) => {
    const seen: string[] = [];
    openApiV3Index([ring], (bytes) => (seen.push(toHex(bytes)), ''));
    return seen[0];
  };
  assert.equal(hashOf(Ring), hashOf({ ...Ring }));
  assert.notEqual(hashOf(Ring), hashOf({ ...Ring, publishedSchema: () => ({ ...published, description: 'Another.' }) }));
});

test('operations say what they take, for whom, and in which form', () => {
  const paths = at(openApiV3Document(kinds, 'apps', 'v1'), 'paths');
  const patch = at(paths, '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
  assert.equal(at(patch, 'operationId'), 'patchAppsV1NamespacedDeployment');
  assert.deepEqual(Object.keys(Object(at(patch, 'requestBody', 'content'))), [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
    'application/apply-patch+yaml',
  ]);
  const names = Array.from(Object(at(patch, 'parameters')), (parameter) => at(parameter, 'name'));
  assert.deepEqual(names, ['dryRun', 'fieldManager', 'fieldValidation', 'force']);
  assert.deepEqual(at(patch, 'x-kubernetes-group-version-kind'), { group: 'apps', kind: 'Deployment', version: 'v1' });
  assert.deepEqual(at(paths, '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale', 'put', 'x-kubernetes-group-version-kind'), {
    group: 'autoscaling',
    kind: 'Scale',
    version: 'v1',
  });
  assert.ok(at(paths, '/apis/apps/v1/deployments', 'get'));
});

test('a custom resource is published as its definition says it', () => {
  const v3 = openApiV3Document([Ring], 'jewels.example.com', 'v1');
  const ring = at(v3, 'components', 'schemas', 'com.example.jewels.v1.Ring');
  assert.equal(at(ring, 'description'), 'A ring.');
  assert.deepEqual(at(ring, 'properties', 'spec'), published.properties.spec);
  assert.ok(at(ring, 'properties', 'metadata', 'allOf'));
  assert.ok(at(v3, 'components', 'schemas', 'com.example.jewels.v1.RingList'));
  assert.equal(
    at(v3, 'paths', '/apis/jewels.example.com/v1/namespaces/{namespace}/rings', 'get', 'operationId'),
    'listJewelsExampleComV1NamespacedRing',
  );
  const v2 = openApiV2Document([Ring]);
  const older = at(v2, 'definitions', 'com.example.jewels.v1.Ring', 'properties', 'spec', 'properties');
  assert.deepEqual(older, { size: { minimum: 1 }, gem: { 'x-kubernetes-int-or-string': true } });
  assert.ok(
    !JSON.stringify(at(v2, 'paths', '/apis/jewels.example.com/v1/namespaces/{namespace}/rings/{name}', 'patch')).includes('strategic'),
  );
});

test('dryRun stands at the operation itself in version 2, for older clients', () => {
  const patch = at(openApiV2Document(kinds), 'paths', '/api/v1/nodes/{name}', 'patch');
  assert.ok(Array.from(Object(at(patch, 'parameters')), (parameter) => at(parameter, 'name')).includes('dryRun'));
});

/** A length-delimited field below 16, or one of two tag bytes, in hexadecimal. */
const field = (number: number, ...parts: string[]): string => {
  const content = parts.join('');
  const tag = number * 8 + 2;
  const bytes = tag < 128 ? [tag] : [(tag % 128) + 128, tag >> 7];
  return toHex(new Uint8Array([...bytes, content.length / 2])) + content;
};
const hex = (text: string): string => toHex(utf8(text));

test('the protobuf form holds gnostic’s messages', () => {
  const document = {
    swagger: '2.0',
    paths: { '/a': { get: { operationId: 'x', 'x-kubernetes-action': 'get' } } },
    definitions: { A: { type: 'object', required: ['b'] } },
  };
  const extension = field(13, field(1, hex('x-kubernetes-action')), field(2, field(2, hex('get\n'))));
  const pathItem = field(2, field(5, hex('x')), extension);
  const paths = field(8, field(2, field(1, hex('/a')), field(2, pathItem)));
  const schema = field(22, field(1, hex('object'))) + field(19, hex('b'));
  const definitions = field(9, field(1, field(1, hex('A')), field(2, schema)));
  assert.equal(toHex(encodeDocument(document)), field(1, hex('2.0')) + paths + definitions);
});

test('the protobuf form of everything is made in reasonable time and size', () => {
  const all = resources.map(({ group, version, kind }) => bare(group, version, kind));
  const startMs = performance.now();
  const bytes = openApiV2Protobuf(all);
  assert.ok(bytes.length > 1_000_000 && bytes.length < 8_000_000, `${bytes.length} bytes`);
  assert.ok(performance.now() - startMs < 5000);
});
