import type { OutgoingHttpHeaders, ServerResponse as Http1Response } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { HttpBody, HttpHeaders, HttpResponse } from './http.ts';
import type { RawRequest, ServerRequest } from './server-request.ts';

export type RawResponse = Http2ServerResponse | Http1Response;

/** Of an unwanted body, read so that the client gets to see the answer before the connection ends. */
const mostDiscardedBytes = 8 * 1024 * 1024;
const longestDiscardMs = 1000;

/** Node's two kinds of response as one. */
export class ServerResponse implements HttpResponse {
  readonly #request: ServerRequest;
  readonly #rawRequest: RawRequest;
  readonly #raw: RawResponse;
  #streaming = false;

  constructor(request: ServerRequest, rawRequest: RawRequest, raw: RawResponse) {
    this.#request = request;
    this.#rawRequest = rawRequest;
    this.#raw = raw;
  }

  send(status: number, headers: HttpHeaders, chunks: readonly Uint8Array[]): void {
    if (isOver(this.#raw) || this.#raw.headersSent) return;
    const length = sizeOf(chunks);
    this.#writeHead(status, status === 204 || status === 304 ? headers : { ...headers, 'content-length': String(length) });
    const out = writable(this.#raw);
    if (length === 0 || !this.#hasBody(status)) out.end();
    // Small answers in one write: one frame, one packet.
    else if (length <= smallBytes) out.end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
    else {
      for (const chunk of batched(chunks)) out.write(chunk);
      out.end();
    }
    if (!this.#rawRequest.complete) this.#discardRest();
  }

  stream(status: number, headers: HttpHeaders): HttpBody {
    if (isOver(this.#raw) || this.#raw.headersSent) return nowhere;
    this.#writeHead(status, headers);
    const out = writable(this.#raw);
    if (!this.#hasBody(status)) {
      out.end();
      return nowhere;
    }
    this.#streaming = true;
    out.flushHeaders();
    return {
      write: (chunk) => (isOver(this.#raw) || out.writableEnded ? true : out.write(chunk)),
      onDrain: (listener) => void out.on('drain', listener),
      end: () => void out.end(),
    };
  }

  /** The server is about to go: an answer without an end has its end now. */
  finishStream(): void {
    if (!this.#streaming || isOver(this.#raw)) return;
    this.#request.markGone();
    writable(this.#raw).end();
  }

  destroy(): void {
    if ('stream' in this.#raw) this.#raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.#raw.destroy();
  }

  #writeHead(status: number, headers: HttpHeaders): void {
    // Whoever still holds back a body that nobody asked for cannot use the connection again.
    const last = this.#request.awaitsInvitation && !('stream' in this.#raw);
    writable(this.#raw).writeHead(status, (last ? { ...headers, connection: 'close' } : headers) as OutgoingHttpHeaders);
  }

  #hasBody(status: number): boolean {
    return this.#request.method !== 'HEAD' && status !== 204 && status !== 304;
  }

  /** What is left of a body that nobody wants: read for a while and thrown away, or the client may never see its answer. */
  #discardRest(): void {
    const raw = this.#rawRequest;
    if ('stream' in raw) {
      const { stream } = raw;
      if (stream.endAfterHeaders || stream.readableEnded) return;
      // Go's client ends its body when it has the whole answer, and a reset at once would overtake the answer's end. Bytes left unread would be
      // missing from the connection's window for good.
      return discard(raw, () => stream.close(constants.NGHTTP2_NO_ERROR));
    }
    if (!this.#request.awaitsInvitation) discard(raw, () => raw.socket.destroy());
  }
}

function discard(raw: RawRequest, giveUp: () => void): void {
  let left = mostDiscardedBytes;
  const timer = setTimeout(giveUp, longestDiscardMs);
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) giveUp();
  });
  raw.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
  raw.resume();
}

const smallBytes = 64 * 1024;

/** For answers whose client has gone, or wants no body. */
const nowhere: HttpBody = { write: () => true, onDrain() {}, end() {} };

/** The two kinds of response differ only in overloads that we do not use. */
const writable = (response: RawResponse): Http1Response => response as Http1Response;

const isOver = (response: RawResponse): boolean => ('stream' in response ? (response.stream?.destroyed ?? true) : response.destroyed);

function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const chunk of chunks) size += chunk.length;
  return size;
}

/** Joins chunks into pieces of about 64 KiB: few writes, and no copy of the whole. */
function* batched(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  const target = 64 * 1024;
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const chunk of chunks) {
    batch.push(chunk);
    size += chunk.length;
    if (size < target) continue;
    // One that is large enough by itself goes as it is.
    yield batch.length === 1 ? chunk : Buffer.concat(batch, size);
    batch = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(batch, size);
}
