import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { definitionOf, schemaOf } from '../schemas.ts';
import { ApiError } from '../errors.ts';
import type { Schema } from '../schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

interface Case {
  readonly name: string;
  readonly document: { readonly apiVersion: string; readonly kind: string };
  readonly patch: object;
  readonly output?: object;
  readonly error?: string;
}

/** Recorded from kubectl 1.33 by tools/record/patches.ts. */
const cases = JSON.parse(readFileSync(new URL('testdata/strategic.json', import.meta.url), 'utf8')) as Case[];

function outcome(document: unknown, patch: unknown, schema: Schema): object {
  try {
    return { output: applyStrategicMergePatch(document, patch, schema) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const hidden = error.cause instanceof Error ? error.cause.message : error.message;
    return { error: hidden.replace(/\n$/, '') };
  }
}

for (const { name, document, patch, ...expected } of cases)
  test(`as kubectl: ${name}`, () => {
    const before = JSON.stringify([document, patch]);
    const schema = schemaOf(definitionOf(document.apiVersion, document.kind)!);
    assert.deepEqual(outcome(document, patch, schema), expected);
    assert.equal(JSON.stringify([document, patch]), before);
  });

const text: Schema = { type: 'string' };
const row: Schema = {
  type: 'object',
  name: 'test.Row',
  fields: new Map([
    ['k', { schema: text, required: true }],
    ['v', { schema: text, required: false }],
  ]),
};
const table: Schema = {
  type: 'object',
  name: 'test.Table',
  fields: new Map([
    ['rows', { schema: { type: 'list', items: row }, required: false, patchStrategy: 'merge', patchMergeKey: 'k' }],
    ['words', { schema: { type: 'list', items: text }, required: false, patchStrategy: 'merge' }],
    ['plain', { schema: { type: 'list', items: row }, required: false }],
  ]),
};

test('codes are those of the API server', () => {
  const codes: [unknown, number, string][] = [
    [[], 400, 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    [{ $retainKeys: 1 }, 400, 'invalid patch format of retainKeys'],
    [{ rows: [{ v: 'x' }] }, 500, 'map: map[v:x] does not contain declared merge key: k'],
    [{ words: [['x']] }, 422, 'the server rejected our request due to an error in our request'],
  ];
  for (const [patch, code, message] of codes)
    assert.throws(() => applyStrategicMergePatch({ rows: [{ k: 'a' }], words: [] }, patch, table), { name: 'ApiError', code, message });
});

test('a patch of null changes nothing', () => {
  assert.deepEqual(applyStrategicMergePatch({ a: 1 }, null, table), { a: 1 });
});

test('property: a patch applied twice is a patch applied once, keys stay unique, and arguments stay as they were', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const element = fc.record({ k: key, v: fc.constantFrom('1', '2') }, { requiredKeys: ['k'], noNullPrototype: true });
  const rows = fc.uniqueArray(element, { selector: (one) => one.k });
  const words = fc.uniqueArray(key);
  const document = fc.record({ rows, words, plain: rows }, { requiredKeys: [], noNullPrototype: true });
  fc.assert(
    fc.property(document, document, (document, patch) => {
      const before = JSON.stringify([document, patch]);
      const once = applyStrategicMergePatch(document, patch, table) as { rows?: { k: string }[] };
      assert.deepEqual(applyStrategicMergePatch(once, patch, table), once);
      const keys = (once.rows ?? []).map((one) => one.k);
      assert.equal(new Set(keys).size, keys.length);
      assert.deepEqual(new Set(keys), new Set([...(document.rows ?? []), ...(patch.rows ?? [])].map((one) => one.k)));
      assert.equal(JSON.stringify([document, patch]), before);
    }),
    { numRuns: 300 },
  );
});
