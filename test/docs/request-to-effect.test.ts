import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/request-to-effect.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const [, , step = '', where = '', names = ''] = line.split('|');
    return { step: step.trim(), files: quoted(where), names: quoted(names) };
  });

test('the table has steps', () => assert.ok(rows.length >= 12));

for (const { step, files, names } of rows) {
  test(`files and exports are there: ${step}`, () => {
    for (const file of files) assert.ok(existsSync(join(root, file)), `${file} is missing`);
    const sources = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    for (const name of names) assert.match(sources, new RegExp(`export (async )?(function|const|class|interface|type) ${name}\\b`), name);
  });
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}
