/**
 * Runs tests, and says loudly at the end what was skipped and why. Many files run in three processes
 * side by side: those that drive clusters with real clients, those that run programs, and the others.
 *
 *   tools/test.ts             the everyday suite: every *.test.ts
 *   tools/test.ts --all       the slow ones too: *.slow.ts
 *   tools/test.ts --slow      only those
 *   tools/test.ts PATH …      only files whose path holds one of the words
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { ensureGenerated } from './generate/main.ts';

/** What runs side by side. */
const parts = ['clients', 'components', 'programs'] as const;
type Part = (typeof parts)[number];

/** What one process has to say at its end. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const root = resolve(import.meta.dirname, '..');
process.chdir(root);
const part = process.argv.find((word) => word.startsWith('--part='))?.slice('--part='.length);
if (part === undefined) ensureGenerated();
/** Where a part leaves its outcome. */
const outcomeFile = process.env['SLIPWAY_TEST_OUTCOME'];

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
  .filter((file) => part === undefined || part === partOf(file))
  .toSorted();
if (files.length === 0) {
  console.error(`no tests match ${wanted.join(' ')}`);
  process.exit(1);
}

if (part === undefined && wanted.length === 0) process.exit(await inParts());

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

rmSync(process.env['SLIPWAY_HOME'], { recursive: true, force: true });
const outcome: Outcome = { passed: totals.passed, failed: totals.failed, skipped };
if (part === undefined || outcomeFile === undefined) process.exit(told(outcome));
writeFileSync(outcomeFile, JSON.stringify(outcome));
process.exit(0);

/** Says how it went; the exit code. */
function told({ passed, failed, skipped: left }: Outcome): number {
  if (left.length > 0) {
    console.log(`\nSKIPPED ${left.length}:`);
    for (const one of left) console.log(`  ${one}`);
  }
  console.log(`\n${passed} passed, ${failed} failed, ${left.length} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/** Files that build the package or run it stay together: they share `dist`. So do those that drive one cluster after the other with real clients. */
function partOf(file: string): Part {
  if (/^(tools|test\/e2e\/(launcher|package|fresh-clone))/.test(file)) return 'programs';
  return file.startsWith('test/e2e') || file.startsWith('test/scenarios/week') ? 'clients' : 'components';
}

/** All parts at once; the output of the first is shown as it comes, that of the others when all are over. */
async function inParts(): Promise<number> {
  const outcomes = await Promise.all(parts.map((name, index) => inPart(name, index === 0)));
  return told({
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    skipped: outcomes.flatMap(({ skipped: left }) => left),
  });
}

/** A process that ends without a word has failed. Much young memory: tests make garbage, and collect it half the time less. */
async function inPart(name: string, live: boolean): Promise<Outcome> {
  const file = join(tmpdir(), `slipway-tests-${process.pid}-${name}.json`);
  const child = spawn(
    process.execPath,
    [...process.execArgv, '--max-semi-space-size=64', import.meta.filename, ...words, `--part=${name}`],
    {
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
      env: { ...process.env, SLIPWAY_TEST_OUTCOME: file },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = await new Promise((closed) => child.once('close', (code, signal) => closed(signal ?? code)));
  process.stdout.write(output);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  } catch {
    console.error(`\nFAILED: the tests ${name} ended with ${String(ended)} and no word of how they went`);
    return { passed: 0, failed: 1, skipped: [] };
  } finally {
    rmSync(file, { force: true });
  }
}

function openBeyond(known: readonly string[]): string[] {
  const open = process.getActiveResourcesInfo();
  for (const one of known) if (open.includes(one)) open.splice(open.indexOf(one), 1);
  return open;
}
