import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { IncomingMessage, ServerResponse as Http1Response } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { HttpHandler } from './http.ts';
import { answerBroken, tellPlainFromTls } from './raw-answers.ts';
import { ServerRequest, type RawRequest } from './server-request.ts';
import { ServerResponse, type RawResponse } from './server-response.ts';

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
  /** Connections without a request end after this time; 90 s when absent. */
  readonly idleTimeoutMs?: number;
  /** How long disposal waits for requests in flight; 2 s when absent. */
  readonly shutdownMs?: number;
}

/** Disposal listens no more, ends streams (watches), lets requests in flight finish for a while, then closes what is left. */
export interface HttpsServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections open now. */
  connections(): number;
}

// Go's limits, as kube-apiserver sets them.
const maxHeaderBytes = 1024 * 1024;
const headersTimeoutMs = 32_000;
const handshakeTimeoutMs = 10_000;
const streamWindowBytes = 256 * 1024;
const connectionWindowBytes = 100 * streamWindowBytes;

// No limit is announced, and Go's client then keeps to a thousand. Node would count streams that the client has reset until its next turn, and refuse
// what comes at an announced limit in the meantime with ENHANCE_YOUR_CALM, which Go's client takes for a failed request. What is refused here it
// sends again.
const maxConcurrentStreams = 2_000;
// A burst of ended watches is no attack.
const streamResets = { streamResetBurst: 20_000, streamResetRate: 2_000 };

// Node counts what clients have not read yet against this, and beyond it refuses new streams, calmly again: one long list, read slowly, would cost
// the watches and calls beside it. Flow control and what a watch may hold back are the bounds.
const maxSessionMegabytes = 1_000_000;

/** HTTP/2 and HTTP/1.1 over TLS on one port, chosen by ALPN. Rejects when the port is taken. */
export async function serveHttps(options: HttpsServerOptions): Promise<HttpsServer> {
  const server = new Server(options);
  await server.listen();
  return server;
}

class Server implements HttpsServer {
  readonly host: string;
  #port: number;
  readonly #server: Http2SecureServer;
  readonly #handler: HttpHandler;
  readonly #bodyTimeoutMs: number;
  readonly #idleTimeoutMs: number;
  readonly #shutdownMs: number;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<ServerHttp2Session, { openStreams: number }>();
  readonly #answering = new Set<ServerResponse>();
  #stopping: Promise<void> | undefined;
  #quiet: (() => void) | undefined;

  constructor(options: HttpsServerOptions) {
    this.host = options.host;
    this.#port = options.port;
    this.#handler = options.handler;
    this.#bodyTimeoutMs = options.bodyTimeoutMs ?? 30_000;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? 90_000;
    this.#shutdownMs = options.shutdownMs ?? 2_000;
    this.#server = createSecureServer({
      allowHTTP1: true,
      cert: options.certificatePem,
      key: options.keyPem,
      ca: options.clientCaPem,
      requestCert: true,
      // A bad certificate is no refused connection: the answer is a 401 that says so.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
      settings: { initialWindowSize: streamWindowBytes, maxHeaderListSize: maxHeaderBytes },
      maxHeaderListPairs: 500,
      maxSessionMemory: maxSessionMegabytes,
      ...streamResets,
    });
    Object.assign(this.#server, { maxHeaderSize: maxHeaderBytes, headersTimeout: headersTimeoutMs, keepAliveTimeout: this.#idleTimeoutMs });
    this.#acceptConnections();
    this.#acceptRequests();
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: this.host, port: this.#port, backlog: 1024 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    // Running out of file descriptors is reported here; it passes.
    this.#server.on('error', () => {});
  }

  get port(): number {
    return this.#port;
  }

  connections(): number {
    return this.#sockets.size;
  }

  #acceptConnections(): void {
    const server = this.#server;
    const [beginTls] = server.listeners('connection') as [(this: Http2SecureServer, socket: Socket) => void];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // Watches are small writes that must not wait for each other's acknowledgement.
      socket.setNoDelay(true);
      // Clients that vanish without a word are noticed.
      socket.setKeepAlive(true, 15_000);
      tellPlainFromTls(socket, handshakeTimeoutMs, (unread) => beginTls.call(server, unread));
    });
    // Broken handshakes and broken clients are theirs alone; without listeners they would end the process.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('secureConnection', (socket) => void socket.on('error', () => {}));
    server.on('sessionError', () => {});
    server.on('clientError', (error: Error, socket: Socket) => answerBroken(error, socket));
    server.on('session', (session) => this.#keepSession(session));
  }

  #keepSession(session: ServerHttp2Session): void {
    const state = { openStreams: 0 };
    this.#sessions.set(session, state);
    session.setLocalWindowSize(connectionWindowBytes);
    session.on('close', () => this.#sessions.delete(session));
    session.on('stream', (stream) => {
      state.openStreams++;
      stream.on('close', () => state.openStreams--);
      stream.on('error', () => {});
    });
    session.setTimeout(this.#idleTimeoutMs, () => {
      if (state.openStreams === 0) session.close();
    });
  }

  #hasTooMany({ session }: ServerHttp2Stream): boolean {
    const open = session && this.#sessions.get(session as ServerHttp2Session);
    return open !== undefined && open.openStreams >= maxConcurrentStreams;
  }

  #acceptRequests(): void {
    const server = this.#server;
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('checkContinue', (request: RawRequest, response: RawResponse) =>
      this.#answer(request, response, () => (response as Http1Response).writeContinue()),
    );
  }

  #answer(rawRequest: IncomingMessage | Http2ServerRequest, rawResponse: Http1Response | Http2ServerResponse, invite?: () => void): void {
    if ('stream' in rawRequest && this.#hasTooMany(rawRequest.stream)) return rawRequest.stream.close(constants.NGHTTP2_REFUSED_STREAM);
    const request = new ServerRequest(rawRequest, { bodyTimeoutMs: this.#bodyTimeoutMs, ...(invite && { invite }) });
    const response = new ServerResponse(request, rawRequest, rawResponse);
    this.#answering.add(response);
    rawResponse.on('error', () => {});
    rawResponse.on('close', () => {
      if (!rawResponse.writableEnded) request.markGone();
      this.#answering.delete(response);
      if (this.#answering.size === 0) this.#quiet?.();
    });
    // Who asks again while the server stops is answered, and told to come back elsewhere.
    if (this.#stopping && !('stream' in rawResponse)) rawResponse.setHeader('connection', 'close');
    try {
      this.#handler(request, response);
    } catch {
      response.destroy();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // GOAWAY: what is under way may finish, and nothing new begins.
    for (const session of this.#sessions.keys()) session.close();
    for (const response of this.#answering) response.finishStream();
    if (this.#answering.size > 0) await within(this.#shutdownMs, (done) => (this.#quiet = done));
    // Last frames leave before the sockets do.
    if (this.#sessions.size > 0) await within(lastFramesMs, (done) => this.#onceWithoutSessions(done));
    for (const session of this.#sessions.keys()) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #onceWithoutSessions(done: () => void): void {
    for (const session of this.#sessions.keys())
      session.once('close', () => {
        if (this.#sessions.size === 0) done();
      });
  }
}

const lastFramesMs = 100;

/** Resolves when told so, and in any case after `ms`. */
function within(ms: number, begin: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    begin(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
