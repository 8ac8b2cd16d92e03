import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  BodyTooLargeError,
  ClientGoneError,
  type HttpBody,
  type HttpHandler,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type PeerCertificate,
} from './http.ts';

export interface HttpsServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Client certificates are asked for, and believed only when one of these signed them. */
  readonly clientCaPem: string;
  readonly handler: HttpHandler;
  /** A request's body must come within this time; 30 s when absent. */
  readonly bodyTimeoutMs?: number;
}

export interface HttpsServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections open now. */
  connections(): number;
}

type AnyRequest = Http2ServerRequest | IncomingMessage;
type AnyResponse = Http2ServerResponse | ServerResponse;

/** HTTP/2 and HTTP/1.1 over TLS on one port, chosen by ALPN. Rejects when the port is taken. */
export async function serveHttps(options: HttpsServerOptions): Promise<HttpsServer> {
  const { host, port, certificatePem, keyPem, clientCaPem, handler, bodyTimeoutMs = 30_000 } = options;
  const server = createSecureServer({
    allowHTTP1: true,
    cert: certificatePem,
    key: keyPem,
    ca: clientCaPem,
    requestCert: true,
    // A bad certificate is no credentials, not a refused connection: the answer is a 401 that says so.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    settings: { maxConcurrentStreams: 250, initialWindowSize: 1024 * 1024 },
    maxHeaderListPairs: 200,
  });
  const open = new Set<Socket>();
  server.on('secureConnection', (socket) => {
    // Watches are small writes that must not wait for each other's acknowledgement.
    socket.setNoDelay(true);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('request', (request, response) => {
    const adapted = adaptRequest(request, response, bodyTimeoutMs);
    handler(adapted, adaptResponse(request, response));
  });
  // Broken handshakes and broken clients are theirs alone; without listeners they would end the process.
  server.on('tlsClientError', () => {});
  server.on('sessionError', () => {});
  server.on('clientError', (_error, socket: Socket) => socket.destroy());

  const address = await listen(server, host, port);
  return {
    host,
    port: address.port,
    connections: () => open.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function listen(server: Http2SecureServer, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function adaptRequest(request: AnyRequest, response: AnyResponse, bodyTimeoutMs: number): HttpRequest {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    headerNames: () => Object.keys(request.headers),
    body: (maxBytes) => readBody(request, maxBytes, bodyTimeoutMs),
    get peer() {
      return peerOf(request);
    },
    remoteAddress: request.socket.remoteAddress ?? '',
    signal: gone.signal,
  };
}

const empty = new Uint8Array(0);

function readBody(request: AnyRequest, maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared === 0) return Promise.resolve(empty);
  if (declared > maxBytes) return Promise.reject(new BodyTooLargeError(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(new ClientGoneError('the body did not come in time')), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone).off('aborted', onGone);
    };
    const fail = (error: Error) => {
      settle();
      request.pause();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) return fail(new BodyTooLargeError(maxBytes));
      chunks.push(chunk);
    };
    const onEnd = () => {
      settle();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onGone = () => fail(new ClientGoneError('the client went away'));
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone).on('aborted', onGone);
  });
}

function adaptResponse(request: AnyRequest, response: AnyResponse): HttpResponse {
  return {
    send(status, headers, chunks) {
      if (response.destroyed || response.headersSent) return;
      const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      writeHead(response, status, { ...headers, 'content-length': String(length) });
      const out = writable(response);
      if (request.method === 'HEAD' || length === 0) out.end();
      // Small answers in one write: one frame, one packet.
      else if (length <= 64 * 1024) out.end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
      else {
        for (const chunk of batched(chunks)) out.write(chunk);
        out.end();
      }
      // What is left of a body that nobody wants must still be read, or the connection is stuck.
      if (!request.complete) request.resume();
    },
    stream(status, headers) {
      writeHead(response, status, headers);
      const out = writable(response);
      out.flushHeaders();
      return bodyOf(out);
    },
  };
}

function writeHead(response: AnyResponse, status: number, headers: HttpHeaders): void {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) plain[name] = typeof value === 'string' ? value : [...value];
  writable(response).writeHead(status, plain);
}

/** The two kinds of response differ only in overloads that we do not use. */
const writable = (response: AnyResponse): ServerResponse => response as ServerResponse;

function bodyOf(stream: ServerResponse): HttpBody {
  return {
    write: (chunk) => (stream.destroyed ? true : stream.write(chunk)),
    onDrain: (listener) => void stream.on('drain', listener),
    end: () => void stream.end(),
  };
}

/** Joins chunks into pieces of about 256 KiB: few writes, and no copy of the whole. */
function* batched(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  const target = 256 * 1024;
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const chunk of chunks) {
    batch.push(chunk);
    size += chunk.length;
    if (size < target) continue;
    yield Buffer.concat(batch, size);
    batch = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(batch, size);
}

/** By connection, since every request on it has the same answer. */
const peers = new WeakMap<object, { readonly peer: PeerCertificate | undefined }>();

function peerOf(request: AnyRequest): PeerCertificate | undefined {
  const session: Http2Session | undefined = 'stream' in request ? request.stream.session : undefined;
  const connection = session ?? request.socket;
  const known = peers.get(connection);
  if (known) return known.peer;
  const peer = readPeer((session ? session.socket : request.socket) as TLSSocket);
  peers.set(connection, { peer });
  return peer;
}

function readPeer(socket: TLSSocket): PeerCertificate | undefined {
  if (!socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  if (!certificate?.subject) return undefined;
  return {
    commonName: [certificate.subject.CN ?? ''].flat().join(','),
    organizations: [certificate.subject.O ?? []].flat(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
