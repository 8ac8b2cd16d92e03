/** Bundles what ships into `dist/`: the program and the library, each one file, with the packages it depends on left outside. */
import { build } from 'esbuild';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureGenerated } from './generate/main.ts';

const root = resolve(import.meta.dirname, '..');

ensureGenerated();
mkdirSync(resolve(root, 'dist'), { recursive: true });
const staging = resolve(root, `dist/.staging-${process.pid}`);
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
    define: { 'process.env.SLIPWAY_VERSION': JSON.stringify(process.env['npm_package_version'] ?? '') },
    logLevel: 'warning',
  });
  // Old chunks stay until the new entry stands, so that a program that is starting finds its own.
  const { cpSync } = await import('node:fs');
  cpSync(resolve(staging, 'chunks'), resolve(root, 'dist/chunks'), { recursive: true, force: true });
  for (const name of ['index.js', 'index.js.map', 'slipway.js.map', 'slipway.js'])
    renameSync(resolve(staging, name), resolve(root, 'dist', name));
} finally {
  rmSync(staging, { recursive: true, force: true });
}
