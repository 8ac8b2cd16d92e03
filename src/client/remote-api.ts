import { ApiError } from '../api/errors.ts';
import type {
  ApiCall,
  ApiResult,
  ApiServer,
  Body,
  Encodable,
  NonResourceCall,
  ResourceCall,
  ResourceRef,
  Subscription,
  WatchFrame,
  WatchSink,
} from '../api/call.ts';
import type { KubeObject, ListMeta, Status } from '../api/meta.ts';
import { concatBytes, text, utf8 } from '../codec/bytes.ts';
import { parseJson, stringifyJson } from '../codec/json.ts';
import type { ClientResponse, HttpsClient } from '../net/https-client.ts';
import { toHeader } from '../net/header-text.ts';
import { warningTexts } from '../net/warning-header.ts';

/**
 * An API server across the network, as the same function a local one is. Credentials of the call
 * that TLS does not carry (a bearer token) go into its headers.
 */
export function remoteApi(http: HttpsClient): ApiServer {
  return async (call) => {
    try {
      return 'path' in call ? await callPath(http, call) : await callResource(http, call);
    } catch (error) {
      throw connectionError(error);
    }
  };
}

/** What is no answer of the server's has no code. */
const connectionError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError(0, '', error instanceof Error ? error.message : String(error), undefined, { cause: error });

async function callPath(http: HttpsClient, call: NonResourceCall): Promise<ApiResult> {
  const accept = call.accept.length > 0 ? call.accept.join(', ') : '*/*';
  const path = call.path.split('/').map(encodeURIComponent).join('/') + queryText(flatten(call.query));
  const response = await http.send({ method: call.verb.toUpperCase(), path, headers: { ...headersOf(call), accept }, signal: call.signal });
  if (response.status >= 400) throw await errorOf(response);
  const contentType = response.header('content-type') ?? '';
  return { type: 'bytes', code: response.status, contentType, body: await response.bytes(), etag: response.header('etag') };
}

async function callResource(http: HttpsClient, call: ResourceCall): Promise<ApiResult> {
  const body = bodyOf(call);
  const response = await http.send({
    method: call.verb === 'connect' ? call.method : methods[call.verb],
    path: resourcePath(call.resource) + queryText(queryOf(call)),
    headers: { ...headersOf(call), accept: acceptOf(call), ...(body && { 'content-type': contentTypeOf(call) }) },
    body,
    signal: call.signal,
  });
  if (response.status >= 400) throw await errorOf(response);
  const said = warningTexts(response.headers('warning'));
  const warnings = said.length > 0 ? { warnings: said } : {};
  if (call.verb === 'watch') return { type: 'watch', start: (sink) => pump(response, sink), ...warnings };
  const contentType = response.header('content-type') ?? '';
  if (!contentType.startsWith('application/json')) {
    // Logs, and what is proxied.
    const body = response.header('content-length') === undefined ? response.chunks() : await response.bytes();
    return { type: 'bytes', code: response.status, contentType, body, ...warnings };
  }
  const value = parseJson(text(await response.bytes())) as KubeObject & { readonly items?: KubeObject[] };
  if (call.verb === 'list' || (call.verb === 'deletecollection' && value.items)) return { type: 'list', list: listOf(value), ...warnings };
  return { type: 'object', code: response.status as 200, value: encodable(value), ...warnings };
}

const methods: Readonly<Record<Exclude<ResourceCall['verb'], 'connect'>, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/** Logs are text. */
const acceptOf = ({ verb, resource }: ResourceCall): string =>
  verb === 'connect' || resource.subresource === 'log' ? '*/*' : 'application/json';

const patchMediaTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function contentTypeOf(call: ResourceCall): string {
  if (call.verb === 'patch') return patchMediaTypes[call.patchType];
  return 'body' in call && call.body && 'bytes' in call.body ? call.body.mediaType : 'application/json';
}

function bodyOf(call: ResourceCall): Uint8Array | undefined {
  if ('body' in call && call.body) return encodeBody(call.body);
  if (call.verb !== 'delete' && call.verb !== 'deletecollection') return undefined;
  return utf8(stringifyJson({ kind: 'DeleteOptions', apiVersion: 'v1', ...call.options }));
}

