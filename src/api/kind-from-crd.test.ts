import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applySchemaDefaults, decodeBody } from './decode.ts';
import type { Draft } from './draft.ts';
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
  assert.equal(old.deprecation, 'stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab');
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
    [
      'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
      '.spec.replicas: Invalid value: 0: .spec.replicas accessor error: two is of the type string, expected int64',
    ],
  ],
  [
    'a fraction',
    { image: 'a', replicas: 1.5 },
    [
      'spec.replicas: Invalid value: "number": spec.replicas in body must be of type integer: "number"',
      '.spec.replicas: Invalid value: 0: .spec.replicas accessor error: 1.5 is of the type float64, expected int64',
    ],
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
  test(`a custom object with ${what}`, () => assert.deepEqual(CronTab.strategy.validateCreate?.(tab(spec)).map(fieldErrorText), problems));

test('columns come from JSONPath; what is not there is null', () => {
  const nowMs = Date.parse('2026-01-02T03:05:00Z');
  const cells = (object: KubeObject) => Object.fromEntries(CronTab.columns.map((column) => [column.name, column.cell(object, nowMs)]));
  assert.deepEqual(cells(tab({ image: 'a', replicas: 3, tags: ['x'] })), { Name: 'tab', Image: 'a', Replicas: 3, Tag: 'x', Age: '5m' });
  assert.deepEqual(cells(tab({ replicas: 'three' })), { Name: 'tab', Image: null, Replicas: null, Tag: null, Age: '5m' });
});

const problemsOfUpdate = (next: unknown, old: unknown) => CronTab.strategy.validateUpdate?.(tab(next), tab(old)).map(fieldErrorText);

test('an update is not blamed for what it leaves as it was', () => {
  const old = { image: 'elevenchars', mode: 'odd', tags: ['x', 'x'], source: {} };
  assert.deepEqual(problemsOfUpdate({ ...old, replicas: 2 }, old), []);
  assert.deepEqual(problemsOfUpdate({ ...old, image: 'twelve chars' }, old), ['spec.image: Too long: may not be more than 10 bytes']);
  assert.deepEqual(problemsOfUpdate({ image: 'a', tags: ['y', 'y'] }, { image: 'a' }), ['spec.tags[1]: Duplicate value: "y"']);
});

test('a status update answers for the status alone', () => {
  const withStatus = (status: unknown) => ({ ...tab({}), status }) as KubeObject;
  const problems = (status: unknown) => CronTab.strategy.validateStatusUpdate?.(withStatus(status), withStatus({})).map(fieldErrorText);
  assert.deepEqual(problems({ replicas: 1 }), []);
  assert.deepEqual(problems({ replicas: -1 }), ['.status.replicas: Invalid value: -1: should be a non-negative integer']);
  assert.deepEqual(
    problems({ replicas: true })?.[0],
    'status.replicas: Invalid value: "boolean": replicas in body must be of type integer: "boolean"',
  );
});

test('names are those that were granted', () => {
  const acceptedNames = { ...crd.spec.names, shortNames: [], listKind: 'CronTabs' };
  const granted = kindFromCrd({ ...crd, status: { acceptedNames } }, 'v1');
  assert.deepEqual(granted.shortNames, []);
  assert.equal(granted.listKind, 'CronTabs');
});

test('a null is absence unless the field is nullable, and then the default comes', () => {
  const { object } = decodeBody(
    { object: tab({ image: null, note: null, replicas: null, labels: { a: null }, free: { a: null } }) },
    CronTab,
  );
  assert.deepEqual(Reflect.get(object, 'spec'), { note: null, labels: {}, free: { a: null } });
  applySchemaDefaults(object, CronTab.schema());
  assert.deepEqual(Reflect.get(object, 'spec'), { note: null, labels: {}, free: { a: null }, replicas: 1 });
});

test('refresh() prunes and defaults what was stored under another schema', () => {
  const stored = () => structuredClone(tab({ image: 'a', old: true })) as Draft<KubeObject>;
  const { object, changed } = CronTab.refresh!(stored());
  assert.equal(changed, true);
  assert.deepEqual(Reflect.get(object, 'spec'), { image: 'a', replicas: 1 });
  assert.equal(CronTab.refresh!(object).changed, false);
});

test('another version drops what it does not know, and a webhook is not called', () => {
  const narrow: JSONSchemaProps = { type: 'object', properties: { spec: { type: 'object', properties: { image: { type: 'string' } } } } };
  const versions = crd.spec.versions.map((version) => (version.storage ? version : { ...version, schema: { openAPIV3Schema: narrow } }));
  const inBoth = { ...crd, spec: { ...crd.spec, versions } };
  const stored = structuredClone(tab({ image: 'a', replicas: 2 })) as Draft<KubeObject>;
  const shown = kindFromCrd(inBoth, 'v1beta1').storage!.fromStored(structuredClone(stored));
  assert.equal(shown.apiVersion, 'stable.example.com/v1beta1');
  assert.deepEqual(Reflect.get(shown, 'spec'), { image: 'a' });
  const withWebhook = { ...inBoth, spec: { ...inBoth.spec, conversion: { strategy: 'Webhook' } } };
  assert.throws(() => kindFromCrd(withWebhook, 'v1beta1').storage!.fromStored(stored), /conversion webhook for .* failed/);
});

test('finalizers that may clash are warned of when they are new', () => {
  const finalized = (...finalizers: string[]): KubeObject => ({ metadata: { name: 'tab', finalizers } });
  assert.deepEqual(CronTab.strategy.warnings?.(finalized('mine', 'orphan', 'my.org', 'my.org/x')), [
    'metadata.finalizers: "mine": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
    'metadata.finalizers: "my.org": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
  ]);
  assert.deepEqual(CronTab.strategy.warnings?.(finalized('mine'), finalized('mine')), []);
});
