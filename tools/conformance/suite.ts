import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One test of Kubernetes' own conformance suite. */
export interface SuiteTest {
  /** In full, with its tags: `[sig-node] Pods should be updated [Conformance] [NodeConformance]`. */
  readonly name: string;
  /** The release in which it became part: `v1.9`. */
  readonly since: string;
  /** Its file in kubernetes/kubernetes. */
  readonly file: string;
  readonly class: Class;
  /** What it needs beside an API server, in a few words. */
  readonly needs: string;
}

/** What a cluster must have to pass a test, each more than the one before. */
export const classes = {
  A: 'the API server and controllers',
  B: 'pods that become Running and Ready, whatever is in them',
  C: 'containers that do something: output, files, exit codes, network',
  D: 'a kernel, or programs in images of the suite’s own',
  E: 'a webhook or an API server that runs in a pod and is called by ours',
} as const;
export type Class = keyof typeof classes;

/** The table of `suite.tsv`, in its order. Throws for a line that is none of it. */
export function readSuite(root: string): readonly SuiteTest[] {
  const [, ...lines] = readFileSync(join(root, 'tools/conformance/suite.tsv'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [name, since, file, letter, needs] = line.split('\t');
    if (name === undefined || since === undefined || file === undefined || needs === undefined || !isClass(letter))
      throw new Error(`suite.tsv: what is this? ${line}`);
    return { name, since, file, class: letter, needs };
  });
}

const isClass = (letter: string | undefined): letter is Class => letter !== undefined && letter in classes;
