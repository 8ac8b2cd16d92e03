import { appendFileSync, mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { klog, type Log } from '../../base/log.ts';
import { realClock } from '../../machine/real/clock.ts';
import { realFiles } from '../../machine/real/files.ts';
import { sha256Stream } from '../../machine/real/sha256-stream.ts';
import { saveSnapshot, type SavedSnapshot } from '../../store/snapshot/save-snapshot.ts';
import { startControlPlane, type ControlPlane } from '../control-plane.ts';
import type { ClusterHome } from '../home.ts';
import { write as writeKubeconfig } from '../kubeconfig-file.ts';
import { takeLock } from '../process-lock.ts';
import { readState, writeState } from '../state.ts';
import { slipwayVersion } from '../version.ts';
import { serveControl, type DaemonStatus, type MachineState, type WantedSnapshot } from './control-socket.ts';
import { logFile } from './log-file.ts';

export interface DaemonHooks {
  /** The API answers. */
  readonly ready?: (status: DaemonStatus) => Promise<void>;
  /** Lines of the log, beside the file. */
  readonly log?: (line: string) => void;
}

/**
 * Runs a prepared cluster in this process until `interrupted` aborts, somebody asks through the
 * control socket, or its store fails. Rejects when it cannot start or had to give up.
 */
export async function runDaemon(home: ClusterHome, interrupted: AbortSignal, hooks: DaemonHooks = {}): Promise<void> {
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  using _lock = takeLock(home.daemonLock);
  const file = logFile({ path: home.log });
  const log = klog({
    clock: realClock,
    write: (line) => {
      file.line(line);
      hooks.log?.(line);
    },
  });
  reportCrashes(home, log);
  const life = new AbortController();
  interrupted.addEventListener('abort', () => life.abort(), { once: true });
  if (interrupted.aborted) life.abort();

  const daemon = new Daemon(home, log, life);
  try {
    await daemon.run(hooks);
  } catch (error) {
    log.error(error, 'the cluster gave up');
    throw error;
  } finally {
    await file.flush();
  }
}

class Daemon {
  readonly #home: ClusterHome;
  readonly #log: Log;
  readonly #life: AbortController;
  readonly #startedAt = new Date().toISOString();
  #phase: DaemonStatus['phase'] = 'starting';
  #plane: ControlPlane | undefined;

  constructor(home: ClusterHome, log: Log, life: AbortController) {
    this.#home = home;
    this.#log = log;
    this.#life = life;
  }

  async run(hooks: DaemonHooks): Promise<void> {
    await using _control = await serveControl(this.#home.controlSocket, {
      status: () => this.#status(),
      stop: () => this.#life.abort(),
      machines: () => this.#machines(),
      power: (name, to) => this.#power(name, to),
      saveSnapshot: (wanted) => this.#saveSnapshot(wanted),
    });
    await using plane = await this.#start();
    await hooks.ready?.(this.#status());
    // What was compiled on the way makes the next start faster, also when this process is killed.
    flushCompileCache();
    const reason = await Promise.race([aborted(this.#life.signal), plane.failed]);
    this.#phase = reason ? 'failed' : 'stopping';
    this.#log.info(reason ? 'The store failed; stopping' : 'Stopping');
    if (reason) throw reason;
  }

  async #start(): Promise<ControlPlane> {
    const state = readState(this.#home);
    if (!state) throw new Error(`${this.#home.state} is missing: nothing was prepared here`);
    this.#log.info('Starting', { cluster: state.spec.name, version: slipwayVersion, pid: process.pid });
    const plane = await startControlPlane({ spec: state.spec, pkiFolder: this.#home.pki, log: this.#log, signal: this.#life.signal });
    this.#plane = plane;
    writeKubeconfig(this.#home.kubeconfig, plane.kubeconfig);
    // The port that was chosen at the first start is the cluster's from now on.
    writeState(this.#home, { ...state, phase: 'created', version: slipwayVersion, spec: { ...state.spec, apiPort: plane.port } });
    this.#phase = 'ready';
    this.#log.info('Ready', { server: plane.server });
    return plane;
  }

  #machines(): MachineState[] {
    const nodes = this.#plane?.nodes;
    return (nodes?.names ?? []).map((name) => ({ name, power: nodes!.node(name).hasPower ? 'on' : 'off' }));
  }

  async #power(name: string, to: 'on' | 'off'): Promise<void> {
    if (!this.#plane) throw new Error('the cluster is still starting');
    const node = this.#plane.nodes.node(name);
    this.#log.info('Power', { node: name, to });
    await (to === 'on' ? node.powerOn() : node.powerOff());
  }

  async #saveSnapshot({ path, liveOnly }: WantedSnapshot): Promise<SavedSnapshot> {
    if (!this.#plane) throw new Error('the cluster is still starting');
    const saved = await saveSnapshot({ store: this.#plane.store, files: realFiles, path, newSha256: sha256Stream, liveOnly });
    this.#log.info('Saved a snapshot', { path, revision: saved.revision, bytes: saved.sizeBytes });
    return saved;
  }

  #status(): DaemonStatus {
    const store = this.#plane?.store;
    return {
      cluster: this.#home.name,
      version: slipwayVersion,
      pid: process.pid,
      startedAt: this.#startedAt,
      server: this.#plane?.server ?? '',
      phase: this.#phase,
      revision: store?.revision ?? 0,
      storeBytes: store?.status().sizeBytes ?? 0,
      memoryBytes: process.memoryUsage.rss(),
    };
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

/** A bug must end the process, and leave word of it: the state of memory is not to be trusted any more. */
function reportCrashes(home: ClusterHome, log: Log): void {
  const crash = (error: unknown) => {
    log.error(error, 'crash');
    appendFileSync(home.log, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(70);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
