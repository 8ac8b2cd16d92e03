import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, updateProblems, type Manifest } from '../trial.ts';
import { CustomResourceDefinition } from './customresourcedefinition.ts';

const properties = { spec: { type: 'object', properties: { size: { type: 'integer' } } } };
const version = (more: Manifest = {}): Manifest => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties } },
  ...more,
});
const crd = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'widgets.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [version()], ...spec },
});
const withSchema = (schema: Manifest): Manifest => crd({ versions: [version({ schema: { openAPIV3Schema: schema } })] });

test('a CRD gets its names and remembers its storage version', () => {
  const { spec, status } = created(CustomResourceDefinition, crd());
  assert.deepEqual(spec.names, { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' });
  assert.deepEqual(spec.conversion, { strategy: 'None' });
  assert.deepEqual(status.storedVersions, ['v1']);
});

const schemaPath = 'spec.versions[0].schema.openAPIV3Schema';
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', crd(), []],
  [
    'a name of its own',
    { ...crd(), metadata: { name: 'widgets' } },
    ['metadata.name: Invalid value: "widgets": must be spec.names.plural+"."+spec.group'],
  ],
  ['a scope of its own', crd({ scope: 'Galaxy' }), ['spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"']],
  [
    'a kind and a list of one name',
    crd({ names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } }),
    ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
  ],
  ['no schema', crd({ versions: [version({ schema: undefined })] }), [`${schemaPath}: Required value`]],
  [
    'a schema of a list',
    withSchema({ type: 'array', items: { type: 'string' } }),
    [`${schemaPath}.type: Invalid value: "array": must be object at the root`],
  ],
  [
    'a field of no type',
    withSchema({ type: 'object', properties: { spec: {} } }),
    [`${schemaPath}.properties[spec].type: Required value: must not be empty for specified object fields`],
  ],
  [
    'a type under anyOf',
    withSchema({ type: 'object', properties, anyOf: [{ properties: { spec: { type: 'object' } } }] }),
    [`${schemaPath}.anyOf[0].properties[spec].type: Forbidden: must be empty to be structural`],
  ],
  [
    'a condition on what is not declared',
    withSchema({ type: 'object', properties, allOf: [{ properties: { other: { minimum: 1 } } }] }),
    [`${schemaPath}.properties[other]: Required value: because it is defined in ${schemaPath}.allOf[0].properties[other]`],
  ],
  [
    'two things that do not go together',
    withSchema({
      type: 'object',
      properties: { spec: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } } },
    }),
    [`${schemaPath}.properties[spec].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
  ],
  [
    'a list by keys without keys',
    withSchema({ type: 'object', properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } } }),
    [`${schemaPath}.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
  ],
  [
    'a column of no type',
    crd({ versions: [version({ additionalPrinterColumns: [{ name: 'Size', type: 'size', jsonPath: 'spec.size' }] })] }),
    [
      'spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "size": must be one of boolean,date,integer,number,string',
      'spec.versions[0].additionalPrinterColumns[0].JSONPath: Invalid value: "spec.size": must be a simple json path starting with .',
    ],
  ],
  [
    'a scale outside of its spec',
    crd({ versions: [version({ subresources: { scale: { specReplicasPath: '.status.n', statusReplicasPath: '.status.n' } } })] }),
    ['spec.versions[0].subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec'],
  ],
  [
    'a conversion without a webhook',
    crd({ conversion: { strategy: 'Webhook' } }),
    [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ],
  ],
];
for (const [what, manifest, problems] of cases)
  test(`a CRD with ${what}`, () => assert.deepEqual(createProblems(CustomResourceDefinition, manifest), problems));

test('groups of Kubernetes need approval', () => {
  const own = (annotations: Manifest): Manifest => ({ ...crd({ group: 'x.k8s.io' }), metadata: { name: 'widgets.x.k8s.io', annotations } });
  const path = 'metadata.annotations[api-approved.kubernetes.io]';
  const demand = 'protected groups must have approval annotation "api-approved.kubernetes.io"';
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  assert.deepEqual(createProblems(CustomResourceDefinition, own({})), [`${path}: Required value: ${demand}, ${see}`]);
  assert.deepEqual(createProblems(CustomResourceDefinition, own({ 'api-approved.kubernetes.io': 'unapproved, a test' })), []);
  assert.deepEqual(createProblems(CustomResourceDefinition, own({ 'api-approved.kubernetes.io': 'https://example.com/1' })), []);
  assert.deepEqual(createProblems(CustomResourceDefinition, own({ 'api-approved.kubernetes.io': 'yes' })), [
    `${path}: Invalid value: "yes": ${demand} with either a URL or a reason starting with "unapproved", ${see}`,
  ]);
});

test('int-or-string may be written with anyOf', () => {
  const port = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
  assert.deepEqual(createProblems(CustomResourceDefinition, withSchema({ type: 'object', properties: { port } })), []);
});

test('a CRD must have one storage version', () => {
  const problems = createProblems(CustomResourceDefinition, crd({ versions: [version({ storage: false })] }));
  assert.match(problems[0]!, /^spec\.versions: Invalid value: .*: must have exactly one version marked as storage version$/);
  assert.equal(problems[1], 'status.storedVersions: Invalid value: []: must have at least one stored version');
});

test('a version in which objects may be stored cannot go', () => {
  const two = [version({ storage: false }), version({ name: 'v2' })];
  const [problem] = updateProblems(CustomResourceDefinition, crd({ versions: [version()] }), ({ spec }) => {
    spec.versions = [two[1]] as never;
  });
  assert.match(
    problem!,
    /^status\.storedVersions\[0\]: Invalid value: "v1": missing from spec\.versions; v1 was previously a storage version/,
  );
});

test('the group never changes', () => {
  const problems = updateProblems(CustomResourceDefinition, crd(), ({ spec }) => {
    spec.group = 'example.org';
  });
  assert.deepEqual(problems, [
    'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
    'spec.group: Invalid value: "example.org": field is immutable',
  ]);
});
