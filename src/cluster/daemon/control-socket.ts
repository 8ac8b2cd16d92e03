import { createServer, request } from 'node:http';
import { chmodSync, rmSync } from 'node:fs';
import type { SavedSnapshot } from '../../store/snapshot/save-snapshot.ts';

/** What a daemon says of itself. */
export interface DaemonStatus {
  readonly cluster: string;
  /** The Slipway that it runs. */
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly server: string;
  readonly phase: 'starting' | 'ready' | 'stopping' | 'failed';
  /** Why it failed. */
  readonly problem?: string;
  readonly revision: number;
  readonly storeBytes: number;
  readonly memoryBytes: number;
}

/** A node's machine, as its owner sees it. */
export interface MachineState {
  readonly name: string;
  readonly power: 'on' | 'off';
}

export interface DaemonDuties {
  status(): DaemonStatus;
  /** Begins to stop; the process ends soon after. */
  stop(): void;
  machines(): readonly MachineState[];
  /** Rejects for a name that no machine has. */
  power(name: string, to: 'on' | 'off'): Promise<void>;
  /** Writes the cluster's data to a file, as etcd's snapshots are. */
  saveSnapshot(wanted: WantedSnapshot): Promise<SavedSnapshot>;
}

export interface WantedSnapshot {
  /** Absolute. */
  readonly path: string;
  /** Without history. */
  readonly liveOnly: boolean;
}

/** Serves a daemon's status and takes its orders on a Unix socket that only its owner may open. */
export async function serveControl(path: string, duties: DaemonDuties): Promise<AsyncDisposable> {
  rmSync(path, { force: true });
  const server = createServer((incoming, response) => {
    void answer(`${incoming.method} ${incoming.url}`, duties).then(({ code, body }) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      rmSync(path, { force: true });
    },
  };
}

async function answer(what: string, duties: DaemonDuties): Promise<{ readonly code: number; readonly body: unknown }> {
  if (what === 'POST /stop') duties.stop();
  if (what === 'GET /status' || what === 'POST /stop') return { code: 200, body: duties.status() };
  if (what === 'GET /machines') return { code: 200, body: duties.machines() };
  const [, content, path] = /^POST \/snapshot\/(all|live)\/([^/]+)$/.exec(what) ?? [];
  if (path !== undefined) return saved(duties, { path: decodeURIComponent(path), liveOnly: content === 'live' });
  const [, name, to] = /^POST \/machines\/([^/]+)\/power-(on|off)$/.exec(what) ?? [];
  if (name === undefined) return { code: 404, body: { error: `nothing is known of ${what}` } };
  try {
    await duties.power(decodeURIComponent(name), to as 'on' | 'off');
    return { code: 200, body: duties.machines() };
  } catch (error) {
    return { code: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

async function saved(duties: DaemonDuties, wanted: WantedSnapshot): Promise<{ readonly code: number; readonly body: unknown }> {
  try {
    return { code: 200, body: await duties.saveSnapshot(wanted) };
  } catch (error) {
    return { code: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** Asks a daemon. Undefined when none answers there. */
export async function askDaemon(path: string, what: 'status' | 'stop'): Promise<DaemonStatus | undefined> {
  const answered = await send(path, what === 'stop' ? 'POST' : 'GET', `/${what}`);
  return answered?.code === 200 ? (answered.body as DaemonStatus | undefined) : undefined;
}

/** Undefined when no daemon answers there. Throws what it refuses. */
export async function askMachines(
  path: string,
  order?: { readonly name: string; readonly power: 'on' | 'off' },
): Promise<readonly MachineState[] | undefined> {
  const answered = order
    ? await send(path, 'POST', `/machines/${encodeURIComponent(order.name)}/power-${order.power}`)
    : await send(path, 'GET', '/machines');
  if (answered && answered.code !== 200)
    throw new Error((answered.body as { error: string } | undefined)?.error ?? 'the daemon gave no answer');
  return answered?.body as readonly MachineState[] | undefined;
}

/** Undefined when no daemon answers there. Throws why it could not be written. */
export async function askSnapshot(path: string, wanted: WantedSnapshot): Promise<SavedSnapshot | undefined> {
  const order = `/snapshot/${wanted.liveOnly ? 'live' : 'all'}/${encodeURIComponent(wanted.path)}`;
  const answered = await send(path, 'POST', order, snapshotTimeoutMs);
  if (answered && answered.code !== 200)
    throw new Error((answered.body as { error: string } | undefined)?.error ?? 'the daemon gave no answer');
  return answered?.body as SavedSnapshot | undefined;
}

const answerTimeoutMs = 5000;
/** Gigabytes onto a slow disk. */
const snapshotTimeoutMs = 600_000;

function send(
  socketPath: string,
  method: string,
  path: string,
  timeout = answerTimeoutMs,
): Promise<{ readonly code: number; readonly body: unknown } | undefined> {
  return new Promise((resolve) => {
    const ask = request({ socketPath, path, method, timeout }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (body += chunk));
      incoming.on('error', () => resolve(undefined));
      incoming.on('end', () => resolve({ code: incoming.statusCode ?? 0, body: parsed(body) }));
    });
    ask.on('timeout', () => ask.destroy());
    ask.on('error', () => resolve(undefined));
    ask.end();
  });
}

/** undefined for what was cut off: a daemon that is just ending. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
