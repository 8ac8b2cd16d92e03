import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { accepted, obeyed, refused } from '../../src/codec/component-flags.ts';
import { flagsPage, pagePath } from './main.ts';
import { page } from './page.ts';

test('the page in the repository is the one that the tables make', () => {
  const written = readFileSync(join(resolve(import.meta.dirname, '../..'), pagePath), 'utf8');
  assert.ok(written === flagsPage(), `run \`node tools/flags/main.ts\`: ${pagePath} is not what it makes`);
});

test('each flag has a line that says what becomes of it and why', () => {
  const made = page([
    {
      name: 'kube-test',
      flags: {
        ...refused('nobody listens', { port: 'int' }),
        ...accepted('there is one', { many: 'bool' }),
        period: obeyed('duration', '5s', () => ({}), 'in whole seconds'),
      },
    },
  ]);
  for (const line of [
    '## kube-test: 3 flags, 1 obeyed, 1 accepted, 1 refused',
    '| `--many` | bool |  | accepted | there is one |',
    '| `--period` | duration | 5s | obeyed | in whole seconds |',
    '| `--port` | int |  | refused | nobody listens |',
  ])
    assert.ok(made.split('\n').includes(line), `${made}\nlacks ${line}`);
});
