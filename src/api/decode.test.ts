import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { text, utf8 } from '../codec/bytes.ts';
import { applySchemaDefaults, decodeBody, type Decodable } from './decode.ts';
import { ApiError } from './errors.ts';
import type { Field, Schema } from './schema.ts';
import { generatedKind, schemaOf } from './schemas.ts';

const Pod = generatedKind('', 'v1', 'Pod');
const Secret = generatedKind('', 'v1', 'Secret');
const Deployment = generatedKind('apps', 'v1', 'Deployment');
const Lease = generatedKind('coordination.k8s.io', 'v1', 'Lease');
const Scaler = generatedKind('autoscaling', 'v2', 'HorizontalPodAutoscaler');

const fromText = (body: string, kind: Decodable = Pod, fieldValidation?: string) =>
  decodeBody({ bytes: utf8(body), mediaType: 'application/json' }, kind, fieldValidation);
const from = (object: unknown, kind: Decodable = Pod, fieldValidation?: string) => fromText(JSON.stringify(object), kind, fieldValidation);

function problemOf(decode: () => unknown): string {
  try {
    decode();
    return '';
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.code, 400);
    assert.equal(error.reason, 'BadRequest');
    return error.message;
  }
}

test('a body without apiVersion and kind is of the kind that is asked for', () => {
  assert.deepEqual(from({ metadata: { name: 'a' } }).object, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
  assert.deepEqual(from(null).object, { apiVersion: 'v1', kind: 'Pod', metadata: {} });
  assert.deepEqual(from({ kind: 'Deployment' }, Deployment).object.apiVersion, 'apps/v1');
});

test('malformed bodies are quoted at their beginning', () => {
  const sentence = "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ";
  assert.equal(
    problemOf(() => fromText('')),
    `${sentence}unexpected end of JSON input (<empty>)`,
  );
  assert.equal(
    problemOf(() => fromText('hi')),
    `${sentence}invalid character 'h' looking for beginning of value (6869)`,
  );
  assert.equal(
    problemOf(() => fromText(`{"metadata":{"name":"a-long-name"},}`)),
    `${sentence}invalid character '}' looking for beginning of object key string ({"metadata":{"name":"a-long-na ...)`,
  );
  assert.equal(
    problemOf(() => fromText('[]')),
    `${sentence}json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
  );
  assert.equal(
    problemOf(() => fromText('{"kind":1}')),
    `${sentence}json: cannot unmarshal number into Go struct field .kind of type string ({"kind":1})`,
  );
  assert.equal(
    problemOf(() => fromText('{"apiVersion":"a/b/c"}')),
    'the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})',
  );
});

test('other kinds and versions are refused', () => {
  assert.equal(
    problemOf(() => from({ apiVersion: 'v1', kind: 'Service' })),
    'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion',
  );
  assert.equal(
    problemOf(() => from({ apiVersion: 'v1', kind: 'Pot' })),
    'Pot in version "v1" cannot be handled as a Pod: no kind "Pot" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  );
  assert.equal(
    problemOf(() => from({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' }, Scaler)),
    'the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)',
  );
});

test('type mismatches are said as Go says them', () => {
  const mismatches: [unknown, string][] = [
    [{ spec: { containers: 'x' } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container'],
    [{ spec: { containers: ['x'] } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container'],
    [{ spec: [] }, 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
    [
      { spec: { containers: [{ ports: [{ containerPort: '80' }] }] } },
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [{ spec: { priority: 3e9 } }, 'json: cannot unmarshal number 3000000000 into Go struct field PodSpec.spec.priority of type int32'],
    [{ spec: { priority: 1.5 } }, 'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32'],
    [
      { spec: { restartPolicy: 1 } },
      'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [{ spec: { hostNetwork: 'yes' } }, 'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool'],
    [{ metadata: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [{ metadata: { name: true } }, 'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string'],
    [{ metadata: { creationTimestamp: 'x' } }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ metadata: { creationTimestamp: 5 } }, 'json: cannot unmarshal number into Go value of type string'],
    [
      { spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [{ spec: { containers: [{ livenessProbe: { httpGet: { port: true } } }] } }, 'json: cannot unmarshal bool into Go value of type int32'],
  ];
  for (const [object, why] of mismatches)
    assert.equal(
      problemOf(() => from(object)),
      `Pod in version "v1" cannot be handled as a Pod: ${why}`,
    );
  assert.equal(
    problemOf(() => from({ data: { a: 'hello world' } }, Secret)),
    'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 5',
  );
  assert.equal(
    problemOf(() => from({ data: { a: 1 } }, Secret)),
    'Secret in version "v1" cannot be handled as a Secret: json: cannot unmarshal number into Go struct field Secret.data of type []uint8',
  );
});

test('the first mismatch is told, unless a type has something to say of itself', () => {
  const first = { spec: { priority: 'x', hostname: 1 } };
  assert.match(
    problemOf(() => from(first)),
    /PodSpec\.spec\.priority of type int32$/,
  );
  assert.match(
    problemOf(() => from({ ...first, metadata: { creationTimestamp: 'x' } })),
    /parsing time/,
  );
});

test('unknown and duplicate fields: errors, warnings or nothing', () => {
  const body =
    '{"kind":"Pod","spec":{"foo":{"x":1,"x":2},"containers":[{"Name":"a","name":"b","name":"c"}]},"metadata":{"labels":{"a":"1","a":"2"},"bar":1,"bar":2}}';
  const problems = [
    'unknown field "spec.foo"',
    'unknown field "spec.containers[0].Name"',
    'duplicate field "spec.containers[0].name"',
    'duplicate field "metadata.labels.a"',
    'unknown field "metadata.bar"',
  ];
  assert.equal(
    problemOf(() => fromText(body, Pod, 'Strict')),
    `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${problems.join(', ')}`,
  );
  for (const fieldValidation of [undefined, '', 'Warn']) assert.deepEqual(fromText(body, Pod, fieldValidation).warnings, problems);
  const ignored = fromText(body, Pod, 'Ignore');
  assert.deepEqual(ignored.warnings, []);
  assert.deepEqual(ignored.object, {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { containers: [{ name: 'c' }] },
    metadata: { labels: { a: '2' } },
  });
});

test('a body made to have endless problems is dealt with quickly', () => {
  const long = 'x'.repeat(500);
  const repeats = `{${'"a":1,'.repeat(200_000)}"a":1}`;
  const body = `{"metadata":{"annotations":${`{"${long}":`.repeat(900)}${repeats}${'}'.repeat(900)}}}`;
  const unknown = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`x${index}`, 1])));
  const startMs = performance.now();
  problemOf(() => fromText(body, Pod, 'Strict'));
  problemOf(() => fromText(unknown, Pod, 'Strict'));
  problemOf(() => fromText(`{"x":${repeats},"y":${unknown}}`, Pod, 'Strict'));
  assert.ok(performance.now() - startMs < 5000);
});

test('no more than 100 strict problems are told', () => {
  const spec = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`x${index}`, 1]));
  assert.equal(from({ spec }).warnings.length, 100);
});

test('nulls are absent, and in lists and maps they are zero values', () => {
  const { object } = from({ metadata: { name: null, labels: { a: null } }, spec: { containers: [null, { args: [null] }], volumes: null } });
  assert.deepEqual(object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: { a: '' } },
    spec: { containers: [{}, { args: [''] }] },
  });
});

test('empty values are absent where Go cannot tell them from absence', () => {
  const { object } = from(
    {
      metadata: { name: 'a', labels: {}, finalizers: [], generateName: '' },
      spec: { replicas: 0, paused: false, minReadySeconds: 0, selector: {}, template: { spec: { containers: [], hostNetwork: false } } },
    },
    Deployment,
  );
  assert.deepEqual(object, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { replicas: 0, selector: {}, template: { spec: { containers: [] } } },
  });
});

test('quantities and times come in the form in which they are stored', () => {
  const limits = { cpu: 0.5, memory: '1024Ki' };
  const pod = from({
    metadata: { deletionTimestamp: '2024-01-01T01:00:00.5+01:00' },
    spec: { containers: [{ name: 'a', resources: { limits } }] },
  });
  assert.deepEqual(pod.object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { deletionTimestamp: '2024-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'a', resources: { limits: { cpu: '500m', memory: '1Mi' } } }] },
  });
  const lease = from({ spec: { renewTime: '2024-01-01T00:00:00.000001Z' } }, Lease).object;
  assert.deepEqual('spec' in lease && lease.spec, { renewTime: '2024-01-01T00:00:00.000001Z' });
});

test('64-bit integers stay exact', () => {
  const { object } = fromText('{"metadata":{"generation":9007199254740993},"spec":{"activeDeadlineSeconds":9223372036854775807}}');
  assert.equal(object.metadata.generation, 9007199254740993n);
  assert.match(
    problemOf(() => fromText('{"metadata":{"generation":9223372036854775808}}')),
    /cannot unmarshal number 9223372036854775808 into Go struct field ObjectMeta\.metadata\.generation of type int64$/,
  );
});

test('names that JavaScript finds special are names like others', () => {
  const { object } = fromText('{"metadata":{"labels":{"__proto__":"x","constructor":"y"}},"__proto__":{"a":1},"constructor":1}');
  assert.deepEqual(Object.entries(object.metadata.labels ?? {}), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  assert.equal(Reflect.get(object, 'a'), undefined);
});

test('an in-process object is copied, all of it', () => {
  const data = { a: [1] };
  const labels = { a: 'b' };
  const kind = generatedKind('apps', 'v1', 'ControllerRevision');
  const { object } = decodeBody({ object: { metadata: { labels }, data, revision: 1 } }, kind);
  const copy: unknown = Reflect.get(object, 'data');
  assert.deepEqual(copy, data);
  assert.notEqual(copy, data);
  assert.notEqual(object.metadata.labels, labels);
});

test('circular objects and hostile depth are bad requests', () => {
  const circle: Record<string, unknown> = {};
  circle['data'] = circle;
  const kind = generatedKind('apps', 'v1', 'ControllerRevision');
  assert.match(
    problemOf(() => decodeBody({ object: circle }, kind)),
    /exceeded max depth$/,
  );
  const Definition = generatedKind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition');
  const deep = '{"spec":{"versions":[{"schema":{"openAPIV3Schema":' + '{"not":'.repeat(300_000);
  assert.match(
    problemOf(() => fromText(deep, Definition)),
    /exceeded max depth/,
  );
});

test('YAML bodies decode alike', () => {
  const body = 'metadata:\n  name: a\nspec:\n  hostname: x\n  hostname: z\n  foo: 1\n  bar: 1\n';
  const yaml = (text: string, fieldValidation?: string) =>
    decodeBody({ bytes: utf8(text), mediaType: 'application/yaml' }, Pod, fieldValidation);
  const { object, warnings } = yaml(body);
  assert.deepEqual(object, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { hostname: 'z' } });
  assert.deepEqual(warnings, [
    'yaml: unmarshal errors:\n  line 5: key "hostname" already set in map',
    'unknown field "spec.bar"',
    'unknown field "spec.foo"',
  ]);
  assert.equal(
    problemOf(() => yaml('a: b: c')),
    'the object provided is unrecognized (must be of type Pod): error converting YAML to JSON: yaml: line 1: mapping values are not allowed in this context (613a20623a2063)',
  );
});

test('what a custom resource’s author declared is pruned here, and judged by validation', () => {
  const field = (schema: Schema): Field => ({ schema, required: false });
  const object = (fields: Record<string, Schema>): Schema => ({
    type: 'object',
    fields: new Map(Object.entries(fields).map(([name, schema]) => [name, field(schema)])),
  });
  const schema = object({
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    spec: object({ size: { type: 'integer' }, free: { ...object({}), preservesUnknownFields: true } }),
  });
  const Ring: Decodable = { group: 'example.com', version: 'v1', kind: 'Ring', schema: () => schema };
  const { object: ring, warnings } = from(
    { apiVersion: 'example.com/v1', kind: 'Ring', spec: { size: 'big', gem: 1, free: { any: null } } },
    Ring,
  );
  assert.deepEqual(Reflect.get(ring, 'spec'), { size: 'big', free: { any: null } });
  assert.deepEqual(warnings, ['unknown field "spec.gem"']);
  const typed = { apiVersion: 'example.com/v1', kind: 'Ring' };
  assert.match(
    problemOf(() => from({ ...typed, metadata: { labels: { a: 1 } } }, Ring)),
    /ObjectMeta\.metadata\.labels of type string$/,
  );
});

test('a custom resource must say what it is, over the wire', () => {
  const schema: Schema = { type: 'object', fields: new Map() };
  const Ring: Decodable = { group: 'example.com', version: 'v1', kind: 'Ring', schema: () => schema };
  assert.equal(
    problemOf(() => from({ apiVersion: 'example.com/v1' }, Ring)),
    `the object provided is unrecognized (must be of type Ring): Object 'Kind' is missing in '{"apiVersion":"example.com/v1"}' ({"apiVersion":"example.com/v1" ...)`,
  );
  assert.equal(
    problemOf(() => from({ kind: 'Ring' }, Ring)),
    'the API version in the data () does not match the expected API version (example.com/v1)',
  );
  assert.equal(decodeBody({ object: {} }, Ring).object.kind, 'Ring');
});

test('options of meta/v1 may come under any group-version', () => {
  const DeleteOptions: Decodable = {
    group: '',
    version: 'v1',
    kind: 'DeleteOptions',
    schema: () => schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'),
  };
  const { object } = from({ apiVersion: 'apps/v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 }, DeleteOptions);
  assert.equal(Reflect.get(object, 'gracePeriodSeconds'), 0);
});

test('applySchemaDefaults() sets what Go always has', () => {
  const { object } = from({ spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } });
  applySchemaDefaults(object, Pod.schema());
  assert.deepEqual(object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {},
    spec: { containers: [{ name: 'a', resources: {}, ports: [{ containerPort: 80, protocol: 'TCP' }] }] },
    status: {},
  });
  const other = from({ spec: { containers: [{}, {}] } }).object;
  applySchemaDefaults(other, Pod.schema());
  const [one, two]: unknown[] = Reflect.get(Reflect.get(other, 'spec'), 'containers');
  assert.notEqual(Reflect.get(Object(one), 'resources'), Reflect.get(Object(two), 'resources'));
});

test('any body decodes, or is a bad request', () => {
  const names = fc.constantFrom(
    'metadata',
    'spec',
    'status',
    'labels',
    'name',
    'containers',
    'resources',
    'limits',
    'ports',
    'kind',
    'x',
    'data',
  );
  const values = fc.letrec((tie) => ({
    value: fc.oneof(fc.constantFrom('', 'Pod', 'v1', '1', '500m'), fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    map: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  })).map;
  fc.assert(
    fc.property(values, (value) => {
      for (const kind of [Pod, Secret, Deployment]) {
        const problem = problemOf(() => from(value, kind, 'Strict'));
        if (problem !== '') continue;
        const { object } = from(value, kind, 'Strict');
        applySchemaDefaults(object, kind.schema());
        // What was decoded and defaulted once stays as it is.
        assert.deepEqual(decodeBody({ object }, kind, 'Strict').object.metadata, object.metadata);
      }
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => void problemOf(() => fromText(text(bytes)))));
});
