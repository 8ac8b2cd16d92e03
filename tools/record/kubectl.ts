/** Runs a real kubectl, which needs no server for what is recorded here. `KUBECTL` names another binary than the one on the path. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const binary = process.env['KUBECTL'] ?? 'kubectl';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export function kubectl(args: readonly string[], stdin: string): Outcome {
  const { stdout, stderr, status, error } = spawnSync(binary, [...args, '--kubeconfig=/dev/null'], { input: stdin, encoding: 'utf8' });
  if (error) throw error;
  return { stdout, stderr, code: status ?? 1 };
}

/** Reads a file of cases, adds to each what `record` makes of it, and writes the file again. */
export function rerecord(path: string, record: (one: Readonly<Record<string, unknown>>) => object): void {
  const cases = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>[];
  writeFileSync(path, `${JSON.stringify(cases.map(record), null, 1)}\n`);
  console.log(`${path}: ${cases.length} cases`);
}
