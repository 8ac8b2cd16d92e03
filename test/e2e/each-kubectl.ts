import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { fastCluster, testCluster, type ReachableCluster } from './cluster.ts';
import { kubectlFor, kubectlsUnderTest, type Kubectl, type Ran } from './kubectl.ts';
import { streamOf, type Stream } from './stream.ts';

/** A kubectl, the cluster it talks to, and a namespace where needed. */
export interface Bed {
  /** `27` for kubectl 1.27. */
  readonly minor: number;
  readonly kubectl: Kubectl;
  readonly under: ReachableCluster;
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
  /** Asks again and again until the output is what is looked for; rejects with the last one after 20 s. Resolves to the output. */
  until(line: string, wanted: RegExp): Promise<string>;
  /** Starts one that goes on; it is killed after 30 s. */
  start(line: string): Stream;
}

export interface BedOptions {
  /** How many tests of the file may run at once; 3 when absent. 1 where they share more than a cluster. */
  readonly concurrency?: number;
  /** How many times as fast as the machine's the cluster's time goes; as fast when absent. */
  readonly speed?: number;
  readonly workers?: number;
}

/**
 * Declares the tests once for each kubectl under test, each with a cluster of its own, all at the
 * same time.
 */
export function eachKubectl(topic: string, declare: (bed: Bed) => void, options: BedOptions = {}): void {
  const found = kubectlsUnderTest();
  describe(topic, { concurrency: 2 }, () => {
    if (found.length === 0) test('needs a real kubectl', { skip: 'no kubectl on PATH' }, () => {});
    for (const binary of found)
      describe(`kubectl ${binary.version}`, { concurrency: options.concurrency ?? 3 }, () => {
        const bed = new ClusterBed(binary, options);
        before(() => bed.start());
        after(() => bed.under[Symbol.asyncDispose]());
        declare(bed);
      });
  });
}

class ClusterBed implements Bed {
  readonly minor: number;
  readonly #binary: { readonly version: string; readonly path: string };
  readonly #options: BedOptions;
  #started: { readonly under: ReachableCluster; readonly kubectl: Kubectl } | undefined;
  #namespaces = 0;

  constructor(binary: { readonly version: string; readonly path: string }, options: BedOptions) {
    this.#binary = binary;
    this.#options = options;
    this.minor = Number(binary.version.split('.')[1] ?? 99);
  }

  async start(): Promise<void> {
    const { speed = 1, workers = 2 } = this.#options;
    const under = await (speed === 1 ? testCluster({ workers }) : fastCluster({ workers, speed }));
    this.#started = { under, kubectl: kubectlFor(this.#binary, under.kubeconfig) };
  }

  get under(): ReachableCluster {
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
    const { client } = this.under;
    await client.create(Namespace, { metadata: { name: namespace }, spec: {}, status: {} });
    // Pods are refused until it is there.
    const deadlineMs = performance.now() + untilMs;
    while (!(await client.list(ServiceAccount, { namespace })).items.length) {
      assert.ok(performance.now() < deadlineMs, `namespace ${namespace} never got a service account`);
      await setImmediate();
    }
    return shell(this.kubectl, namespace);
  }
}

const untilMs = 20_000;

function shell(kubectl: Kubectl, namespace: string): Shell {
  const argumentsOf = (line: string) => [...(namespace === '' ? [] : ['--namespace', namespace]), ...words(line)];
  const run = (line: string, stdin?: string) => kubectl.run(argumentsOf(line), { stdin });
  const expected = async (code: number, line: string, stdin?: string): Promise<Ran> => {
    const ran = await run(line, stdin);
    assert.equal(ran.code, code, `kubectl ${line} ended with ${ran.code}\n${ran.stdout}${ran.stderr}`);
    return ran;
  };
  return {
    namespace,
    run,
    ok: async (line, stdin) => (await expected(0, line, stdin)).stdout,
    fails: async (line, stdin) => (await expected(1, line, stdin)).stderr,
    async until(line, wanted) {
      const deadlineMs = performance.now() + untilMs;
      for (;;) {
        const { stdout, stderr } = await run(line);
        if (wanted.test(stdout)) return stdout;
        assert.ok(performance.now() < deadlineMs, `kubectl ${line} never gave ${wanted}, but\n${stdout}${stderr}`);
        await setTimeout(250);
      }
    },
    start: (line) => streamOf(kubectl.start(argumentsOf(line)), `kubectl ${line}`),
  };
}

/** As a shell splits them: at spaces, and what single quotes hold stays together. */
const words = (line: string): string[] => [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
