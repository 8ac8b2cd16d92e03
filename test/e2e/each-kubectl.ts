import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { testCluster, type TestCluster } from './cluster.ts';
import { kubectlFor, kubectlsUnderTest, type Kubectl, type Ran } from './kubectl.ts';

/** A kubectl, the cluster it talks to, and a namespace where needed. */
export interface Bed {
  /** `27` for kubectl 1.27. */
  readonly minor: number;
  readonly kubectl: Kubectl;
  readonly under: TestCluster;
  /** kubectl in a new namespace of its own. */
  within(): Promise<Shell>;
  /** kubectl in no particular namespace. */
  readonly shell: Shell;
}

/** Runs kubectl with a line as one would type it: words at spaces, quotes keep them together. */
export interface Shell {
  readonly namespace: string;
  /** Standard output; rejects unless it succeeds. */
  ok(line: string, stdin?: string): Promise<string>;
  /** Standard error; rejects unless it ends with code 1. */
  fails(line: string, stdin?: string): Promise<string>;
  run(line: string, stdin?: string): Promise<Ran>;
}

/**
 * Declares the tests once for each kubectl under test, each with a cluster of its own, all at the
 * same time.
 */
export function eachKubectl(topic: string, declare: (bed: Bed) => void): void {
  const found = kubectlsUnderTest();
  describe(topic, { concurrency: 2 }, () => {
    if (found.length === 0) test('needs a real kubectl', { skip: 'no kubectl on PATH' }, () => {});
    for (const binary of found)
      describe(`kubectl ${binary.version}`, { concurrency: 1 }, () => {
        const bed = new ClusterBed(binary);
        before(() => bed.start());
        after(() => bed.under[Symbol.asyncDispose]());
        declare(bed);
      });
  });
}

class ClusterBed implements Bed {
  readonly minor: number;
  readonly #binary: { readonly version: string; readonly path: string };
  #started: { readonly under: TestCluster; readonly kubectl: Kubectl } | undefined;
  #namespaces = 0;

  constructor(binary: { readonly version: string; readonly path: string }) {
    this.#binary = binary;
    this.minor = Number(binary.version.split('.')[1] ?? 99);
  }

  async start(): Promise<void> {
    const under = await testCluster({ workers: 2 });
    this.#started = { under, kubectl: kubectlFor(this.#binary, under.kubeconfig) };
  }

  get under(): TestCluster {
    return this.#started!.under;
  }

  get kubectl(): Kubectl {
    return this.#started!.kubectl;
  }

  get shell(): Shell {
    return shell(this.kubectl, '');
  }

  async within(): Promise<Shell> {
    const namespace = `t${++this.#namespaces}`;
    const { client } = this.under.cluster;
    await client.create(Namespace, { metadata: { name: namespace }, spec: {}, status: {} });
    // Pods are refused until it is there.
    while (!(await client.list(ServiceAccount, { namespace })).items.length) await setImmediate();
    return shell(this.kubectl, namespace);
  }
}

function shell(kubectl: Kubectl, namespace: string): Shell {
  const run = (line: string, stdin?: string) =>
    kubectl.run([...(namespace === '' ? [] : ['--namespace', namespace]), ...words(line)], { stdin });
  return {
    namespace,
    run,
    async ok(line, stdin) {
      const { code, stdout, stderr } = await run(line, stdin);
      assert.equal(code, 0, `kubectl ${line} ended with ${code}\n${stdout}${stderr}`);
      return stdout;
    },
    async fails(line, stdin) {
      const { code, stdout, stderr } = await run(line, stdin);
      assert.equal(code, 1, `kubectl ${line} ended with ${code}\n${stdout}${stderr}`);
      return stderr;
    },
  };
}

/** As a shell splits them: at spaces, and what single quotes hold stays together. */
export const words = (line: string): string[] => [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** The lines that a program writes, one after another. */
export function lines(stream: NodeJS.ReadableStream): { next(): Promise<string> } {
  const ready: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    for (const part of parts) (waiting.shift() ?? ((line: string) => void ready.push(line)))(part);
  });
  return { next: () => (ready.length > 0 ? Promise.resolve(ready.shift()!) : new Promise((resolve) => waiting.push(resolve))) };
}
