import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYaml } from '../../src/codec/yaml.ts';
import type { Kubeconfig } from '../../src/cluster/kubeconfig.ts';
import { root } from '../report.ts';
import type { LoadJob, LoadResult } from './http-load.ts';

export const program = join(root, 'dist/slipway.js');

/** How to reach a cluster's API. */
export type Target = Pick<LoadJob, 'host' | 'port' | 'caPem' | 'certificatePem' | 'keyPem'>;

export interface Subject extends AsyncDisposable {
  readonly target: Target;
  readonly pid: number;
  readonly dataFolder: string;
  /** Resident memory of the cluster's process. */
  rssBytes(): number;
}

/** A cluster of the built bundle in a process of its own, on the disk that folders for temporary files are on. */
export async function startSubject(): Promise<Subject> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const environment = { ...process.env, SLIPWAY_HOME: home, KUBECONFIG: join(home, 'config') };
  await slipway(['up', '--name', 'bench'], environment);
  const status = JSON.parse(await slipway(['status', '--name', 'bench', '-o', 'json'], environment)) as { pid: number; data: string };
  return {
    target: targetOf(readFileSync(join(home, 'bench', 'kubeconfig'), 'utf8')),
    pid: status.pid,
    dataFolder: status.data,
    rssBytes: () => rssOf(status.pid),
    async [Symbol.asyncDispose]() {
      await slipway(['down', '--name', 'bench'], environment);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function slipway(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], { env: environment }, (error, stdout, stderr) => {
      if (error) reject(new Error(`slipway ${args.join(' ')}: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

export function targetOf(kubeconfig: string): Target {
  const config = parseYaml(kubeconfig) as Kubeconfig;
  const cluster = config.clusters![0]!.cluster as Record<string, string>;
  const user = config.users![0]!.user as Record<string, string>;
  const decoded = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
  const { hostname, port } = new URL(cluster['server']!);
  return {
    host: hostname,
    port: Number(port),
    caPem: decoded(cluster['certificate-authority-data']),
    certificatePem: decoded(user['client-certificate-data']),
    keyPem: decoded(user['client-key-data']),
  };
}

export function rssOf(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}

/** Runs a load in a process of its own, so that it shares nothing with the server but the machine. */
export function loadApart(job: LoadJob): Promise<LoadResult> {
  return runApart<LoadResult>('http-load.ts', job);
}

export function runApart<Result>(script: string, job: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(output) as Result) : reject(new Error(`${script} ended with ${code}`))));
    child.stdin.end(JSON.stringify(job));
  });
}