// JSON is YAML, so an apply's object goes out as JSON too.
const encodeBody = (body: Body): Uint8Array => ('bytes' in body ? body.bytes : utf8(stringifyJson(body.object)));

export function resourcePath({ group, version, namespace, resource, name, subresource }: ResourceRef): string {
  const segments = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

type Pair = readonly [name: string, value: string];

function queryOf(call: ResourceCall): Pair[] {
  switch (call.verb) {
    case 'list':
      return pairs(call.options);
    case 'watch':
      return [['watch', 'true'], ...pairs(call.options)];
    case 'create':
    case 'update':
    case 'patch':
      return pairs(call.options);
    case 'deletecollection':
      return pairs(call.list);
    case 'get': {
      const { query = new Map<string, string[]>(), resourceVersion } = call.options ?? {};
      return [...(query.has('resourceVersion') ? [] : pairs({ resourceVersion })), ...flatten(query)];
    }
    case 'connect':
      return flatten(call.query);
    default:
      return [];
  }
}

const flatten = (query: ReadonlyMap<string, readonly string[]>): Pair[] =>
  [...query].flatMap(([name, values]) => values.map((value) => [name, value] as const));

function pairs(options: object | undefined): Pair[] {
  return Object.entries(options ?? {}).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const);
  });
}

function queryText(query: readonly Pair[]): string {
  return query.length === 0 ? '' : `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function headersOf({ credentials, impersonate, userAgent, auditId }: ApiCall): Record<string, string | readonly string[]> {
  const extra = Object.entries(impersonate?.extra ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values.map(toHeader)] as const,
  );
  return {
    ...(userAgent !== undefined && { 'user-agent': toHeader(userAgent) }),
    ...(auditId !== undefined && { 'audit-id': auditId }),
    ...(credentials.by === 'token' && { authorization: `Bearer ${credentials.token}` }),
    ...(impersonate && { 'impersonate-user': toHeader(impersonate.name), 'impersonate-group': impersonate.groups.map(toHeader) }),
    ...(impersonate?.uid !== undefined && { 'impersonate-uid': toHeader(impersonate.uid) }),
    ...Object.fromEntries(extra),
  };
}

async function errorOf(response: ClientResponse): Promise<ApiError> {
  const body = text(await response.bytes());
  try {
    const status = parseJson(body) as Partial<Status>;
    if (status?.kind === 'Status') return ApiError.fromStatus(status);
  } catch {
    // Not a Status: some proxy's page.
  }
  return new ApiError(response.status, '', body.trim() || `the server answered ${response.status}`);
}

function listOf(value: { apiVersion?: string; kind?: string; metadata: ListMeta; items?: KubeObject[] }) {
  const kind = value.kind ?? 'List';
  const apiVersion = value.apiVersion ?? 'v1';
  // Items of a list come without their type; readers expect it as the local server gives it.
  const item = { apiVersion, kind: kind.replace(/List$/, '') };
  return { apiVersion, kind, metadata: value.metadata, items: (value.items ?? []).map((one) => encodable({ ...item, ...one })) };
}

function encodable(object: KubeObject): Encodable {
  return { object, json: () => [utf8(stringifyJson(object))] };
}

/** Hands over JSON lines until the server ends the answer, and reads no further while the sink is paused. */
function pump(response: ClientResponse, sink: WatchSink): Subscription {
  let over = false;
  let wake = () => {};
  const end = (error?: ApiError) => {
    if (over) return;
    over = true;
    sink.end(error);
  };
  const read = async () => {
    for await (const line of linesOf(response.chunks())) {
      if (over) return;
      const { type, object } = parseJson(line) as { type: WatchFrame['type'] | 'ERROR'; object: KubeObject };
      if (type === 'ERROR') return end(ApiError.fromStatus(object as unknown as Partial<Status>));
      const resumed = new Promise<void>((resolve) => (wake = resolve));
      if (sink.frame({ type, ...encodable(object), line: () => utf8(`${line}\n`) }) === false) await resumed;
    }
  };
  read().then(
    () => end(),
    (error: unknown) => end(connectionError(error)),
  );
  return {
    resume: () => wake(),
    cancel() {
      over = true;
      response.cancel();
      wake();
    },
  };
}

/** Whole lines, however the chunks fall; what follows the last newline is dropped. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield text(concatBytes([...rest, chunk.subarray(start, end)]));
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
}

const newline = 10;
