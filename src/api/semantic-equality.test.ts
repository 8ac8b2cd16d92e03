import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from './field-error.ts';
import { semanticallyEqual, validateImmutable } from './semantic-equality.ts';

const cases: readonly (readonly [one: unknown, other: unknown, equal: boolean])[] = [
  [{ a: 1, b: { c: ['x'] } }, { b: { c: ['x'] }, a: 1 }, true],
  [{ a: [] }, {}, true],
  [{ a: null }, {}, true],
  [{ emptyDir: {} }, {}, false],
  [{ a: 0 }, {}, false],
  [{ a: ['x', 'y'] }, { a: ['y', 'x'] }, false],
  [{ a: '1' }, { a: 1 }, false],
  [[1], { 0: 1 }, false],
];
for (const [one, other, equal] of cases)
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)} are ${equal ? '' : 'not '}the same`, () => {
    assert.equal(semanticallyEqual(one, other), equal);
    assert.equal(semanticallyEqual(other, one), equal);
  });

test('validateImmutable() shows the new value', () => {
  assert.deepEqual(validateImmutable({ a: 'x' }, { a: 'x' }, 'spec'), []);
  assert.deepEqual(validateImmutable({ a: 'y' }, { a: 'x' }, 'spec').map(fieldErrorText), [
    'spec: Invalid value: {"a":"y"}: field is immutable',
  ]);
  assert.deepEqual(validateImmutable(undefined, 'x', 'spec').map(fieldErrorText), ['spec: Invalid value: null: field is immutable']);
});
