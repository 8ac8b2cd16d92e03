import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Schema } from '../schema.ts';
import { pathText } from './field-path.ts';
import { fieldSet, isEmpty, paths, union, type FieldSet } from './field-set.ts';
import { toFieldsV1 } from './fields-v1.ts';
import { compareTyped } from './typed-compare.ts';
import { mentionedFields, reconciledFields, withNamedFields } from './typed-field-set.ts';
import { mergeTyped } from './typed-merge.ts';
import { removeFields } from './typed-remove.ts';
import { deducedSchema } from './typed-shape.ts';
import { typeProblem } from './typed-validate.ts';

const text: Schema = { type: 'string' };
const object = (fields: Record<string, Schema>, more: Partial<Schema> = {}): Schema => ({
  type: 'object',
  fields: new Map(Object.entries(fields).map(([name, schema]) => [name, { schema, required: false }])),
  ...more,
});
const row = object({ k: text, v: text });
/** A custom resource's type: nothing in it is Kubernetes' own. */
const table = object({
  rows: { type: 'list', items: row, listType: 'map', mapKeys: ['k'] },
  words: { type: 'list', items: text, listType: 'set' },
  plain: { type: 'list', items: row },
  labels: { type: 'map', values: text },
  fixed: { type: 'map', values: text, mapType: 'atomic' },
  free: { type: 'any' },
  raw: { type: 'object', name: 'io.k8s.apimachinery.pkg.runtime.RawExtension' },
});

const texts = (set: FieldSet): string[] => paths(set).map(pathText);
const compared = (before: unknown, after: unknown) => {
  const { added, modified, removed } = compareTyped(before, after, table);
  return { added: texts(added), modified: texts(modified), removed: texts(removed) };
};
const same = { added: [], modified: [], removed: [] };

test('what is granular is compared piece by piece', () => {
  assert.deepEqual(
    compared(
      { rows: [{ k: 'a', v: '1' }], words: ['x'], labels: { l: '1' } },
      { rows: [{ k: 'b' }, { k: 'a', v: '2' }], words: ['y'], labels: { m: '1' } },
    ),
    {
      added: ['.labels.m', '.rows[k="b"]', '.rows[k="b"].k', '.words[="y"]'],
      modified: ['.rows[k="a"].v'],
      removed: ['.labels.l', '.words[="x"]'],
    },
  );
  assert.deepEqual(compared({ rows: [{ k: 'a' }, { k: 'b' }] }, { rows: [{ k: 'b' }, { k: 'a' }] }), same);
});

test('what is atomic is compared as a whole', () => {
  const before = { plain: [{ k: 'a' }], fixed: { a: '1' }, raw: { deep: { x: 1 } } };
  assert.deepEqual(compared(before, { plain: [{ k: 'b' }], fixed: { b: '1' }, raw: { deep: { x: 2 } } }), {
    ...same,
    modified: ['.fixed', '.plain', '.raw'],
  });
  assert.deepEqual(compared(before, structuredClone(before)), same);
});

test('a value of any shape is granular where it is an object, and may change its shape', () => {
  assert.deepEqual(compared({ free: { a: { b: 1 }, l: [1] } }, { free: { a: { b: 2 }, l: [2] } }), {
    ...same,
    modified: ['.free.l', '.free.a.b'],
  });
  assert.deepEqual(compared({ free: 1 }, { free: { a: 1 } }), { ...same, modified: ['.free'], added: ['.free.a'] });
});

test('empty, null and absent are three things', () => {
  assert.deepEqual(compared({}, { labels: {} }), { ...same, added: ['.labels'] });
  assert.deepEqual(compared({ labels: null }, { labels: {} }), { ...same, modified: ['.labels'] });
  assert.deepEqual(compared({ labels: { a: '1' } }, { labels: {} }), { ...same, removed: ['.labels.a'] });
});

test('elements that stand there twice are compared as wholes', () => {
  const twice = {
    rows: [
      { k: 'a', v: '1' },
      { k: 'a', v: '2' },
    ],
  };
  assert.deepEqual(compared(twice, structuredClone(twice)), same);
  assert.deepEqual(
    compared(twice, {
      rows: [
        { k: 'a', v: '1' },
        { k: 'a', v: '3' },
      ],
    }),
    { ...same, modified: ['.rows[k="a"]'] },
  );
  assert.deepEqual(compared({ rows: [{ k: 'a', v: '1' }] }, twice).added, ['.rows[k="a"]']);
});

test('a configuration mentions its leaves, its elements and its empty objects', () => {
  const set = mentionedFields({ rows: [{ k: 'a' }], words: ['x'], plain: [], labels: { l: '1' }, fixed: {}, free: {}, raw: null }, table);
  assert.deepEqual(toFieldsV1(set), {
    'f:fixed': {},
    'f:free': {},
    'f:labels': { 'f:l': {} },
    'f:plain': {},
    'f:raw': {},
    'f:rows': { 'k:{"k":"a"}': { '.': {}, 'f:k': {} } },
    'f:words': { 'v:"x"': {} },
  });
});

