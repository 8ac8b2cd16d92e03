/** HTTP as `wire/` sees it: one shape for HTTP/1.1 and HTTP/2, no socket in sight. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as the client sent them, still percent-encoded. */
  readonly target: string;
  /** The value of a header by its lower-case name; several are joined with `, `. */
  header(name: string): string | undefined;
  /** The values of a header that may come several times, each as it was sent. */
  headerValues(name: string): readonly string[];
  /** Names of all headers, in lower case. */
  headerNames(): readonly string[];
  /**
   * The whole body. Rejects with `BodyTooLargeError` past `maxBytes` (nothing more is kept), with
   * `BodyTimeoutError` when it does not come in time, and with `ClientGoneError` when the client goes.
   */
  body(maxBytes: number): Promise<Uint8Array>;
  /** The client's certificate, if TLS verified it against the client CA. */
  readonly peer?: PeerCertificate;
  /** The client showed a certificate that is expired or that the client CA did not sign. */
  readonly peerRefused: boolean;
  readonly remoteAddress: string;
  /** Aborts when the client has gone before the answer was finished, or the server is about to. */
  readonly signal: AbortSignal;
}

export interface PeerCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** SHA-256 of the DER form, in lower-case hex. */
  readonly fingerprint: string;
}

export interface HttpResponse {
  /**
   * Answers at once and wholly; nothing happens when an answer has begun already. For HEAD the chunks
   * are counted, not sent. Throws for headers that HTTP cannot carry.
   */
  send(status: number, headers: HttpHeaders, chunks: readonly Uint8Array[]): void;
  /** Begins an answer of unknown length. */
  stream(status: number, headers: HttpHeaders): HttpBody;
  /** Breaks off, so that the client sees that something is missing. */
  destroy(): void;
}

export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface HttpBody {
  /** `false` when the client reads too slowly and `onDrain` should be waited for. */
  write(chunk: Uint8Array): boolean;
  onDrain(listener: () => void): void;
  end(): void;
}

export type HttpHandler = (request: HttpRequest, response: HttpResponse) => void;

export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`request body larger than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}

export class BodyTimeoutError extends Error {
  override name = 'BodyTimeoutError';
}

export class ClientGoneError extends Error {
  override name = 'ClientGoneError';
}
