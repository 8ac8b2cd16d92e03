import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBody } from './decode.ts';
import { fieldErrorText } from './field-error.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { kindFromCrd } from './kind-from-crd.ts';
import type { KubeObject } from './meta.ts';

const cronPattern = String.raw`^(\d+|\*)(\s+(\d+|\*)){4}$`;
const root: JSONSchemaProps = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['image'],
      properties: {
        image: { type: 'string', minLength: 1, maxLength: 10 },
        schedule: { type: 'string', pattern: cronPattern },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        mode: { type: 'string', enum: ['fast', 'safe'] },
        port: { 'x-kubernetes-int-or-string': true },
        note: { type: 'string', nullable: true },
        tags: { type: 'array', maxItems: 3, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        source: {
          type: 'object',
          properties: { git: { type: 'string' }, file: { type: 'string' } },
          oneOf: [{ required: ['git'] }, { required: ['file'] }],
        },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' } } },
  },
};

const crd = {
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { kind: 'CronTab', plural: 'crontabs', shortNames: ['ct'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: root },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
        },
        selectableFields: [{ jsonPath: '.spec.mode' }],
        additionalPrinterColumns: [
          { name: 'Image', type: 'string', jsonPath: '.spec.image' },
          { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
          { name: 'Tag', type: 'string', jsonPath: '.spec.tags[0]', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
      { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: { openAPIV3Schema: root } },
    ],
  },
  status: {},
} satisfies CustomResourceDefinition;

const CronTab = kindFromCrd(crd, 'v1');
const tab = (spec: unknown): KubeObject & { readonly spec: unknown } => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name: 'tab', creationTimestamp: '2026-01-02T03:00:00Z' },
  spec,
});

test('a custom kind is what its definition says', () => {
  assert.equal(CronTab.singular, 'crontab');
  assert.deepEqual(CronTab.shortNames, ['ct']);
  assert.equal(CronTab.namespaced, true);
  assert.deepEqual(CronTab.subresources, {
    status: true,
    scale: { spec: 'spec.replicas', status: 'status.replicas', selector: 'status.selector' },
  });
  assert.deepEqual(CronTab.strategy.generationFields, ['spec']);
  assert.equal(CronTab.selectableFields['spec.mode']?.(tab({ mode: 'fast' })), 'fast');
  assert.equal(CronTab.selectableFields['spec.mode']?.(tab({})), '');
  assert.throws(() => kindFromCrd(crd, 'v2'), { message: 'crontabs.stable.example.com has no version v2' });
});

test('another version is stored in the storage version, and may be deprecated', () => {
  const old = kindFromCrd(crd, 'v1beta1');
  assert.equal(old.deprecation, 'stable.example.com/v1beta1 CronTab is deprecated');
  assert.equal(old.storage?.version, 'v1');
  assert.equal(old.storage?.toStored({ apiVersion: 'stable.example.com/v1beta1', metadata: {} }).apiVersion, 'stable.example.com/v1');
  assert.deepEqual(
    old.columns.map(({ name }) => name),
    ['Name', 'Age'],
  );
  assert.deepEqual(old.strategy.generationFields, ['spec', 'status'], 'without a subresource the status counts too');
});

test('unknown fields are pruned, but where they are to be kept', () => {
  const { object, warnings } = decodeBody({ object: tab({ image: 'a', extra: 1, free: { any: [1] }, labels: { a: 'b' } }) }, CronTab);
  assert.deepEqual(Reflect.get(object, 'spec'), { image: 'a', free: { any: [1] }, labels: { a: 'b' } });
  assert.deepEqual(warnings, ['unknown field "spec.extra"']);
});

const cases: readonly (readonly [what: string, spec: unknown, problems: readonly string[]])[] = [
  [
    'all in order',
    { image: 'a', schedule: '* * * * 5', replicas: 2, mode: 'fast', port: 'http', note: null, tags: ['a'], source: { git: 'x' } },
    [],
  ],
  ['nothing', undefined, ['spec: Required value']],
  ['no image', {}, ['spec.image: Required value']],
  ['an empty image', { image: '' }, ['spec.image: Invalid value: "": spec.image in body should be at least 1 chars long']],
  ['a long image', { image: 'elevenchars' }, ['spec.image: Too long: may not be more than 10 bytes']],
  [
    'text for a number',
    { image: 'a', replicas: 'two' },
    ['spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
  ],
  [
    'a fraction',
    { image: 'a', replicas: 1.5 },
    ['spec.replicas: Invalid value: "number": spec.replicas in body must be of type integer: "number"'],
  ],
  ['too few', { image: 'a', replicas: 0 }, ['spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1']],
  [
    'too many',
    { image: 'a', replicas: 11 },
    ['spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10'],
  ],
  [
    'half a schedule',
    { image: 'a', schedule: '* *' },
    [`spec.schedule: Invalid value: "* *": spec.schedule in body should match '${cronPattern}'`],
  ],
  ['an unknown mode', { image: 'a', mode: 'odd' }, ['spec.mode: Unsupported value: "odd": supported values: "fast", "safe"']],
  [
    'a list for a port',
    { image: 'a', port: [] },
    ['spec.port: Invalid value: "array": spec.port in body must be of type integer,string: "array"'],
  ],
  ['a null that may not be', { image: null }, ['spec.image: Invalid value: "null": spec.image in body must be of type string: "null"']],
  ['a tag twice', { image: 'a', tags: ['x', 'y', 'x'] }, ['spec.tags[2]: Duplicate value: "x"']],
  ['four tags', { image: 'a', tags: ['a', 'b', 'c', 'd'] }, ['spec.tags: Too many: 4: must have at most 3 items']],
  [
    'two sources',
    { image: 'a', source: { git: 'x', file: 'y' } },
    ['<nil>: Invalid value: "": "spec.source" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    'no source',
    { image: 'a', source: {} },
    [
      '<nil>: Invalid value: "": "spec.source" must validate one and only one schema (oneOf). Found none valid',
      'spec.source.git: Required value',
    ],
  ],
];
for (const [what, spec, problems] of cases)
  test(`a custom object with ${what}`, () => assert.deepEqual(CronTab.strategy.validate?.(tab(spec)).map(fieldErrorText), problems));

test('columns come from JSONPath; what is not there is null', () => {
  const nowMs = Date.parse('2026-01-02T03:05:00Z');
  const cells = (object: KubeObject) => Object.fromEntries(CronTab.columns.map((column) => [column.name, column.cell(object, nowMs)]));
  assert.deepEqual(cells(tab({ image: 'a', replicas: 3, tags: ['x'] })), { Name: 'tab', Image: 'a', Replicas: 3, Tag: 'x', Age: '5m' });
  assert.deepEqual(cells(tab({ replicas: 'three' })), { Name: 'tab', Image: null, Replicas: null, Tag: null, Age: '5m' });
});
