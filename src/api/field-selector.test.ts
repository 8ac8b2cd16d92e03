import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { exactFieldValue, fieldSelectorText, matchesFields, parseFieldSelector } from './field-selector.ts';

test('parseFieldSelector() reads =, == and !=, sorted', () => {
  assert.deepEqual(parseFieldSelector('spec.nodeName!=n1,metadata.name==x,,a='), [
    { field: 'a', operator: '=', value: '' },
    { field: 'metadata.name', operator: '=', value: 'x' },
    { field: 'spec.nodeName', operator: '!=', value: 'n1' },
  ]);
  assert.deepEqual(parseFieldSelector(''), []);
});

test('backslashes escape commas, equal signs and themselves in values', () => {
  assert.deepEqual(parseFieldSelector(String.raw`a=x\,y\=z\\`), [{ field: 'a', operator: '=', value: 'x,y=z\\' }]);
  assert.equal(fieldSelectorText([{ field: 'a', operator: '!=', value: 'x,y=z\\' }]), String.raw`a!=x\,y\=z\\`);
});

test("errors are apimachinery's sentences", () => {
  const cases: [string, string][] = [
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    [String.raw`a=\x`, String.raw`invalid field selector: invalid escape sequence: \x`],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ];
  for (const [text, message] of cases) assert.throws(() => parseFieldSelector(text), { name: 'ApiError', code: 400, message }, text);
});

test('matchesFields() demands all, and absent fields are empty', () => {
  const fieldOf = (field: string) => ({ 'metadata.name': 'x', 'spec.nodeName': 'n1' })[field] ?? '';
  const cases: [string, boolean][] = [
    ['', true],
    ['metadata.name=x', true],
    ['metadata.name=y', false],
    ['metadata.name=x,spec.nodeName!=n1', false],
    ['other=', true],
    ['other!=', false],
  ];
  for (const [text, expected] of cases) assert.equal(matchesFields(parseFieldSelector(text), fieldOf), expected, text);
});

test('exactFieldValue() finds what an index can use', () => {
  const requirements = parseFieldSelector('spec.nodeName=n1,metadata.name!=x');
  assert.equal(exactFieldValue(requirements, 'spec.nodeName'), 'n1');
  assert.equal(exactFieldValue(requirements, 'metadata.name'), undefined);
});

test('property: text reads back', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      assert.deepEqual(parseFieldSelector(fieldSelectorText([{ field: 'f', operator: '=', value }])), [
        { field: 'f', operator: '=', value },
      ]);
    }),
  );
});
