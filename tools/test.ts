/**
 * Runs tests in this process, and says loudly at the end what was skipped and why.
 *
 *   tools/test.ts             the everyday suite: every *.test.ts
 *   tools/test.ts --all       the slow ones too: *.slow.ts
 *   tools/test.ts --slow      only those
 *   tools/test.ts PATH …      only files whose path holds one of the words
 */
import { globSync, rmSync } from 'node:fs';
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
const slowToo = slow || words.includes('--all');
if (slowToo) {
  // What test/robustness/store calls its slow run.
  process.env['SLIPWAY_SEEDS'] ??= '1000';
  process.env['SLIPWAY_KILLS'] ??= '100';
}
if (words.includes('--all')) process.env['SLIPWAY_KUBECTLS'] ??= 'both';
const atFirst = process.getActiveResourcesInfo();
const running = new Set<string>();
let quietSince = performance.now();
const timeout = slowToo ? 1_800_000 : 60_000;

// The run ends when nothing is open any more, so it must not be kept open by whoever watches it.
setInterval(() => {
  const quietMs = performance.now() - quietSince;
  if (running.size === 0 ? quietMs < 5000 : quietMs < timeout + 10_000) return;
  console.error(`\nFAILED: ${running.size === 0 ? 'all tests are over' : `hanging in: ${[...running].join(', ')}`}`);
  console.error(`Left open, which would keep the process alive: ${openBeyond(atFirst).join(', ')}`);
  console.error(`\n${totals.passed} passed, ${totals.failed + 1} failed, ${totals.skipped} skipped`);
  process.exit(1);
}, 500).unref();

const stream = run({
  files: files.map((file) => resolve(root, file)),
  isolation: 'none',
  timeout,
});
stream.on('test:dequeue', ({ name, file }) => {
  running.add(`${name} (${file ?? ''})`);
  quietSince = performance.now();
});
stream.on('test:complete', ({ name, file }) => {
  running.delete(`${name} (${file ?? ''})`);
  quietSince = performance.now();
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
rmSync(process.env['SLIPWAY_HOME'], { recursive: true, force: true });
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

function openBeyond(known: readonly string[]): string[] {
  const open = process.getActiveResourcesInfo();
  for (const one of known) if (open.includes(one)) open.splice(open.indexOf(one), 1);
  return open;
}
