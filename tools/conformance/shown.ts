import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SuiteTest } from './suite.ts';

/** Names of the suite's tests in a test file's source, as text in quotes. */
const quotedName = /'(\[sig-(?:[^'\\\n]|\\.)*)'|"(\[sig-(?:[^"\\\n]|\\.)*)"/g;

/**
 * The tests of the suite that a test of ours has the name of, each with its file. Throws for a name that
 * the suite does not know, and for one that two tests have: a slip of the pen would count as a gap, or twice.
 */
export function findShown(root: string, suite: readonly SuiteTest[]): ReadonlyMap<string, string> {
  const known = new Set(suite.map(({ name }) => name));
  const shown = new Map<string, string>();
  for (const path of globSync('test/conformance/*.{test,slow}.ts', { cwd: root }).toSorted())
    for (const name of namesIn(readFileSync(join(root, path), 'utf8'))) {
      if (!known.has(name)) throw new Error(`${path}: the suite has no test ${JSON.stringify(name)}`);
      if (shown.has(name)) throw new Error(`${path}: ${JSON.stringify(name)} is in ${shown.get(name)} already`);
      shown.set(name, basename(path));
    }
  return shown;
}

export const namesIn = (source: string): readonly string[] =>
  [...source.matchAll(quotedName)].map((match) => (match[1] ?? match[2])!.replaceAll(/\\(.)/g, '$1'));
