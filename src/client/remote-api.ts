import { ApiError, internal } from '../api/errors.ts';
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

/**
 * An API server across the network, as the same function a local one is. Credentials of the call
 * that TLS does not carry (a bearer token) go into its headers.
 */
export function remoteApi(http: HttpsClient): ApiServer {
  return async (call) => {
    try {
      return 'path' in call ? await callPath(http, call) : await callResource(http, call);
    } catch (error) {
      throw error instanceof ApiError
        ? error
        : new ApiError(0, '', error instanceof Error ? error.message : String(error), undefined, { cause: error });
    }
  };
}

async function callPath(http: HttpsClient, call: NonResourceCall): Promise<ApiResult> {
  const accept = call.accept.length > 0 ? call.accept.join(', ') : '*/*';
  const path = call.path + queryText([...call.query].flatMap(([name, values]) => values.map((value) => [name, value] as const)));
  const response = await http.send({ method: call.verb.toUpperCase(), path, headers: { ...headersOf(call), accept }, signal: call.signal });
  if (response.status >= 400) throw await errorOf(response);
  const contentType = response.header('content-type') ?? '';
  return { type: 'bytes', code: response.status, contentType, body: await response.bytes(), etag: response.header('etag') };
}

async function callResource(http: HttpsClient, call: ResourceCall): Promise<ApiResult> {
  const body = bodyOf(call);
  const response = await http.send({
    method: methods[call.verb],
    path: resourcePath(call.resource) + queryText(queryOf(call)),
    headers: { ...headersOf(call), accept: 'application/json', ...(body && { 'content-type': contentTypeOf(call) }) },
    body,
    signal: call.signal,
  });
  if (response.status >= 400) throw await errorOf(response);
  const warnings = response.headers('warning').map(warningText);
  if (call.verb === 'watch') return { type: 'watch', start: (sink) => pump(response, sink), warnings };
  const value = parseJson(text(await response.bytes())) as KubeObject & { readonly items?: KubeObject[] };
  if (call.verb === 'list' || (call.verb === 'deletecollection' && value.items)) return { type: 'list', list: listOf(value), warnings };
  return { type: 'object', code: response.status as 200, value: encodable(value), warnings };
}

const methods: Readonly<Record<ResourceCall['verb'], string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  connect: 'GET',
};

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
    case 'get':
      return [...(call.options?.query ?? [])].flatMap(([name, values]) => values.map((value) => [name, value] as const));
    default:
      return [];
  }
}

function pairs(options: object | undefined): Pair[] {
  return Object.entries(options ?? {}).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const);
  });
}

function queryText(query: readonly Pair[]): string {
  return query.length === 0 ? '' : `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function headersOf({ credentials, impersonate, userAgent }: ApiCall): Record<string, string | readonly string[]> {
  const extra = Object.entries(impersonate?.extra ?? {}).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values] as const,
  );
  return {
    ...(userAgent !== undefined && { 'user-agent': userAgent }),
    ...(credentials.by === 'token' && { authorization: `Bearer ${credentials.token}` }),
    ...(impersonate && { 'impersonate-user': impersonate.name, 'impersonate-group': impersonate.groups }),
    ...(impersonate?.uid !== undefined && { 'impersonate-uid': impersonate.uid }),
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

/** `299 - "text"`, unquoted. */
const warningText = (header: string): string => header.replace(/^\d+ \S+ "([\s\S]*)"$/, '$1').replace(/\\(.)/g, '$1');

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

/** Hands over JSON lines until the server ends the answer. Pausing a remote watch is TCP's own business. */
function pump(response: ClientResponse, sink: WatchSink): Subscription {
  const state = { over: false };
  const end = (error?: ApiError) => {
    if (state.over) return;
    state.over = true;
    sink.end(error);
  };
  const read = async () => {
    for await (const line of linesOf(response.chunks())) {
      if (state.over) return;
      const { type, object } = parseJson(line) as { type: WatchFrame['type'] | 'ERROR'; object: KubeObject };
      if (type === 'ERROR') end(ApiError.fromStatus(object as unknown as Partial<Status>));
      else sink.frame({ type, ...encodable(object), line: () => utf8(`${line}\n`) });
    }
  };
  read().then(
    () => end(),
    (error: unknown) => end(internal(error)),
  );
  return {
    resume() {},
    cancel: () => {
      state.over = true;
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
