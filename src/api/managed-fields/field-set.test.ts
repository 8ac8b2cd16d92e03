import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  compareElements,
  elementText,
  fieldElement,
  keyElement,
  parseElement,
  pathText,
  valueElement,
  type FieldPath,
} from './field-path.ts';
import { difference, fieldSet, hasPath, intersection, isEmpty, paths, recursiveDifference, union, type FieldSet } from './field-set.ts';
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

test('steps are canonical, whatever they were read from', () => {
  assert.equal(parseElement('k:{ "protocol":"TCP", "port":80 }'), 'k:{"port":80,"protocol":"TCP"}');
  assert.equal(parseElement('v: "a"'), 'v:"a"');
  assert.equal(parseElement('i:+3'), 'i:3');
  assert.equal(parseElement('f:a.b/c'), 'f:a.b/c');
  assert.equal(valueElement('<a>'), 'v:"\\u003ca\\u003e"');
});

test('steps that a later version may know are dropped, malformed ones refused', () => {
  assert.equal(parseElement('x:1'), undefined);
  assert.deepEqual(toFieldsV1(fromFieldsV1({ 'x:1': {}, 'f:a': {} })), { 'f:a': {} });
  assert.throws(() => parseElement('f'), { message: 'key must be 2 characters long:' });
  assert.throws(() => parseElement('spec'), { message: 'missing colon: spec' });
  assert.throws(() => parseElement('k:[]'));
  assert.throws(() => parseElement('v:{'));
  assert.throws(() => parseElement('i:x'));
  assert.throws(() => fromFieldsV1('x'));
});

test('paths read as in conflicts', () => {
  const path = [
    fieldElement('spec'),
    fieldElement('ports'),
    keyElement([
      ['protocol', 'TCP'],
      ['port', 80],
    ]),
    valueElement('x'),
    'i:2',
  ];
  assert.equal(pathText(path), '.spec.ports[port=80,protocol="TCP"][="x"][2]');
  assert.equal(elementText(valueElement(true)), '[=true]');
});

test('members come before keys, keys before values, values before places; numbers in order of size', () => {
  const ordered = [
    'f:a',
    'f:b',
    'k:{"n":9}',
    'k:{"n":10}',
    'k:{"n":10,"p":"x"}',
    'k:{"n":"a"}',
    'v:2',
    'v:10',
    'v:"1"',
    'v:true',
    'i:2',
    'i:10',
  ];
  assert.deepEqual([...ordered].reverse().sort(compareElements), ordered);
});

test('FieldsV1 says with a dot that a path is owned along with what is below', () => {
  const set = fieldSet(['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']);
  assert.deepEqual(toFieldsV1(set), { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': { 'f:d': {} } });
  assert.equal(hasPath(set, ['f:a']), true);
  assert.equal(hasPath(set, ['f:c']), false);
  assert.equal(hasPath(set, []), false);
});

test('a difference leaves children of what goes, a recursive one does not', () => {
  const set = fieldSet(['f:a'], ['f:a', 'f:b']);
  assert.deepEqual(paths(difference(set, fieldSet(['f:a']))), [['f:a', 'f:b']]);
  assert.deepEqual(paths(recursiveDifference(set, fieldSet(['f:a']))), []);
});

const path: fc.Arbitrary<FieldPath> = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), { minLength: 1, maxLength: 3 });
const somePaths = fc.array(path, { maxLength: 8 });
const texts = (set: FieldSet): Set<string> => new Set(paths(set).map((one) => one.join('|')));

test('property: operations are those of sets, and leave no empty branches', () => {
  fc.assert(
    fc.property(somePaths, somePaths, (left, right) => {
      const [a, b] = [fieldSet(...left), fieldSet(...right)];
      const [ours, theirs] = [texts(a), texts(b)];
      assert.deepEqual(ours, new Set(left.map((one) => one.join('|'))));
      const only = [...ours].filter((one) => !theirs.has(one));
      assert.deepEqual(texts(union(a, b)), new Set([...ours, ...theirs]));
      assert.deepEqual(texts(intersection(a, b)), new Set([...ours].filter((one) => theirs.has(one))));
      assert.deepEqual(texts(difference(a, b)), new Set(only));
      assert.equal(isEmpty(difference(a, b)), only.length === 0);
      const below = [...ours].filter((one) => ![...theirs].some((other) => one === other || one.startsWith(`${other}|`)));
      assert.deepEqual(texts(recursiveDifference(a, b)), new Set(below));
    }),
    { numRuns: 500 },
  );
});

test('property: FieldsV1 reads back as the same set', () => {
  fc.assert(
    fc.property(somePaths, (all) => {
      const set = fieldSet(...all);
      const read = fromFieldsV1(JSON.parse(JSON.stringify(toFieldsV1(set))));
      assert.deepEqual(texts(read), texts(set));
    }),
  );
});
