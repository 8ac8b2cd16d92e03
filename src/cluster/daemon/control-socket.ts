import { createServer, request } from 'node:http';
import { chmodSync, rmSync } from 'node:fs';

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

export interface DaemonDuties {
  status(): DaemonStatus;
  /** Begins to stop; the process ends soon after. */
  stop(): void;
}

/** Serves a daemon's status and takes its orders on a Unix socket that only its owner may open. */
export async function serveControl(path: string, duties: DaemonDuties): Promise<AsyncDisposable> {
  rmSync(path, { force: true });
  const server = createServer((incoming, answer) => {
    const what = `${incoming.method} ${incoming.url}`;
    if (what === 'POST /stop') duties.stop();
    if (what === 'GET /status' || what === 'POST /stop')
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(duties.status()));
    else answer.writeHead(404).end();
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

/** Asks a daemon. Undefined when none answers there. */
export function askDaemon(path: string, what: 'status' | 'stop'): Promise<DaemonStatus | undefined> {
  return new Promise((resolve) => {
    const ask = request({ socketPath: path, path: `/${what}`, method: what === 'stop' ? 'POST' : 'GET', timeout: 5000 }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('error', () => resolve(undefined));
      answer.on('end', () => {
        try {
          resolve(JSON.parse(body) as DaemonStatus);
        } catch {
          resolve(undefined);
        }
      });
    });
    ask.on('timeout', () => ask.destroy());
    ask.on('error', () => resolve(undefined));
    ask.end();
  });
}
