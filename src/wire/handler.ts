import type { Clock } from '../base/clock.ts';
import type { Crypto } from '../base/crypto.ts';
import type { Log } from '../base/log.ts';
import { ApiError, badRequest, internal, timedOut, tooLargeRequest } from '../api/errors.ts';
import type { ApiResult, ApiServer, NonResourceCall, ResourceCall } from '../api/call.ts';
import {
  BodyTimeoutError,
  BodyTooLargeError,
  ClientGoneError,
  type HttpHandler,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from '../net/http.ts';
import { warningHeaders } from '../net/warning-header.ts';
import { callerOf, type Caller } from './caller.ts';
import { writeList, writeObject, writeValue } from './encode.ts';
import {
  hasTable,
  mediaTypesOf,
  negotiate,
  negotiateError,
  negotiateWatch,
  parseAccept,
  wantsPretty,
  type Representation,
} from './negotiation.ts';
import { first, type Query } from './options.ts';
import { parsePath, parseQuery } from './path.ts';
import { inTime, requestTimeout } from './request-timeout.ts';
import { readResourceCall } from './resource-call.ts';
import { streamWatch } from './watch-stream.ts';
import { writeBytes } from './write-bytes.ts';

export interface WireOptions {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
}

/** kube-apiserver's limit on a request's body. */
export const maxBodyBytes = 3 * 1024 * 1024;

/** HTTP on one side, API calls on the other. Every request gets an answer; every error becomes a Status. */
export function wireHandler(options: WireOptions): HttpHandler {
  return (request, response) => {
    new Exchange(request, response, options).serve().catch((error: unknown) => {
      options.log.error(error, 'an answer could not be written', { method: request.method, target: request.target });
      response.destroy();
    });
  };
}

/** One request and its answer. */
class Exchange {
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #options: WireOptions;
  readonly #path: string;
  readonly #query: Query;
  readonly #auditId: string;

  constructor(request: HttpRequest, response: HttpResponse, options: WireOptions) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
    const target = originForm(request.target);
    const cut = target.indexOf('?');
    this.#path = cut < 0 ? target : target.slice(0, cut);
    this.#query = parseQuery(cut < 0 ? '' : target.slice(cut + 1));
    this.#auditId = request.header('audit-id') || options.crypto.uuid();
  }

  async serve(): Promise<void> {
    try {
      await this.#answer();
    } catch (error) {
      if (error instanceof ClientGoneError || this.#request.signal.aborted) return this.#response.destroy();
      this.#writeError(error instanceof ApiError ? error : internal(error), error);
    }
  }

  async #answer(): Promise<void> {
    // "OPTIONS *" asks about the server itself; Go's answers it before anybody is asked.
    if (this.#path === '*' && this.#request.method === 'OPTIONS') return this.#response.send(200, {}, []);
    const target = parsePath(this.#path);
    if (!target) throw badRequest(`invalid URL escape in ${JSON.stringify(this.#path)}`);
    const caller = callerOf(this.#request, this.#auditId);
    if (target.type === 'path')
      return this.#write(await this.#inTime(this.#options.api(this.#pathCall(target.path, caller))), () => this.#negotiate());
    const call = await readResourceCall(this.#request, target, this.#query, caller, () => this.#body());
    if (call.verb === 'connect') return this.#write(await this.#options.api(call), () => this.#negotiate());
    const representation = this.#negotiate(call);
    const result = isLong(call) ? this.#options.api(call) : this.#inTime(this.#options.api(call));
    return this.#write(await result, () => representation);
  }

  #inTime(work: Promise<ApiResult>): Promise<ApiResult> {
    const timeoutMs = requestTimeout(this.#query);
    return timeoutMs === undefined ? work : inTime(work, timeoutMs, this.#options.clock);
  }

  #negotiate(call?: ResourceCall): Representation {
    const accept = this.#request.header('accept');
    const mediaTypes = call && mediaTypesOf(call.resource);
    if (call?.verb === 'watch') return negotiateWatch(accept, mediaTypes);
    return negotiate(accept, this.#wantsPretty(), mediaTypes, !call || hasTable(call.resource));
  }

  #wantsPretty(): boolean {
    return wantsPretty(first(this.#query, 'pretty'), this.#request.header('user-agent'));
  }

  async #body(): Promise<Uint8Array> {
    try {
      return await this.#request.body(maxBodyBytes);
    } catch (error) {
      if (error instanceof BodyTooLargeError) throw tooLargeRequest(`Request entity too large: limit is ${error.maxBytes}`);
      if (error instanceof BodyTimeoutError) throw timedOut('request did not complete within the allotted timeout');
      throw error;
    }
  }

  #pathCall(path: string, caller: Caller): NonResourceCall {
    return {
      ...caller,
      verb: this.#request.method.toLowerCase() as NonResourceCall['verb'],
      path,
      query: this.#query,
      accept: parseAccept(this.#request.header('accept')).map(({ type, parameters }) =>
        [type, ...[...parameters].map(([name, value]) => `${name}=${value}`)].join(';'),
      ),
    };
  }

  async #write(result: ApiResult, representation: () => Representation): Promise<void> {
    const warnings = result.warnings ?? [];
    const headers = { ...this.#headers(), ...(warnings.length > 0 && { warning: warningHeaders(warnings) }) };
    if (result.type === 'bytes') return writeBytes(result, headers, this.#request, this.#response);
    if (result.type === 'upgrade') throw internal(new Error('this connection cannot be upgraded'));
    const includeObject = first(this.#query, 'includeObject');
    const { clock } = this.#options;
    const render = { representation: representation(), now: () => clock.now(), includeObject };
    if (result.type === 'object') return writeObject(result, render, headers, this.#response);
    if (result.type === 'list') return writeList(result, render, headers, this.#response);
    streamWatch(result, render, headers, this.#response, this.#request.signal);
  }

  #writeError(error: ApiError, cause: unknown): void {
    const { method, target } = this.#request;
    if (error.code >= 500) this.#options.log.error(cause, 'request failed', { method, target });
    const retryAfter = error.details?.retryAfterSeconds ?? 0;
    const headers = {
      ...this.#headers(),
      ...(retryAfter > 0 && { 'retry-after': String(retryAfter) }),
      ...(error.code === 403 && { 'x-content-type-options': 'nosniff' }),
    };
    const representation = negotiateError(this.#request.header('accept'), this.#wantsPretty());
    // A client's error about a server it did not reach has no HTTP status.
    const code = error.code >= 400 && error.code <= 599 ? error.code : 500;
    writeValue(error.status, code, representation, headers, this.#response);
  }

  #headers(): HttpHeaders {
    return { 'audit-id': this.#auditId, 'cache-control': 'no-cache, private' };
  }
}

/** Proxies ask for whole URLs; the host in them does not matter here. */
const originForm = (target: string): string => target.replace(/^https?:\/\/[^/?]*/i, '');

/** Watches and logs last as long as they last. */
const isLong = (call: ResourceCall): boolean => call.verb === 'watch' || call.resource.subresource === 'log';
