/** Runs each measurement in a process of its own, so that none finds another's heap, and none takes more than its share. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a measuring process may take; whoever exceeds it is ended. */
export interface Bounds {
  readonly seconds: number;
  readonly heapMiB: number;
  /** Further options of Node's, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

/** Gives a script, named from `bench/`, its job on standard input; resolves to what it answers on standard output. */
export function apart<Result>(script: string, job: unknown, { seconds, heapMiB, nodeOptions = [] }: Bounds): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = ['--expose-gc', `--max-old-space-size=${heapMiB}`, ...nodeOptions];
    const child = spawn(process.execPath, [...options, join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      if (code === 0) resolve(JSON.parse(output) as Result);
      else reject(new Error(signal === 'SIGKILL' ? `no result within ${seconds} s` : `${script} ended with ${code ?? signal}`));
    });
    child.stdin.end(JSON.stringify(job));
  });
}

/** The other side: the job that was given. */
export async function givenJob(): Promise<unknown> {
  let input = '';
  for await (const chunk of process.stdin) input += String(chunk);
  return JSON.parse(input);
}

/** Hands the result over, and ends the process. */
export function answer(result: object): void {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

/** What a stretch of work took. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Begins to measure; call the answer at the end. */
export function costing(): () => Cost {
  const startMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

/** The most that was resident in this process so far. */
export const peakMiB = (): number => process.resourceUsage().maxRSS / 1024;
