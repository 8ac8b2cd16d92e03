import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { schemaOf } from '../schemas.ts';
import type { JsonObject } from './json-object.ts';
import { createStrategicMergePatch } from './strategic-diff.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import { createMergePatch, createThreeWayMergePatch, createThreeWayStrategicPatch, PatchConflictError } from './three-way-patch.ts';
import { applyMergePatch } from './merge-patch.ts';

const deployment = schemaOf('io.k8s.api.apps.v1.Deployment');
const pod = schemaOf('io.k8s.api.core.v1.Pod');

const spec = (...containers: object[]): JsonObject => ({ spec: { containers } });

test('changes, additions and deletions of a merged list, with the order of what is left', () => {
  const original = spec({ name: 'a', image: '1' }, { name: 'b', image: '1' }, { name: 'c', image: '1' });
  const modified = spec({ name: 'c', image: '1' }, { name: 'b', image: '2' }, { name: 'd', image: '1' });
  assert.deepEqual(createStrategicMergePatch(original, modified, pod), {
    spec: {
      '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'd' }],
      containers: [
        { name: 'b', image: '2' },
        { name: 'd', image: '1' },
        { name: 'a', $patch: 'delete' },
      ],
    },
  });
});

test('scalars of a merged list are deleted by a list of their own', () => {
  const finalizers = (...names: string[]): JsonObject => ({ metadata: { finalizers: names } });
  assert.deepEqual(createStrategicMergePatch(finalizers('a', 'b'), finalizers('b', 'c'), pod), {
    metadata: {
      '$deleteFromPrimitiveList/finalizers': ['a'],
      '$setElementOrder/finalizers': ['b', 'c'],
      finalizers: ['c'],
    },
  });
});

test('a union says which keys are to stay', () => {
  const strategy = (value: object): JsonObject => ({ spec: { strategy: value } });
  const patch = createStrategicMergePatch(
    strategy({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
    strategy({ type: 'Recreate' }),
    deployment,
  );
  assert.deepEqual(patch, { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: null, type: 'Recreate' } } });
});

test('fields that the type does not have matter only when they differ', () => {
  const odd = (value: number): JsonObject => ({ spec: { nope: { value } } });
  assert.deepEqual(createStrategicMergePatch(odd(1), odd(1), pod), {});
  assert.throws(() => createStrategicMergePatch(odd(1), odd(2), pod), {
    message: 'unable to find api field in struct PodSpec for the json field "nope"',
  });
});

test('client-side apply deletes what it applied before and leaves what others added', () => {
  const original = spec({ name: 'a', image: '1', command: ['x'] }, { name: 'b', image: '1' });
  const modified = spec({ name: 'a', image: '2' });
  const current = spec(
    { name: 'a', image: '1', command: ['x'], imagePullPolicy: 'Always' },
    { name: 'b', image: '1' },
    { name: 'sidecar' },
  );
  const patch = createThreeWayStrategicPatch({ original, modified, current }, pod);
  assert.deepEqual(patch, {
    spec: {
      '$setElementOrder/containers': [{ name: 'a' }],
      containers: [
        { name: 'a', image: '2', command: null },
        { name: 'b', $patch: 'delete' },
      ],
    },
  });
  assert.deepEqual(
    applyStrategicMergePatch(current, patch, pod),
    spec({ name: 'a', image: '2', imagePullPolicy: 'Always' }, { name: 'sidecar' }),
  );
});

test('without overwriting, a live change to the same field is a conflict', () => {
  const way = (current: string) => ({
    original: spec({ name: 'a', image: '1' }),
    modified: spec({ name: 'a', image: '2' }),
    current: spec({ name: 'a', image: current }),
  });
  assert.doesNotThrow(() => createThreeWayStrategicPatch(way('1'), pod, false));
  assert.throws(() => createThreeWayStrategicPatch(way('3'), pod, false), PatchConflictError);
  assert.doesNotThrow(() => createThreeWayStrategicPatch(way('3'), pod));
});

test('custom resources are applied with a JSON merge patch', () => {
  const way = { original: { a: 1, b: { c: 1 } }, modified: { b: { d: [2] }, e: {} }, current: { a: 1, b: { c: 1, d: [1], live: true } } };
  assert.deepEqual(createThreeWayMergePatch(way), { a: null, b: { c: null, d: [2] }, e: {} });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const containers = fc.uniqueArray(
  fc.record(
    { name, image: fc.constantFrom('1', '2'), args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }) },
    { requiredKeys: ['name'], noNullPrototype: true },
  ),
  { selector: (one) => one.name },
);
const object = fc.record(
  {
    metadata: fc.record(
      { finalizers: fc.uniqueArray(name), labels: fc.dictionary(name, fc.constantFrom('1', '2'), { noNullPrototype: true }) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    spec: fc.record({ containers, nodeName: name }, { requiredKeys: [], noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/**
 * A merge can empty a list or an object but not take it away, which for the API is the same. Finalizers
 * are a set: upstream does not say their order where the new one is alphabetical.
 */
const settled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, held: unknown) => {
      if (key === '' || typeof held !== 'object' || held === null) return held;
      if (Object.keys(held).length === 0) return undefined;
      return key === 'finalizers' ? (held as string[]).toSorted() : held;
    }),
  );

test('property: the strategic patch made of two objects makes the one of the other', () => {
  fc.assert(
    fc.property(object, object, (original, modified) => {
      const patch = createStrategicMergePatch(original, modified, pod);
      assert.deepEqual(settled(applyStrategicMergePatch(original, patch, pod)), settled(modified));
    }),
    { numRuns: 500 },
  );
});

test('property: so does the JSON merge patch', () => {
  fc.assert(
    fc.property(object, object, (original, modified) => {
      assert.deepEqual(applyMergePatch(original, createMergePatch(original, modified)), modified);
    }),
    { numRuns: 300 },
  );
});

test('property: applying by three ways what was applied before changes nothing', () => {
  fc.assert(
    fc.property(object, (config) => {
      assert.deepEqual(createThreeWayMergePatch({ original: config, modified: config, current: config }), {});
      const patch = createThreeWayStrategicPatch({ original: config, modified: config, current: config }, pod);
      assert.deepEqual(settled(applyStrategicMergePatch(config, patch, pod)), settled(config));
    }),
  );
});
