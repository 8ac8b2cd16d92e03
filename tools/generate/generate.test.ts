import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFacts } from './facts.ts';
import { generate } from './generate.ts';

test('two runs give the same bytes', () => {
  assert.deepEqual([...generate()], [...generate()]);
});

test('every group-version of the facts has its types, every definition its schema, and every fact its field', () => {
  const files = generate();
  const [, schemaText = ''] = /schemaText = '(.*)'/.exec(files.get('schema-text.ts') ?? '') ?? [];
  // A definition's line, and its fields' lines below it.
  const written = new Map(
    schemaText.split(/\\n(?! )/).map((lines): [string, string[]] => {
      const [first = '', ...rest] = lines.split('\\n').map((line) => line.trim().split(' ', 1)[0] ?? '');
      return [first, rest.map((name) => name.replace(/!$/, ''))];
    }),
  );
  for (const { name, groupVersion, definitions } of readFacts()) {
    const [group = '', version] = (groupVersion ?? '').split('/');
    const module = version === undefined ? `core/${group}.ts` : `${group.split('.')[0]}/${version}.ts`;
    if (groupVersion !== undefined) assert.ok(files.has(name.includes('apimachinery') ? 'meta/v1.ts' : module), module);
    for (const [title, { fields }] of definitions) {
      const own = written.get(`${name}.${title}`);
      assert.ok(own, `${name}.${title}`);
      for (const field of fields.keys()) assert.ok(own.includes(field), `${title}.${field}`);
    }
  }
});

test('descriptions come without the escapes of the comments that held them', () => {
  const text = generate().get('description-text.ts') ?? '';
  assert.ok(text.includes('*must* be idempotent'));
  assert.ok(!text.includes('/_*') && !text.includes('*_/'));
});
