import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why tests that need the real programs cannot run; undefined where they can. */
export async function missingEtcd(): Promise<string | undefined> {
  try {
    await Promise.all([run('etcd', ['--version']), run('etcdctl', ['version'], { env: v3 })]);
    return undefined;
  } catch {
    return "no etcd and etcdctl on PATH (Debian's etcd-server and etcd-client)";
  }
}

const v3: NodeJS.ProcessEnv = { ...process.env, ETCDCTL_API: '3' };

/** What etcdctl prints; rejects with what it complains of. */
export async function etcdctl(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('etcdctl', [...words], { env: v3, maxBuffer: 1 << 28 });
  return stdout;
}

/** A folder that goes with its owner. */
export function scratchFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'slipway-snapshot-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface RealEtcd extends AsyncDisposable {
  /** With its endpoint given. */
  ctl(...words: readonly string[]): Promise<string>;
}

/** A single member over a folder, new or restored. Resolves when it answers. */
export async function startEtcd(dataFolder: string): Promise<RealEtcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${client}`;
  const flags = {
    'data-dir': dataFolder,
    'log-level': 'error',
    'heartbeat-interval': '20',
    'election-timeout': '200',
    'listen-client-urls': endpoint,
    'advertise-client-urls': endpoint,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn('etcd', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ctl = (...words: readonly string[]) => etcdctl('--endpoints', endpoint, ...words);
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await ctl('get', 'nothing');
      return { ctl, [Symbol.asyncDispose]: stop };
    } catch (error) {
      if (attempt < 10 && child.exitCode === null) continue;
      await stop();
      throw new Error(`etcd did not start: ${complaints}`, { cause: error });
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
