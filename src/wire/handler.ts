import type { Clock } from '../base/clock.ts';
import type { Crypto } from '../base/crypto.ts';
import type { Log } from '../base/log.ts';
import { ApiError, badRequest, internal, tooLargeRequest } from '../api/errors.ts';
import type { ApiCall, ApiResult, ApiServer, Credentials, Impersonation, NonResourceCall } from '../api/call.ts';
import {
  BodyTooLargeError,
  ClientGoneError,
  type HttpHandler,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from '../net/http.ts';
import { stringifyJson } from '../codec/json.ts';
import { text, utf8 } from '../codec/bytes.ts';
import { first, type Query } from './options.ts';
import { negotiate, parseAccept, wantsPretty, type Representation } from './negotiation.ts';
import { parsePath, parseQuery } from './path.ts';
import { readResourceCall } from './resource-call.ts';
import { writeList, writeObject } from './encode.ts';
import { streamWatch } from './watch-stream.ts';

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
    serve(request, response, options).catch((error: unknown) => {
      if (error instanceof ClientGoneError || request.signal.aborted) return;
      const asApiError = error instanceof ApiError ? error : internal(error);
      if (asApiError.code >= 500) options.log.error(error, 'request failed', { method: request.method, target: request.target });
      writeError(asApiError, request, response, options);
    });
  };
}

async function serve(request: HttpRequest, response: HttpResponse, options: WireOptions): Promise<void> {
  const cut = request.target.indexOf('?');
  const path = cut < 0 ? request.target : request.target.slice(0, cut);
  const query = parseQuery(cut < 0 ? '' : request.target.slice(cut + 1));
  const target = parsePath(path);
  if (!target) throw badRequest(`invalid URL escape in ${JSON.stringify(path)}`);

  const caller = callerOf(request);
  if (target.type === 'path') {
    const result = await options.api(nonResourceCall(request, target.path, query, caller));
    // Who serves a path that is no resource has chosen among the Accept header's types himself.
    if (result.type !== 'bytes') throw internal(new Error(`${target.path} was answered with a ${result.type}`));
    return writeBytes(result, commonHeaders(options), request, response);
  }
  const call = await readResourceCall(request, target, query, caller, () => bodyOf(request));
  const representation = representationOf(request, query, call.verb === 'watch');
  return writeResult(await options.api(call), representation, request, response, options, query);
}

const representationOf = (request: HttpRequest, query: Query, watch = false): Representation =>
  negotiate(request.header('accept'), wantsPretty(first(query, 'pretty'), request.header('user-agent')), watch);

async function bodyOf(request: HttpRequest): Promise<Uint8Array> {
  try {
    return await request.body(maxBodyBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw tooLargeRequest(`Request entity too large: limit is ${error.maxBytes}`);
    throw error;
  }
}

type Caller = Pick<ApiCall, 'credentials' | 'impersonate' | 'userAgent' | 'sourceAddress' | 'signal'>;

function callerOf(request: HttpRequest): Caller {
  return {
    credentials: credentialsOf(request),
    impersonate: impersonationOf(request),
    userAgent: request.header('user-agent'),
    sourceAddress: request.remoteAddress,
    signal: request.signal,
  };
}

function credentialsOf(request: HttpRequest): Credentials {
  // Upstream asks certificates before tokens.
  if (request.peer) return { by: 'certificate', ...request.peer };
  const [scheme = '', token = ''] = (request.header('authorization') ?? '').trim().split(/\s+/, 2);
  return scheme.toLowerCase() === 'bearer' && token !== '' ? { by: 'token', token } : { by: 'nothing' };
}

function impersonationOf(request: HttpRequest): Impersonation | undefined {
  const name = request.header('impersonate-user');
  const groups = request.header('impersonate-group');
  const uid = request.header('impersonate-uid');
  const extra: Record<string, string[]> = {};
  for (const header of request.headerNames()) {
    if (!header.startsWith('impersonate-extra-')) continue;
    extra[decodeURIComponent(header.slice('impersonate-extra-'.length))] = (request.header(header) ?? '').split(', ');
  }
  if (name === undefined) {
    if (groups === undefined && uid === undefined && Object.keys(extra).length === 0) return undefined;
    throw badRequest(`requested [${groups ?? uid ?? Object.keys(extra).join(' ')}] without impersonating a user`);
  }
  return {
    name,
    ...(uid !== undefined && { uid }),
    groups: groups === undefined ? [] : groups.split(', '),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function nonResourceCall(request: HttpRequest, path: string, query: Query, caller: Caller): NonResourceCall {
  return {
    ...caller,
    verb: request.method.toLowerCase() as NonResourceCall['verb'],
    path,
    query,
    accept: parseAccept(request.header('accept')).map(({ type, parameters }) =>
      [type, ...[...parameters].map(([name, value]) => `${name}=${value}`)].join(';'),
    ),
  };
}

async function writeResult(
  result: ApiResult,
  representation: Representation,
  request: HttpRequest,
  response: HttpResponse,
  options: WireOptions,
  query: Query,
): Promise<void> {
  const headers = { ...commonHeaders(options), ...warningHeaders(result.warnings ?? []) };
  const render = { representation, nowMs: options.clock.now(), includeObject: first(query, 'includeObject') };
  switch (result.type) {
    case 'object':
      return writeObject(result, render, headers, response);
    case 'list':
      return writeList(result, render, headers, response);
    case 'watch':
      return streamWatch(result, render, headers, response, request.signal);
    case 'bytes':
      return writeBytes(result, headers, request, response);
    case 'upgrade':
      throw internal(new Error('this connection cannot be upgraded'));
  }
}

async function writeBytes(
  { code, contentType, body, etag }: Extract<ApiResult, { type: 'bytes' }>,
  headers: HttpHeaders,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  const all: HttpHeaders = { ...headers, 'content-type': contentType, ...(etag !== undefined && { etag, vary: 'Accept' }) };
  if (etag !== undefined && request.header('if-none-match') === etag) return response.send(304, all, []);
  if (body instanceof Uint8Array) return response.send(code, all, [body]);
  const stream = response.stream(code, all);
  let drained: (() => void) | undefined;
  stream.onDrain(() => drained?.());
  for await (const chunk of body) {
    if (request.signal.aborted) return;
    if (!stream.write(chunk)) await new Promise<void>((resolve) => (drained = resolve));
  }
  stream.end();
}

function writeError(error: ApiError, request: HttpRequest, response: HttpResponse, options: WireOptions): void {
  const retryAfter = error.details?.retryAfterSeconds;
  const pretty = wantsPretty(undefined, request.header('user-agent'));
  response.send(
    error.code,
    {
      ...commonHeaders(options),
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(error.code === 401 && { 'www-authenticate': 'Bearer realm="kubernetes-master"' }),
    },
    [utf8(`${stringifyJson(error.status, pretty ? 2 : undefined)}\n`)],
  );
}

const commonHeaders = ({ crypto }: WireOptions): HttpHeaders => ({
  'audit-id': crypto.uuid(),
  'cache-control': 'no-cache, private',
});

/** RFC 7234 warnings as Kubernetes sends them: code 299, no agent, the text quoted. */
function warningHeaders(warnings: readonly string[]): HttpHeaders {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((warning) => `299 - "${headerSafe(warning).replace(/[\\"]/g, '\\$&')}"`) };
}

/** Header values are Latin-1 without control characters; anything else would make the answer fail. */
const headerSafe = (value: string): string => text(utf8(value)).replace(/[^\x20-\x7e]/g, '?');
