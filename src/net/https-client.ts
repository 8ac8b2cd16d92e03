import { Agent, request as sendRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';

export interface HttpsClientOptions {
  /** `https://host:port`, perhaps with a path that goes before every request's. */
  readonly server: string;
  /** Who may have signed the server's certificate; the system's authorities when absent. */
  readonly caPem?: string;
  readonly certificatePem?: string;
  readonly keyPem?: string;
  /** Accept any server certificate (`insecure-skip-tls-verify`). */
  readonly insecure?: boolean;
  /** Name to expect in the certificate; the host's when absent. */
  readonly serverName?: string;
}

export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface ClientResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** All values of a header that may come several times. */
  headers(name: string): readonly string[];
  bytes(): Promise<Uint8Array>;
  /** The body as it comes; ending the loop early ends the connection. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Breaks the answer off: whoever reads it is at its end, or is told that it broke. */
  cancel(): void;
}

export interface HttpsClient extends Disposable {
  /** Rejects with the socket's error when no answer comes. */
  send(request: ClientRequest): Promise<ClientResponse>;
}

/** Requests over kept connections, as many at once as are asked for. */
export function httpsClient({ server, caPem, certificatePem, keyPem, insecure, serverName }: HttpsClientOptions): HttpsClient {
  const base = new URL(server);
  const prefix = base.pathname.replace(/\/$/, '');
  const agent = new Agent({
    keepAlive: true,
    ca: caPem,
    cert: certificatePem,
    key: keyPem,
    rejectUnauthorized: !insecure,
    servername: serverName,
  });
  return {
    send(request) {
      const options: RequestOptions = {
        agent,
        host: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port || 443,
        method: request.method,
        path: prefix + request.path,
        headers: mutableHeaders(request),
        signal: request.signal,
      };
      return sendOnce(options, request.body).catch((error: unknown) => {
        // The server had closed a kept connection just when it was used again.
        if (error instanceof StaleConnectionError && request.method === 'GET') return sendOnce(options, request.body);
        throw error instanceof StaleConnectionError ? error.cause : error;
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

class StaleConnectionError extends Error {
  override name = 'StaleConnectionError';
}

function sendOnce(options: RequestOptions, body: Uint8Array | undefined): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    const sent = sendRequest(options, (response) => resolve(adapt(response)));
    sent.on('error', (error: Error & { readonly code?: string }) => {
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnectionError('kept connection closed', { cause: error }) : error);
    });
    sent.end(body);
  });
}

function mutableHeaders({ headers, body }: ClientRequest): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) all[name] = typeof value === 'string' ? value : [...value];
  if (body) all['content-length'] = String(body.length);
  return all;
}

function adapt(response: IncomingMessage): ClientResponse {
  return {
    status: response.statusCode ?? 0,
    header: (name) => response.headersDistinct[name]?.join(', '),
    headers: (name) => response.headersDistinct[name] ?? [],
    async bytes() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of response) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
    chunks: () => response,
    cancel: () => void response.destroy(),
  };
}
