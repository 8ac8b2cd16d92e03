/**
 * Bundles what ships into `dist/`: the program and the library, with the packages they need inside.
 * `--package` leaves nothing else there, and adds the library's typings, which only the published
 * package needs.
 */
import { build, type Plugin } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ensureGenerated } from './generate/main.ts';
import { thirdPartyLicences } from './licences.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const forPackage = process.argv.includes('--package');
const oldChunksMs = 2 * 24 * 3600 * 1000;

/**
 * Node's own modules as `require` would have them. An `import` of one evaluates its exports, also those
 * that are loaded late on purpose: of node:http that is a whole WebSocket client, 20 ms and 5 MB.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const startedAt = new Date();
ensureGenerated();
const staging = join(dist, `.staging-${process.pid}`);
mkdirSync(staging, { recursive: true });
try {
  await bundle();
  if (forPackage) typings();
  const files = filesBelow(staging);
  moveIntoPlace(files);
  removeOld(files);
} finally {
  rmSync(staging, { recursive: true, force: true });
}

async function bundle(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { slipway: 'src/cluster/cli/main.ts', index: 'src/cluster/index.ts' },
    outdir: staging,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names stay, for the sake of stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: forPackage ? false : 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    metafile: true,
    plugins: [lazyBuiltins],
  });
  writeFileSync(join(staging, 'THIRD-PARTY-LICENSES'), thirdPartyLicences(root, Object.keys(metafile.inputs)));
}

function typings(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', join(staging, 'types')], { cwd: root, stdio: 'inherit' });
  const needed = reachable(join(staging, 'types/src/cluster/index.d.ts'));
  for (const file of filesBelow(join(staging, 'types'))) {
    const path = join(staging, 'types', file);
    if (!needed.has(path)) rmSync(path);
  }
}

/** The compiler writes a typing for all it has read; the library's own lead to few of them. */
function reachable(from: string, found = new Set<string>()): Set<string> {
  if (found.has(from)) return found;
  found.add(from);
  for (const [, specifier = ''] of readFileSync(from, 'utf8').matchAll(/(?:from |import\(|import )["'](\.[^"']+)["']/g))
    reachable(join(dirname(from), specifier.replace(/\.[jt]s$/, '.d.ts')), found);
  return found;
}

/** The program last: its age is what the launcher goes by, and is that of the sources that were read. */
function moveIntoPlace(files: readonly string[]): void {
  chmodSync(join(staging, 'slipway.js'), 0o755);
  utimesSync(join(staging, 'slipway.js'), startedAt, startedAt);
  for (const file of files.toSorted((a, b) => Number(a === 'slipway.js') - Number(b === 'slipway.js'))) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    renameSync(join(staging, file), join(dist, file));
  }
}

/** Of former builds some stay for a while: a daemon that runs from them loads some of its parts late. */
function removeOld(files: readonly string[]): void {
  const made = new Set(files);
  for (const file of filesBelow(dist)) {
    const keep = made.has(file) || (!forPackage && Date.now() - statSync(join(dist, file)).mtimeMs < oldChunksMs);
    if (!keep) rmSync(join(dist, file), { force: true });
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
