import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findDuplicateYamlKeys, parseYaml, parseYamlDocuments, stringifyYaml, YamlError } from './yaml.ts';

const problemOf = (text: string): string => {
  try {
    parseYaml(text);
    return '';
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
};

test('plain scalars mean what they mean to kubectl', () => {
  const scalars: [string, unknown][] = [
    ['on', true],
    ['y', true],
    ['NO', false],
    ['oN', 'oN'],
    ['~', null],
    ['', null],
    ['017', 15],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1_000', 1000],
    ['08', 8],
    ['1e3', 1000],
    ['.5', 0.5],
    ['9007199254740993', 9007199254740993n],
    ['2024-01-01', '2024-01-01'],
    ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
    ['12:30:45', '12:30:45'],
    ['1.2.3', '1.2.3'],
    ['"on"', 'on'],
    ['!!str 123', '123'],
    ['!!binary aGVsbG8=', 'hello'],
    ['100m', '100m'],
  ];
  for (const [text, value] of scalars) assert.deepEqual(parseYaml(`a: ${text}`), { a: value }, text);
});

test('names are text, whatever they look like', () => {
  assert.deepEqual(parseYaml('1: a\non: b\n2024-01-01: c'), { 1: 'a', true: 'b', '2024-01-01': 'c' });
});

test('anchors and merge keys are written out, and nothing is shared', () => {
  const value = parseYaml('a: &x {p: [1]}\nb: *x\nc:\n  <<: *x\n  q: 2');
  assert.deepEqual(value, { a: { p: [1] }, b: { p: [1] }, c: { p: [1], q: 2 } });
  assert.ok(typeof value === 'object' && value !== null && 'a' in value && 'b' in value);
  assert.notEqual(value.a, value.b);
});

test('hostile documents are refused, not expanded', () => {
  const levels = Array.from('bcdefghijk', (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`);
  assert.equal(problemOf(`a: &a [x,x]\n${levels.join('\n')}`), 'yaml: document contains excessive aliasing');
  assert.match(problemOf('a: &x [*x]'), /^yaml: (exceeded max depth|document contains excessive aliasing)$/);
  assert.match(problemOf('- '.repeat(100_000)), /maxDepth/);
  assert.match(problemOf('['.repeat(100_000)), /maxDepth/);
});

test('mistakes are said in go-yaml’s words, with their line', () => {
  assert.equal(problemOf('a:\n\t- b'), 'yaml: line 2: found character that cannot start any token');
  assert.equal(problemOf('a: b: c'), 'yaml: line 1: mapping values are not allowed in this context');
  assert.equal(problemOf('a: *b'), "yaml: unknown anchor 'b' referenced");
});

test('parseYamlDocuments() gives each document, and parseYaml() the first', () => {
  assert.deepEqual(parseYamlDocuments('a: 1\n---\n---\nb: 2\n'), [{ a: 1 }, null, { b: 2 }]);
  assert.deepEqual(parseYaml('---\na: 1\n---\nb: 2\n'), { a: 1 });
  assert.equal(parseYaml(''), null);
});

test('of names that come twice the last counts, and strict reading tells them', () => {
  const text = 'a: 1\nb:\n  c: 1\n  c: 2\nl:\n- c: 1\n- c: 2\na: 2\n';
  assert.deepEqual(parseYaml(text), { a: 2, b: { c: 2 }, l: [{ c: 1 }, { c: 2 }] });
  assert.deepEqual(findDuplicateYamlKeys(text), [
    'yaml: unmarshal errors:\n  line 4: key "c" already set in map\n  line 8: key "a" already set in map',
  ]);
  assert.deepEqual(findDuplicateYamlKeys('a: {b: 1}\n---\na: 1\na: 2'), []);
});

test('stringifyYaml() writes as kubectl does', () => {
  const value = {
    kind: 'Pod',
    apiVersion: 'v1',
    list: [1, { b: [true, [null]], a: 'x' }, []],
    empty: { map: {}, text: '' },
    words: ['true', 'y', '~', '017', '2024-01-01', '12:30:45', '1e3', '1_0'],
    marks: ["it's", 'a: b', 'a #b', '@a', '- a', ' a', 'a:b', '*', 'http://x'],
    special: ['a\tb', 'é', '\u0001', '😀'],
    numbers: [1.5, 1e21, 1234567.5, 9007199254740993n],
    lines: ['a\nb\n', 'a\nb', 'a\n\n', ' a\nb', 'a \nb'],
    k10: 1,
    k9: 2,
  };
  const expected = [
    'apiVersion: v1',
    'empty:',
    '  map: {}',
    '  text: ""',
    'k9: 2',
    'k10: 1',
    'kind: Pod',
    'lines:',
    '- |',
    '  a',
    '  b',
    '- |-',
    '  a',
    '  b',
    '- |+',
    '  a',
    '',
    '- |2-',
    '   a',
    '  b',
    '- "a \\nb"',
    'list:',
    '- 1',
    '- a: x',
    '  b:',
    '  - true',
    '  - - null',
    '- []',
    'marks:',
    "- it's",
    "- 'a: b'",
    "- 'a #b'",
    "- '@a'",
    "- '- a'",
    "- ' a'",
    '- a:b',
    "- '*'",
    '- http://x',
    'numbers:',
    '- 1.5',
    '- 1e+21',
    '- 1.2345675e+06',
    '- 9007199254740993',
    'special:',
    '- "a\\tb"',
    '- é',
    '- "\\x01"',
    '- "\\U0001F600"',
    'words:',
    ...['"true"', '"y"', '"~"', '"017"', '"2024-01-01"', '"12:30:45"', '"1e3"', '"1_0"'].map((word) => `- ${word}`),
  ];
  assert.equal(stringifyYaml(value), `${expected.join('\n')}\n`);
});

test('stringifyYaml() folds long text at the first space past column 80', () => {
  const words = (count: number) => Array(count).fill('word').join(' ');
  assert.equal(stringifyYaml({ message: words(20) }), `message: ${words(15)}\n  ${words(5)}\n`);
  assert.equal(stringifyYaml({ a: { quoted: `a: ${words(20)}` } }), `a:\n  quoted: 'a: ${words(14)}\n    ${words(6)}'\n`);
});

test('what stringifyYaml() writes, parseYaml() reads back', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b1', ' ', ':', '#', '-', '\n', '"', "'", '\t', 'é', '😀', '0', '{', '\\', '!', 'yes', '.'),
    maxLength: 12,
  });
  const values = fc.letrec((tie) => ({
    value: fc.oneof(texts, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(texts, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  })).value;
  fc.assert(
    fc.property(values, (value) => assert.deepEqual(parseYaml(stringifyYaml({ value })), { value })),
    { numRuns: 500 },
  );
});

test('any text either parses or throws YamlError', () => {
  const pieces = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&x',
    '*x',
    '!!',
    '|',
    '>',
    '%',
    '---',
    '\t',
    '#',
    '?',
    ',',
    '<<',
  );
  fc.assert(
    fc.property(fc.string({ unit: pieces, maxLength: 15 }), (text) => {
      if (problemOf(text) === '') findDuplicateYamlKeys(text);
    }),
    { numRuns: 2000 },
  );
});

test('JSON is read as the YAML that it is', () => {
  const object = fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
      const json = JSON.stringify(value, undefined, indent);
      assert.deepEqual(parseYaml(json), parseYamlDocuments(json)[0]);
    }),
  );
  assert.deepEqual(parseYaml('{"a": 9007199254740993}'), { a: 9007199254740993n });
  assert.deepEqual(parseYaml('{"<<": {"a": 1}}'), parseYamlDocuments('{"<<": {"a": 1}}')[0]);
  assert.deepEqual(findDuplicateYamlKeys('{"a": 1, "b": {"c": 1}}'), []);
  assert.equal(findDuplicateYamlKeys('{"a": 1, "a": 2}').length, 1);
});
