/** The oldest kubectl at hand goes through everything that the newest goes through every day. */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

// With `--all` the everyday files run both already.
if (process.env['SLIPWAY_KUBECTLS'] !== 'both') {
  process.env['SLIPWAY_KUBECTLS'] = 'oldest';
  for (const file of globSync(['kubectl-*.test.ts', 'protobuf.test.ts'], { cwd: import.meta.dirname }).toSorted())
    await import(resolve(import.meta.dirname, file));
}
