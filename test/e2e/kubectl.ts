import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** What a command line program did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** 30 s when absent; then it is killed, and the code is 124. */
  readonly timeoutMs?: number;
}

/** A real kubectl, bound to one cluster. */
export interface Kubectl {
  /** `1.33`. */
  readonly version: string;
  /** Runs it to its end; never rejects. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs it and rejects, with all it said, unless it succeeds; resolves to its standard output. */
  ok(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts one that goes on, such as a watch. */
  start(args: readonly string[]): ChildProcess;
}

/** Real kubectls on this machine, newest first: those that lie beside the one on PATH, by version, else that one itself. */
export function findKubectls(): { readonly version: string; readonly path: string }[] {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .find((path) => existsSync(path));
  if (!onPath) return [];
  const folder = dirname(realpathSync(onPath));
  const versioned = readdirSync(folder).flatMap((name) => {
    const version = /^kubectl\.(1\.\d+)$/.exec(name)?.[1];
    return version ? [{ version, path: join(folder, name) }] : [];
  });
  if (versioned.length === 0) return [{ version: 'installed', path: onPath }];
  return versioned.toSorted((a, b) => Number(b.version.slice(2)) - Number(a.version.slice(2)));
}

/**
 * Those that the tests drive: the newest in the everyday run, the oldest too in the slow one, which
 * `SLIPWAY_KUBECTLS` tells (`newest`, `oldest` or `both`).
 */
export function kubectlsUnderTest(): { readonly version: string; readonly path: string }[] {
  const all = findKubectls();
  const ends = all.length > 1 ? [all[0]!, all.at(-1)!] : all;
  const wanted = process.env['SLIPWAY_KUBECTLS'] ?? 'newest';
  return wanted === 'both' ? ends : ends.slice(wanted === 'oldest' ? -1 : 0, wanted === 'oldest' ? undefined : 1);
}

export function kubectlFor({ version, path }: { readonly version: string; readonly path: string }, kubeconfig: string): Kubectl {
  // Its discovery cache must not outlive the cluster, nor touch the person's own.
  const environment = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HOME: dirname(kubeconfig),
    KUBECACHEDIR: join(dirname(kubeconfig), `cache-${version}`),
    // It ends before collecting garbage pays; a quarter of its time.
    GOGC: 'off',
  };
  const run = (args: readonly string[], options: RunOptions = {}) =>
    runProgram(path, args, { ...options, environment: { ...environment, ...options.environment } });
  return {
    version,
    run,
    async ok(args, options) {
      const { code, stdout, stderr } = await run(args, options);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
      return stdout;
    },
    start: (args) => spawn(path, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}

export function runProgram(
  program: string,
  args: readonly string[],
  { stdin, environment, cwd, timeoutMs = 30_000 }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env: environment, cwd, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : error.killed ? 124 : 127;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin ?? '');
  });
}
