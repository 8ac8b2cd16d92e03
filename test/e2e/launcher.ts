import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type Ran, type RunOptions } from './kubectl.ts';

/** A person with a home of their own, and `slipway` at hand. */
export interface Person extends AsyncDisposable {
  readonly home: string;
  readonly kubeconfig: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a command line of words; never rejects. */
  slipway(line: string, options?: RunOptions): Promise<Ran>;
  /** What a command says with `-o json`. */
  json(line: string): Promise<Readonly<Record<string, unknown>>>;
  /** The process in which a cluster runs. */
  daemonPid(cluster: string): number;
}

/** `command` is what comes before the arguments, and runs in `folder` (their home when absent). Disposal takes down every cluster of theirs. */
export function person(command: readonly string[], variables: NodeJS.ProcessEnv = {}, folder?: string): Person {
  const home = mkdtempSync(join(tmpdir(), 'slipway-person-'));
  const environment: NodeJS.ProcessEnv = { ...process.env, HOME: home, SLIPWAY_HOME: join(home, 'clusters'), ...variables };
  for (const name of ['KUBECONFIG', 'INIT_CWD', 'npm_command', 'SLIPWAY_COMMAND']) if (!(name in variables)) delete environment[name];
  const [program = '', ...first] = command;
  const slipway = (line: string, options: RunOptions = {}) =>
    runProgram(program, [...first, ...line.split(' ')], { cwd: folder ?? home, environment, ...options });
  const json = async (line: string) => {
    const { stdout, stderr } = await slipway(`${line} -o json`);
    if (stdout === '') throw new Error(`slipway ${line}: ${stderr}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  return {
    home,
    kubeconfig: join(home, '.kube/config'),
    environment,
    slipway,
    json,
    daemonPid: (cluster) => (JSON.parse(readFileSync(join(home, 'clusters', cluster, 'daemon.lock'), 'utf8')) as { pid: number }).pid,
    async [Symbol.asyncDispose]() {
      const clusters = (await json('list')) as unknown as readonly { readonly name: string }[];
      for (const { name } of clusters) await slipway(`down --name ${name}`);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
