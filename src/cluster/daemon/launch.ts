import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterHome } from '../home.ts';
import { isAlive, lockOwner } from '../process-lock.ts';
import { askDaemon, type DaemonStatus } from './control-socket.ts';

/** Starts a daemon that outlives this process, and waits until its API answers. Rejects with what it said last when it ends before. */
export async function launchDaemon(home: ClusterHome, timeoutMs: number, gaveUp: AbortSignal): Promise<DaemonStatus> {
  mkdirSync(dirname(home.stderr), { recursive: true, mode: 0o700 });
  const errors = openSync(home.stderr, 'w', 0o600);
  const child = spawn(process.execPath, [...process.execArgv, ...frugal.flags, programPath(), 'daemon', '--cluster-folder', home.folder], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', errors, errors],
    env: { ...frugal.environment, ...process.env },
  });
  closeSync(errors);
  let ended: string | undefined;
  child.on('exit', (code, signal) => (ended = signal ? `was ended by ${signal}` : `ended with code ${code}`));
  child.on('error', (error) => (ended = error.message));
  child.unref();

  const until = performance.now() + timeoutMs;
  for (;;) {
    const status = await askDaemon(home.controlSocket, 'status');
    if (status?.phase === 'ready') return status;
    if (ended !== undefined) throw new Error(`the cluster did not start: its daemon ${ended}\n${lastLines(home.stderr, 20)}`.trim());
    if (gaveUp.aborted || performance.now() > until) {
      child.kill('SIGTERM');
      throw new Error(gaveUp.aborted ? 'interrupted' : `the cluster did not answer within ${timeoutMs / 1000} s; see ${home.log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Memory that start-up needs once and V8 and malloc would keep for good: some 10 MB of what an idle cluster occupies. */
const frugal = { flags: ['--max-semi-space-size=4'], environment: { MALLOC_ARENA_MAX: '2' } };

/** Asks a daemon to stop and waits until it is gone; kills it when it will not go. Returns whether there was one. */
export async function stopDaemon(home: ClusterHome, timeoutMs = 30_000): Promise<boolean> {
  const owner = lockOwner(home.daemonLock);
  if (!owner || !isAlive(owner)) return false;
  if (!(await askDaemon(home.controlSocket, 'stop'))) signal(owner.pid, 'SIGTERM');
  const until = performance.now() + timeoutMs;
  while (isAlive(owner)) {
    if (performance.now() > until) signal(owner.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** The daemon's word about itself; undefined when none runs. */
export async function daemonStatus(home: ClusterHome): Promise<DaemonStatus | undefined> {
  const owner = lockOwner(home.daemonLock);
  return owner && isAlive(owner) ? askDaemon(home.controlSocket, 'status') : undefined;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile.
  }
}

/** This very program: the bundle's entry, or `main.ts` when run from the sources. */
const programPath = (): string => process.argv[1] ?? fileURLToPath(import.meta.url);

function lastLines(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
