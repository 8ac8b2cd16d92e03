import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { conformancePage, pagePath } from './main.ts';
import { page } from './page.ts';
import { namesIn } from './shown.ts';
import type { SuiteTest } from './suite.ts';

const root = resolve(import.meta.dirname, '../..');

const suite: readonly SuiteTest[] = [
  { name: '[sig-node] Pods should run [Conformance]', since: 'v1.9', file: 'a.go', class: 'B', needs: 'pods' },
  { name: '[sig-apps] Job should print a|b [Conformance] [Slow]', since: 'v1.9', file: 'b.go', class: 'C', needs: 'output of containers' },
];

test('the page in the repository is the one that the generator makes', () => {
  const written = readFileSync(join(root, pagePath), 'utf8');
  assert.ok(written === conformancePage(root), `run \`node tools/conformance/main.ts\`: ${pagePath} is not what it makes`);
});

test('the page counts what is shown, and says of each gap why it is one', () => {
  const made = page(suite, new Map([['[sig-node] Pods should run [Conformance]', 'pods.test.ts']]));
  for (const line of [
    '| B | pods that become Running and Ready, whatever is in them | 1 | 1 | 0 |',
    '| all |  | 2 | 1 | 1 |',
    '## sig-apps: 0 of 1',
    '| Job should print a\\|b \\[Slow\\] | C | gap: needs output of containers |',
    '| Pods should run | B | shown by [pods.test.ts](../../test/conformance/pods.test.ts) |',
  ])
    assert.ok(made.split('\n').includes(line), `${made}\nlacks ${line}`);
  assert.ok(made.indexOf('## sig-apps') < made.indexOf('## sig-node'));
});

test('a gap that nobody has explained is refused', () => {
  assert.throws(() => page(suite, new Map()), /does not say why this is a gap: \[sig-node\] Pods should run/);
});

test('names are found in either kind of quotes, and nothing else is', () => {
  const source = `test('[sig-a] one', f); test("[sig-b] the other's", f); test('[sig-c] it\\'s', f); test('another', f);`;
  assert.deepEqual(namesIn(source), ['[sig-a] one', "[sig-b] the other's", "[sig-c] it's"]);
});
