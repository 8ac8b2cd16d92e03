import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { countMembers, findDuplicateFields, JsonError, maxJsonDepth, parseJson, stringifyJson } from './json.ts';

const problemOf = (text: string): string => {
  try {
    parseJson(text);
    return '';
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
};

test('parseJson() speaks Go’s sentences', () => {
  const sentences: [string, string][] = [
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['"a', 'unexpected end of JSON input'],
    ['tru', 'unexpected end of JSON input'],
    ['-', 'unexpected end of JSON input'],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} {}', "invalid character '{' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.a', "invalid character 'a' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['\uFEFF{}', "invalid character 'ï' looking for beginning of value"],
    ['\u0001', "invalid character '\\x01' looking for beginning of value"],
  ];
  for (const [text, sentence] of sentences) assert.equal(problemOf(text), sentence, text);
});

test('parseJson() refuses what nests too deep, of whatever length, and nothing else', () => {
  assert.equal(problemOf('['.repeat(maxJsonDepth) + ']'.repeat(maxJsonDepth)), '');
  assert.equal(problemOf('['.repeat(maxJsonDepth + 1) + ']'.repeat(maxJsonDepth + 1)), 'exceeded max depth');
  assert.equal(problemOf('{"a":'.repeat(500_000)), 'exceeded max depth');
  assert.equal(problemOf(`["${'['.repeat(5000)}\\"${'{'.repeat(5000)}"]`), '');
  assert.equal(problemOf(`[${'[],'.repeat(5000)}1]`), '');
});

test('parseJson() keeps 64-bit integers exact, and leaves other numbers to doubles', () => {
  assert.deepEqual(parseJson('[9007199254740991,9007199254740993,-9223372036854775808,18446744073709551615]'), [
    9007199254740991,
    9007199254740993n,
    -9223372036854775808n,
    18446744073709551615n,
  ]);
  assert.deepEqual(parseJson('[18446744073709551616,0.1234567890123456,1e300,"12345678901234567890"]'), [
    18446744073709551616,
    0.1234567890123456,
    1e300,
    '12345678901234567890',
  ]);
});

test('stringifyJson() writes bigints as numbers, and the rest as JSON.stringify', () => {
  assert.equal(stringifyJson({ a: 9007199254740993n, b: [undefined, 1.5], c: undefined }), '{"a":9007199254740993,"b":[null,1.5]}');
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(stringifyJson(value), JSON.stringify(value))));
});

test('findDuplicateFields() names each later one, however its name is written', () => {
  assert.deepEqual(findDuplicateFields('{"a":1,"b":{"c":1,"c":2,"\\u0063":3},"l":[{},{"x":1,"x":[{"y":1,"y":1}]}],"a":2}'), [
    'b.c',
    'b.c',
    'l[1].x',
    'l[1].x[0].y',
    'a',
  ]);
  assert.deepEqual(findDuplicateFields('{"a":{"x":1},"b":{"x":1}}'), []);
});

test('countMembers() counts names, not colons in strings', () => {
  assert.equal(countMembers('{"a:b":":\\":","c":[{"d":1},{"d\\\\":"e:"}]}'), 4);
  const members = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, member) => sum + members(member), Array.isArray(value) ? 0 : Object.keys(value).length)
      : 0;
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(countMembers(JSON.stringify(value)), members(value))));
});

test('any text either parses as JSON.parse does or throws JsonError', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    'u',
    'true',
    'null',
    '-',
    '1',
    '.',
    'e',
    '0',
    ' ',
    '\n',
    'é',
    'a',
  );
  fc.assert(
    fc.property(fc.string({ unit: pieces, maxLength: 20 }), (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        assert.match(problemOf(text), /^(invalid character '.+' (looking for|after|in) |unexpected end of JSON input$)/su, text);
        return;
      }
      assert.deepEqual(parseJson(text), expected);
      findDuplicateFields(text);
    }),
    { numRuns: 2000 },
  );
});
