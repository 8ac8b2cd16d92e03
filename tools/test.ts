/**
 * Runs tests in this process, and says loudly at the end what was skipped and why.
 *
 *   tools/test.ts             the everyday suite: every *.test.ts
 *   tools/test.ts --all       the slow ones too: *.slow.ts
 *   tools/test.ts --slow      only those
 *   tools/test.ts PATH …      only files whose path holds one of the words
 */
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { ensureGenerated } from './generate/main.ts';

const root = resolve(import.meta.dirname, '..');
process.chdir(root);
ensureGenerated();

// No test may touch the person's own clusters and kubeconfig, not even by a bug.
process.env['SLIPWAY_HOME'] = join(tmpdir(), `slipway-tests-${process.pid}`);
process.env['KUBECONFIG'] = join(process.env['SLIPWAY_HOME'], 'kubeconfig');

const words = process.argv.slice(2);
const slow = words.includes('--slow');
const patterns = slow ? ['*.slow.ts'] : words.includes('--all') ? ['*.test.ts', '*.slow.ts'] : ['*.test.ts'];
const wanted = words.filter((word) => !word.startsWith('--'));
const files = patterns
  .flatMap((pattern) => globSync(`{src,tools,test,bench}/**/${pattern}`, { exclude: ['**/node_modules/**'] }))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .toSorted();
if (files.length === 0) {
  console.error(`no tests match ${wanted.join(' ')}`);
  process.exit(1);
}

const skipped: string[] = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
const stream = run({
  files: files.map((file) => resolve(root, file)),
  isolation: 'none',
  timeout: slow || words.includes('--all') ? 1_800_000 : 120_000,
});
stream.on('test:pass', ({ name, file, skip, details }) => {
  if (details.type === 'suite') return;
  if (skip === undefined) totals.passed++;
  else {
    totals.skipped++;
    skipped.push(`${name} (${file ?? ''})${typeof skip === 'string' && skip !== '' ? `: ${skip}` : ''}`);
  }
});
stream.on('test:fail', ({ details }) => {
  if (details.type !== 'suite') totals.failed++;
});
const output = stream.compose(spec);
output.pipe(process.stdout, { end: false });
await finished(output);

if (skipped.length > 0) {
  console.log(`\nSKIPPED ${skipped.length}:`);
  for (const one of skipped) console.log(`  ${one}`);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
