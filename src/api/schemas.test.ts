import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from './generated/resources.ts';
import type { Schema } from './schema.ts';
import { definitionNames, definitionOf, generatedKind, schemaOf } from './schemas.ts';

const field = (definition: string, name: string) => schemaOf(definition).fields?.get(name);

test('every definition reads, and so does all it refers to', () => {
  const seen = new Set<Schema>();
  const visit = (schema: Schema) => {
    if (seen.has(schema)) return;
    seen.add(schema);
    for (const inner of [schema.items, schema.values, ...[...(schema.fields?.values() ?? [])].map((one) => one.schema)])
      if (inner) visit(inner);
  };
  const names = definitionNames();
  for (const name of names) visit(schemaOf(name));
  assert.ok(names.length > 750, `${names.length} definitions`);
  assert.ok(seen.size > 3000, `${seen.size} schemas`);
});

test('schemaOf() gives the same object each time, recursive types included', () => {
  const props = schemaOf('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
  assert.equal(props.fields?.get('properties')?.schema.values, props);
  assert.equal(field('io.k8s.api.core.v1.Pod', 'spec')?.schema, schemaOf('io.k8s.api.core.v1.PodSpec'));
});

test('fields carry what patches and field management need', () => {
  const containers = field('io.k8s.api.core.v1.PodSpec', 'containers');
  assert.equal(containers?.required, true);
  assert.equal(containers?.patchStrategy, 'merge');
  assert.equal(containers?.patchMergeKey, 'name');
  assert.equal(containers?.schema.listType, 'map');
  assert.deepEqual(containers?.schema.mapKeys, ['name']);
  assert.deepEqual(field('io.k8s.api.core.v1.Container', 'ports')?.schema.mapKeys, ['containerPort', 'protocol']);
  assert.equal(field('io.k8s.api.core.v1.ContainerPort', 'protocol')?.default, 'TCP');
  assert.equal(field('io.k8s.api.core.v1.PodSpec', 'nodeSelector')?.schema.mapType, 'atomic');
  assert.equal(schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector').mapType, 'atomic');
  assert.equal(field('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'finalizers')?.schema.listType, 'set');
  assert.equal(field('io.k8s.api.core.v1.ResourceRequirements', 'limits')?.schema.values?.type, 'quantity');
  assert.equal(field('io.k8s.api.core.v1.ServicePort', 'targetPort')?.schema.type, 'int-or-string');
});

test('a field may say more of its type than the definition, and the definition stays as it is', () => {
  assert.equal(field('io.k8s.api.core.v1.PersistentVolumeSpec', 'claimRef')?.schema.mapType, 'granular');
  assert.equal(schemaOf('io.k8s.api.core.v1.ObjectReference').mapType, 'atomic');
});

test('generatedKind() knows scope, verbs and subresources', () => {
  const pod = generatedKind('', 'v1', 'Pod');
  assert.equal(pod.plural, 'pods');
  assert.equal(pod.namespaced, true);
  assert.equal(pod.schema(), schemaOf('io.k8s.api.core.v1.Pod'));
  assert.deepEqual(pod.subresources?.others?.['eviction'], { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] });
  assert.deepEqual(pod.subresources?.others?.['exec'], { group: '', version: 'v1', kind: 'PodExecOptions', verbs: ['create', 'get'] });
  assert.deepEqual(generatedKind('authorization.k8s.io', 'v1', 'SubjectAccessReview').verbs, ['create']);
  assert.deepEqual(generatedKind('', 'v1', 'ComponentStatus').verbs, ['get', 'list']);
  assert.throws(() => generatedKind('apps', 'v1beta1', 'Deployment'), /serves no Deployment in apps\/v1beta1/);
});

test('every resource has its definition', () => {
  const names = new Set(definitionNames());
  for (const { definition } of resources) assert.ok(names.has(definition), definition);
  assert.equal(definitionOf('policy/v1', 'Eviction'), 'io.k8s.api.policy.v1.Eviction');
  assert.equal(definitionOf('v1', 'DeleteOptions'), 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  assert.equal(definitionOf('apps/v1', 'Pod'), undefined);
});
