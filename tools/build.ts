/**
 * Bundles what ships into `dist/`: the program and the library, with the packages they depend on left
 * outside. `--types` adds the library's typings, which only the published package needs.
 */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureGenerated } from './generate/main.ts';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(root, 'dist');

ensureGenerated();
mkdirSync(dist, { recursive: true });
const staging = resolve(dist, `.staging-${process.pid}`);
try {
  await build({
    absWorkingDir: root,
    entryPoints: { slipway: 'src/cluster/cli/main.ts', index: 'src/cluster/index.ts' },
    outdir: staging,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  // Old chunks stay beside the new ones, so that a program that is just starting finds its own.
  cpSync(resolve(staging, 'chunks'), resolve(dist, 'chunks'), { recursive: true });
  chmodSync(resolve(staging, 'slipway.js'), 0o755);
  // The program comes last: its age is what the launcher goes by.
  for (const name of ['index.js.map', 'index.js', 'slipway.js.map', 'slipway.js']) renameSync(resolve(staging, name), resolve(dist, name));
} finally {
  rmSync(staging, { recursive: true, force: true });
}

if (process.argv.includes('--types')) {
  rmSync(resolve(dist, 'types'), { recursive: true, force: true });
  execFileSync(process.execPath, [resolve(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
