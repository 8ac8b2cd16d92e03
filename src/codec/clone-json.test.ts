import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, jsonValue, property } from 'fast-check';
import { asJson, cloneJson } from './clone-json.ts';

test('a copy is equal and shares nothing', () => {
  const original = { a: [1, { b: null }], c: { d: 2n ** 60n }, e: 'x' };
  const copy = cloneJson(original);
  assert.deepEqual(copy, original);
  assert.notEqual(copy.a, original.a);
  assert.notEqual(copy.a[1], original.a[1]);
  assert.notEqual(copy.c, original.c);
});

test('any JSON value is copied as JSON would', () => {
  check(property(jsonValue(), (value) => assert.equal(JSON.stringify(cloneJson(value)), JSON.stringify(value))));
});

test('a copy lacks undefined members, and asJson() copies only for their sake', () => {
  const whole = { a: [{ b: null }] };
  assert.equal(asJson(whole), whole);
  const lacking = { a: [{ b: undefined, c: 1 }], d: undefined };
  assert.deepEqual(asJson(lacking), { a: [{ c: 1 }] });
  assert.deepEqual(Object.keys(lacking), ['a', 'd']);
});

test('a field called __proto__ stays a field', () => {
  const copy = cloneJson(JSON.parse('{"__proto__": {"polluted": true}}') as object);
  assert.deepEqual(Object.keys(copy), ['__proto__']);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});
