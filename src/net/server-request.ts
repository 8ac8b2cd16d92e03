import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { BodyTimeoutError, BodyTooLargeError, ClientGoneError, type HttpRequest, type PeerCertificate } from './http.ts';
import { peerOf, type Peer } from './peer-certificate.ts';

export type RawRequest = Http2ServerRequest | IncomingMessage;

export interface ServerRequestOptions {
  readonly bodyTimeoutMs: number;
  /** Tells a client that waits with its body (`Expect: 100-continue`) to send it; absent when it does not wait. */
  readonly invite?: () => void;
}

/** Node's two kinds of request as one. */
export class ServerRequest implements HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly #raw: RawRequest;
  readonly #options: ServerRequestOptions;
  readonly #gone = new AbortController();
  #invited = false;

  constructor(raw: RawRequest, options: ServerRequestOptions) {
    this.#raw = raw;
    this.#options = options;
    this.method = raw.method ?? 'GET';
    this.target = raw.url ?? '/';
  }

  header(name: string): string | undefined {
    const value = this.#raw.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headerValues(name: string): readonly string[] {
    if (this.#raw.headers[name] === undefined) return [];
    const raw = this.#raw.rawHeaders;
    const values: string[] = [];
    for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]!.toLowerCase() === name) values.push(raw[at + 1]!);
    return values;
  }

  headerNames(): readonly string[] {
    return Object.keys(this.#raw.headers);
  }

  body(maxBytes: number): Promise<Uint8Array> {
    const declared = Number(this.#raw.headers['content-length'] ?? Number.NaN);
    if (declared === 0) return Promise.resolve(empty);
    if (declared > maxBytes) return Promise.reject(new BodyTooLargeError(maxBytes));
    if (!this.#invited) this.#options.invite?.();
    this.#invited = true;
    return readBody(this.#raw, maxBytes, this.#options.bodyTimeoutMs);
  }

  /** The client still waits to be told that its body is wanted. */
  get awaitsInvitation(): boolean {
    return this.#options.invite !== undefined && !this.#invited;
  }

  get peer(): PeerCertificate | undefined {
    return this.#peer.certificate;
  }

  get peerRefused(): boolean {
    return this.#peer.refused;
  }

  get #peer(): Peer {
    const session = 'stream' in this.#raw ? this.#raw.stream.session : undefined;
    return session ? peerOf(session, session.socket as TLSSocket) : peerOf(this.#raw.socket, this.#raw.socket as TLSSocket);
  }

  get remoteAddress(): string {
    return this.#raw.socket.remoteAddress ?? '';
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  markGone(): void {
    this.#gone.abort();
  }
}

const empty = new Uint8Array(0);

function readBody(raw: RawRequest, maxBytes: number, timeoutMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (raw.destroyed) return reject(new ClientGoneError('the client went away'));
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(new BodyTimeoutError('the body did not come in time')), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      raw.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone).off('aborted', onGone);
    };
    const fail = (error: Error) => {
      settle();
      raw.pause();
      // Nobody listens for what the connection still has to say.
      raw.on('error', () => {});
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
    raw.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone).on('aborted', onGone);
  });
}
