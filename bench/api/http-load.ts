/**
 * A load generator that is not itself the limit: HTTP/1.1 over raw TLS sockets, one request in
 * flight on each, requests prepared as bytes, answers read only as far as their length. Runs as a
 * process of its own: `http-load.ts JOB`, the job as JSON; prints its result as JSON.
 */
import { connect, type TLSSocket } from 'node:tls';
import { pathToFileURL } from 'node:url';

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly connections: number;
  /** Requests in all. Each `#` in target and body becomes the request's number. */
  readonly requests: number;
  readonly method: string;
  readonly target: string;
  /** `application/json` when absent. */
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  /** The first number. */
  readonly first?: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytes: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Reads answers that say their length. */
class AnswerReader {
  #buffered: Buffer = Buffer.alloc(0);
  #needed = -1;
  #status = '';
  #size = 0;
  #resolve: ((answer: { status: string; size: number }) => void) | undefined;

  constructor(socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  answer(): Promise<{ status: string; size: number }> {
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  #take(chunk: Buffer): void {
    if (this.#needed < 0) {
      this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
      const end = this.#buffered.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#buffered.toString('latin1', 0, end);
      this.#status = head.slice(9, 12);
      this.#size = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      this.#needed = this.#size - (this.#buffered.length - end - 4);
      this.#buffered = Buffer.alloc(0);
    } else this.#needed -= chunk.length;
    if (this.#needed > 0) return;
    this.#needed = -1;
    this.#resolve?.({ status: this.#status, size: this.#size });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  let input = '';
  for await (const chunk of process.stdin) input += String(chunk);
  console.log(JSON.stringify(await load(JSON.parse(input) as LoadJob)));
}

export async function load(job: LoadJob): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(job)));
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  let bytes = 0;
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      const reader = new AnswerReader(socket);
      while (next < job.requests) {
        const number = (job.first ?? 0) + next++;
        const sentMs = performance.now();
        socket.write(requestText(job, number));
        const { status, size } = await reader.answer();
        latencies.push(performance.now() - sentMs);
        statuses[status] = (statuses[status] ?? 0) + 1;
        bytes += size;
      }
    }),
  );
  const seconds = (performance.now() - startMs) / 1000;
  for (const socket of sockets) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { seconds, perSecond: job.requests / seconds, p50Ms: at(0.5), p99Ms: at(0.99), bytes, statuses };
}

function open({ host, port, caPem, certificatePem, keyPem }: LoadJob): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ca: caPem, cert: certificatePem, key: keyPem, ALPNProtocols: ['http/1.1'] }, () =>
      resolve(socket),
    );
    socket.setNoDelay(true);
    socket.on('error', reject);
  });
}

function requestText({ host, method, target, accept = 'application/json', contentType, body = '' }: LoadJob, number: number): string {
  const filled = body.replaceAll('#', String(number));
  const typed = contentType === undefined ? '' : `content-type: ${contentType}\r\n`;
  return `${method} ${target.replaceAll('#', String(number))} HTTP/1.1\r\nhost: ${host}\r\naccept: ${accept}\r\n${typed}content-length: ${Buffer.byteLength(filled)}\r\n\r\n${filled}`;
}
