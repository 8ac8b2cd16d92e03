/** Keeps `src/api/generated` in step with what it is made from, for whoever starts the program or its tests from a clone. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generate, modules, root } from './generate.ts';

export const outputFolder = join(root, 'src/api/generated');
const stampFile = join(outputFolder, 'stamp');

/** Generates where nothing is there yet or an input has changed since; else costs a millisecond. True when it generated. */
export function ensureGenerated(): boolean {
  const stamp = stampOfInputs();
  if (readIfThere(stampFile) === stamp) return false;
  writeGenerated(generate(), stamp);
  return true;
}

/** The generator's own files, its table, and the versions of the packages it reads. */
export function stampOfInputs(): string {
  const hash = createHash('sha256');
  for (const name of ['@kubernetes/client-node', 'kubernetes-models', '@kubernetes-models/apimachinery'])
    hash.update(readFileSync(join(modules, name, 'package.json')));
  for (const file of readdirSync(import.meta.dirname).sort())
    if (!file.endsWith('.test.ts')) hash.update(file).update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex');
}

/** Each file whole or not at all, and the stamp last: others may be reading, or generating too. */
export function writeGenerated(files: ReadonlyMap<string, string>, stamp: string): void {
  for (const [path, content] of files) writeWhole(join(outputFolder, path), content);
  for (const entry of readdirSync(outputFolder, { recursive: true, encoding: 'utf8' }))
    if (entry.endsWith('.ts') && !files.has(entry)) rmSync(join(outputFolder, entry), { force: true });
  writeWhole(stampFile, stamp);
}

function writeWhole(file: string, content: string): void {
  if (readIfThere(file) === content) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