test('named fields come along with what is below them; entries of maps and elements do not', () => {
  const set = fieldSet(['f:rows', 'k:{"k":"a"}', 'f:v'], ['f:labels', 'f:l']);
  assert.deepEqual(texts(withNamedFields(set, table)).sort(), ['.labels', '.labels.l', '.rows', '.rows[k="a"].v']);
});

test('what has become atomic is owned as a whole', () => {
  const set = fieldSet(['f:fixed', 'f:a'], ['f:plain', 'k:{"k":"a"}', 'f:v'], ['f:labels', 'f:l'], ['f:gone', 'f:x']);
  assert.deepEqual(texts(reconciledFields(set, table)).sort(), ['.fixed', '.gone.x', '.labels.l', '.plain']);
  const current = fieldSet(['f:fixed'], ['f:labels', 'f:l']);
  assert.equal(reconciledFields(current, table), current);
});

test('removal leaves null where nothing is left', () => {
  const value = { rows: [{ k: 'a', v: '1' }, { k: 'b' }], labels: { l: '1' }, words: ['x', 'y'] };
  assert.deepEqual(removeFields(value, fieldSet(['f:rows', 'k:{"k":"a"}'], ['f:labels', 'f:l'], ['f:words', 'v:"y"']), table), {
    rows: [{ k: 'b' }],
    labels: null,
    words: ['x'],
  });
});

test('typeProblem() knows sets, keys and free values', () => {
  const cases: [unknown, string | undefined][] = [
    [{ free: { anything: [1] }, raw: { x: 1 } }, undefined],
    [{ words: ['x', 'x'] }, '.words: duplicate entries for key [="x"]'],
    [{ words: [{}] }, ".words: element 0: associative list without keys has an element that's a map type"],
    [
      { rows: [{ v: '1' }] },
      '.rows: element 0: associative list with keys has an element that omits all key fields ["k"] (and doesn\'t have default values for any key fields)',
    ],
    [{ rows: [{ k: 'a', nope: 1 }] }, '.rows[k="a"].nope: field not declared in schema'],
    [{ labels: { a: 1 } }, '.labels.a: expected string, got &value.valueUnstructured{Value:1}'],
    ['x', 'expected map, got &{x}'],
  ];
  for (const [value, problem] of cases) assert.equal(typeProblem(value, table), problem);
});

test('a type without a schema takes anything', () => {
  assert.equal(typeProblem({ spec: { x: [1, 'a'] } }, deducedSchema), undefined);
  assert.deepEqual(toFieldsV1(mentionedFields({ spec: { x: [1], y: { z: 1 } } }, deducedSchema)), {
    'f:spec': { '.': {}, 'f:x': {}, 'f:y': { '.': {}, 'f:z': {} } },
  });
});

const rows = fc.uniqueArray(
  fc.record({ k: fc.constantFrom('a', 'b', 'c', 'd'), v: fc.constantFrom('1', '2') }, { requiredKeys: ['k'], noNullPrototype: true }),
  {
    selector: (one) => one.k,
  },
);
const value = fc.record(
  {
    rows,
    words: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
    labels: fc.dictionary(fc.constantFrom('l', 'm'), fc.constantFrom('1', '2'), { noNullPrototype: true }),
    plain: rows,
  },
  { requiredKeys: [], noNullPrototype: true },
);

test('property: a merge holds all that either said, the configuration having the last word', () => {
  fc.assert(
    fc.property(value, value, (live, config) => {
      const merged = mergeTyped(live, config, table);
      assert.deepEqual(mergeTyped(merged, config, table), merged);
      assert.equal(isEmpty(compareTyped(live, merged, table).removed), true);
      const { modified, removed } = compareTyped(config, merged, table);
      assert.deepEqual([texts(modified), texts(removed)], [[], []]);
    }),
    { numRuns: 300 },
  );
});

test('property: an object compares the same with itself, and differences go both ways', () => {
  fc.assert(
    fc.property(value, value, (before, after) => {
      assert.deepEqual(compared(before, structuredClone(before)), same);
      const there = compared(before, after);
      const back = compared(after, before);
      assert.deepEqual(
        [there.added, there.modified, there.removed].map((one) => one.toSorted()),
        [back.removed, back.modified, back.added].map((one) => one.toSorted()),
      );
      const all = compareTyped(before, after, table);
      assert.equal(
        isEmpty(union(union(all.added, all.modified), all.removed)),
        texts(all.added).length + texts(all.modified).length + texts(all.removed).length === 0,
      );
    }),
    { numRuns: 300 },
  );
});
