import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { ApiError } from '../errors.ts';
import { applyJsonPatch, JsonPatchError, maxCopiedBytes, maxOperations, unknownPatchFields } from './json-patch.ts';

const applied = (document: unknown, ...operations: object[]) => applyJsonPatch(document, operations);

/** The sentence that the API hides behind its 422. */
function problem(document: unknown, ...operations: object[]): string {
  try {
    applyJsonPatch(document, operations);
  } catch (error) {
    assert.ok(error instanceof ApiError && error.cause instanceof JsonPatchError);
    assert.deepEqual(
      [error.code, error.reason, error.message],
      [422, 'Invalid', 'the server rejected our request due to an error in our request'],
    );
    return error.cause.message;
  }
  return 'applied';
}

test('each operation does what RFC 6902 says', () => {
  assert.deepEqual(
    applied({ a: 1 }, { op: 'add', path: '/b', value: [1] }, { op: 'add', path: '/b/0', value: 0 }, { op: 'add', path: '/b/-', value: 2 }),
    {
      a: 1,
      b: [0, 1, 2],
    },
  );
  assert.deepEqual(applied({ a: [1, 2, 3] }, { op: 'remove', path: '/a/1' }), { a: [1, 3] });
  assert.deepEqual(applied({ a: { b: 1 } }, { op: 'move', from: '/a/b', path: '/c' }), { a: {}, c: 1 });
  assert.deepEqual(applied({ a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, { op: 'replace', path: '/c/b', value: 2 }), {
    a: { b: 1 },
    c: { b: 2 },
  });
  assert.deepEqual(applied({ 'a/b': { 'm~n': 1 } }, { op: 'test', path: '/a~1b/m~0n', value: 1 }), { 'a/b': { 'm~n': 1 } });
  assert.deepEqual(applied({ a: 1 }, { op: 'replace', path: '', value: { b: 2 } }), { b: 2 });
});

test('it is as lax as evanphx/json-patch', () => {
  assert.deepEqual(applied({}, { op: 'replace', path: '/a', value: 1 }), { a: 1 });
  assert.deepEqual(applied({ a: [1, 2] }, { op: 'remove', path: '/a/-1' }), { a: [1] });
  assert.deepEqual(applied({ a: [1, 2] }, { op: 'add', path: '/a/-1', value: 3 }), { a: [1, 2, 3] });
  assert.deepEqual(applied({}, { op: 'test', path: '/a', value: null }), {});
  assert.deepEqual(applied({}, { op: 'add', path: '/a' }), { a: null });
  assert.deepEqual(applied({ a: 1 }, { op: 'remove', path: 'ignored/a' }), {});
});

interface Case {
  readonly name: string;
  readonly document: object;
  readonly patch: object[];
  readonly output?: object;
  readonly error?: string;
}

/** Recorded from kubectl 1.33 by tools/record/patches.ts. */
const cases = JSON.parse(readFileSync(new URL('testdata/json.json', import.meta.url), 'utf8')) as Case[];

/** kubectl has words of its own for one sentence. */
const inKubectlsWords = (message: string): string =>
  message.replace(/^replace operation does not apply: doc is missing key: (.*)$/, 'Object to be patched is missing field ($1)');

for (const { name, document, patch, output, error } of cases)
  test(`as kubectl: ${name}`, () => {
    const before = JSON.stringify([document, patch]);
    assert.equal(inKubectlsWords(problem(document, ...patch)), error ?? 'applied');
    if (output) assert.deepEqual(applyJsonPatch(document, patch), output);
    assert.equal(JSON.stringify([document, patch]), before);
  });

test('inherited names are no members', () => {
  assert.equal(
    problem({}, { op: 'add', path: '/toString/x', value: 1 }),
    'add operation does not apply: doc is missing path: "/toString/x": missing value',
  );
});

test('what is no patch is a 400', () => {
  const cases: [unknown, string][] = [
    [{}, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['x', 'error decoding patch: json: cannot unmarshal string into Go value of type []handlers.jsonPatchOp'],
    [[1], 'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
    [[{ op: true }], 'error decoding patch: json: cannot unmarshal bool into Go struct field jsonPatchOp.op of type string'],
  ];
  for (const [patch, message] of cases) assert.throws(() => applyJsonPatch({}, patch), { code: 400, reason: 'BadRequest', message });
});

test('operations and copied bytes are limited', () => {
  const operation = { op: 'add', path: '/a', value: 1 };
  assert.doesNotThrow(() =>
    applyJsonPatch(
      {},
      Array.from({ length: maxOperations }, () => operation),
    ),
  );
  assert.throws(
    () =>
      applyJsonPatch(
        {},
        Array.from({ length: maxOperations + 1 }, () => operation),
      ),
    {
      code: 413,
      message: 'Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    },
  );
  const big = 'x'.repeat(maxCopiedBytes / 2 - 2);
  const copy = { op: 'copy', from: '/a', path: '/b' };
  assert.equal(problem({ a: big }, copy, copy), 'applied');
  assert.match(
    problem({ a: big }, copy, copy, copy),
    /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  );
});

test('a member named __proto__ is a member like others', () => {
  const result = applied(JSON.parse('{"__proto__":{"a":1}}'), { op: 'add', path: '/__proto__/b', value: 2 }) as object;
  assert.equal(JSON.stringify(result), '{"__proto__":{"a":1,"b":2}}');
  assert.equal(({} as { b?: number }).b, undefined);
  assert.equal(
    problem({}, { op: 'add', path: '/__proto__/b', value: 2 }),
    'add operation does not apply: doc is missing path: "/__proto__/b": missing value',
  );
});

test('unknownPatchFields() names what strict decoding refuses', () => {
  assert.deepEqual(
    unknownPatchFields([
      { op: 'add', path: '/a', value: 1 },
      { op: 'remove', paht: '/a' },
    ]),
    ['json patch unknown field "[1].paht"'],
  );
});

const names = fc.constantFrom('a', 'b', 'c');
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.integer({ min: 0, max: 3 }),
    // The oracle would look into a text that is not empty.
    fc.constantFrom('', true),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const path = fc
  .array(fc.constantFrom('a', 'b', 'c', '0', '1', '-'), { minLength: 1, maxLength: 3 })
  .map((tokens) => `/${tokens.join('/')}`);
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value: json }),
  fc.record({ op: fc.constant('remove'), path }),
  fc.record({ op: fc.constantFrom('move', 'copy'), from: path, path }),
);

/** Applies in place. The oracle throws a TypeError where a path leads into a scalar. */
function oracleRefuses(document: object, operations: readonly object[]): boolean {
  try {
    return applyPatch(document, structuredClone(operations) as Operation[]).some((result) => result !== null);
  } catch {
    return true;
  }
}

test('property: agrees with rfc6902 wherever that applies a patch', () => {
  fc.assert(
    fc.property(fc.dictionary(names, json, { noNullPrototype: true }), fc.array(operation, { maxLength: 4 }), (document, operations) => {
      const theirs = structuredClone(document);
      const before = JSON.stringify(document);
      // The oracle lets `-` name the element after the last one in every operation; it may only be added to.
      fc.pre(operations.every((one) => one.op === 'add' || !JSON.stringify(one).includes('-')));
      const failed = oracleRefuses(theirs, operations);
      fc.pre(!failed);
      const message = problem(document, ...operations);
      // The oracle takes indexes beyond the end, and gives lists members that are no indexes.
      fc.pre(!/strconv|missing key|invalid index/.test(message));
      assert.equal(message, 'applied');
      assert.deepEqual(applyJsonPatch(document, operations), theirs);
      assert.equal(JSON.stringify(document), before);
    }),
    { numRuns: 500 },
  );
});
