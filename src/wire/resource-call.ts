import { ApiError, badRequest, unsupportedMediaType } from '../api/errors.ts';
import type { ApiCall, Body, BodyMediaType, PatchType, ResourceCall, ResourceRef } from '../api/call.ts';
import type { HttpRequest } from '../net/http.ts';
import { deleteOptions, flag, getOptions, listOptions, patchOptions, watchOptions, writeOptions, type Query } from './options.ts';
import { servedMediaTypes } from './negotiation.ts';

type Caller = Pick<ApiCall, 'credentials' | 'impersonate' | 'userAgent' | 'sourceAddress' | 'signal'>;

interface ResourceTarget {
  readonly resource: ResourceRef;
  readonly rest?: string;
  readonly watch: boolean;
}

/** Subresources whose connection is handed on. */
const streams: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** Turns a request for a resource into a call; reads the body only where the verb has one. */
export async function readResourceCall(
  request: HttpRequest,
  { resource, rest, watch }: ResourceTarget,
  query: Query,
  caller: Caller,
  body: () => Promise<Uint8Array>,
): Promise<ResourceCall> {
  const base = { ...caller, resource };
  if (resource.subresource !== undefined && streams.has(resource.subresource)) {
    return {
      ...base,
      verb: 'connect',
      method: request.method,
      query: rest === undefined ? query : new Map([...query, ['path', [rest]]]),
      upgrade: request.header('upgrade'),
    };
  }
  if (rest !== undefined) throw notServed();
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      if (watch || flag(query, 'watch')) return { ...base, ...singleWatch(resource, query) };
      if (resource.name === undefined) return { ...base, verb: 'list', options: listOptions(query) };
      return { ...base, verb: 'get', options: getOptions(query) };
    case 'POST':
      return { ...base, verb: 'create', options: writeOptions(query), body: await objectBody(request, body) };
    case 'PUT':
      return { ...base, verb: 'update', options: writeOptions(query), body: await objectBody(request, body) };
    case 'PATCH': {
      const patchType = patchTypeOf(request);
      const mediaType = patchType === 'apply' ? 'application/yaml' : 'application/json';
      return { ...base, verb: 'patch', patchType, options: patchOptions(query), body: { bytes: await body(), mediaType } };
    }
    case 'DELETE': {
      const sent = await optionalBody(request, body);
      const said = { options: deleteOptions(query), ...(sent && { body: sent }) };
      if (resource.name !== undefined) return { ...base, verb: 'delete', ...said };
      return { ...base, verb: 'deletecollection', ...said, list: listOptions(query) };
    }
    default:
      throw new ApiError(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource`);
  }
}

/** A watch on one object is a watch on its collection with a field selector, as upstream has it. */
function singleWatch(resource: ResourceRef, query: Query): Pick<Extract<ResourceCall, { verb: 'watch' }>, 'verb' | 'resource' | 'options'> {
  const options = watchOptions(query);
  if (resource.name === undefined) return { verb: 'watch', resource, options };
  const { name, ...collection } = resource;
  const fieldSelector = [options.fieldSelector, `metadata.name=${name}`].filter(Boolean).join(',');
  return { verb: 'watch', resource: collection, options: { ...options, fieldSelector } };
}

const notServed = (): ApiError => new ApiError(404, 'NotFound', 'the server could not find the requested resource');

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

function patchTypeOf(request: HttpRequest): PatchType {
  const type = patchTypes[mediaTypeOf(request)];
  if (!type) throw unsupportedMediaType(Object.keys(patchTypes));
  return type;
}

/** The Content-Type without its parameters, in lower case; '' when there is none. */
const mediaTypeOf = (request: HttpRequest): string => (request.header('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();

async function objectBody(request: HttpRequest, body: () => Promise<Uint8Array>): Promise<Body> {
  const mediaType = bodyMediaType(request);
  return { bytes: await body(), mediaType };
}

async function optionalBody(request: HttpRequest, body: () => Promise<Uint8Array>): Promise<Body | undefined> {
  const bytes = await body();
  return bytes.length === 0 ? undefined : { bytes, mediaType: bodyMediaType(request) };
}

function bodyMediaType(request: HttpRequest): BodyMediaType {
  const type = mediaTypeOf(request);
  if (type === '' || type === 'application/json') return 'application/json';
  if (type === 'application/yaml' || type === 'application/vnd.kubernetes.protobuf') return type;
  if (!type.includes('/')) throw badRequest(`mime: no media type`);
  throw unsupportedMediaType(servedMediaTypes);
}
