import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { JsonPathError } from './json-path-error.ts';
import { findResults, parseJsonPath, printJsonPath, relaxedTemplate } from './json-path.ts';

interface Case {
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
}

const recorded = (name: string): unknown => JSON.parse(readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8'));
/** Recorded from kubectl 1.33 by tools/record/jsonpath-templates.ts. */
const document = recorded('document.json');
const cases = recorded('templates.json') as Case[];

function outcome(template: string): Omit<Case, 'template'> {
  try {
    return { output: printJsonPath(parseJsonPath(template), document, { allowMissingKeys: true }) };
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return { error: error.message };
  }
}

for (const { template, ...expected } of cases)
  test(`as kubectl: ${JSON.stringify(template)}`, () => {
    assert.deepEqual(outcome(template), expected);
  });

test('a missing field is an error unless it is allowed', () => {
  assert.throws(() => findResults(parseJsonPath('{.a.b}'), { a: {} }), { name: 'JsonPathError', message: 'b is not found' });
  assert.deepEqual(findResults(parseJsonPath('{.a.b}'), { a: {} }, { allowMissingKeys: true }), [[]]);
  assert.throws(() => findResults(parseJsonPath('{range .items[*]}{.name}{end}'), { items: [] }), { message: 'name is not found' });
});

test('null is printed, and has nothing below it', () => {
  assert.equal(printJsonPath(parseJsonPath('{.a}'), { a: null }), 'null');
  assert.deepEqual(findResults(parseJsonPath('{.a.b}'), { a: null }, { allowMissingKeys: true }), [[]]);
});

test('results keep their types, for printer columns', () => {
  const data = { spec: { replicas: 3, paused: false, big: 9007199254740993n } };
  assert.deepEqual(findResults(parseJsonPath('{.spec.replicas}'), data), [[3]]);
  assert.deepEqual(findResults(parseJsonPath('{.spec.paused}'), data), [[false]]);
  assert.equal(printJsonPath(parseJsonPath('{.spec.big}'), data), '9007199254740993');
});

test('asJson prints each piece’s results as a list', () => {
  assert.equal(
    printJsonPath(parseJsonPath('{.a}{.b[*]}'), { a: { y: 1, x: '<' }, b: [] }, { asJson: true }),
    '[\n    {\n        "x": "\\u003c",\n        "y": 1\n    }\n]\n[]\n',
  );
});

test('names that every object inherits are not members', () => {
  assert.throws(() => findResults(parseJsonPath('{.constructor}'), {}), { message: 'constructor is not found' });
});

test('relaxedTemplate() takes a path with or without braces and dot', () => {
  for (const expression of ['a.b', '.a.b', '{a.b}', '{.a.b}']) assert.equal(relaxedTemplate(expression), '{.a.b}');
  assert.equal(relaxedTemplate(''), '');
  assert.throws(() => relaxedTemplate('{a}{b}'), {
    message: "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
  });
});

test('property: whatever the template, there is an answer or a JsonPathError', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '.a',
    '..',
    '[0]',
    '[*]',
    '[-1:]',
    '[?(@.a',
    '=="x"',
    ')]',
    'range ',
    'end',
    '"',
    "'",
    '\\',
    ' ',
    '1',
    ',',
    '[',
    ']',
    '$',
    'x',
  );
  const json = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), json, (pieces, data) => {
      try {
        assert.equal(typeof printJsonPath(parseJsonPath(pieces.join('')), data, { allowMissingKeys: true }), 'string');
      } catch (error) {
        assert.ok(error instanceof JsonPathError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
