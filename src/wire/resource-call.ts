import { ApiError, badRequest, unsupportedMediaType } from '../api/errors.ts';
import type { Body, BodyMediaType, PatchType, ResourceCall, ResourceRef } from '../api/call.ts';
import { exactFieldValue, fieldSelectorText, parseFieldSelector } from '../api/field-selector.ts';
import type { HttpRequest } from '../net/http.ts';
import type { Caller } from './caller.ts';
import { mediaTypesOf, servedMediaTypes } from './negotiation.ts';
import { deleteOptions, flag, getOptions, listOptions, patchOptions, watchOptions, writeOptions, type Query } from './options.ts';
import type { Target } from './path.ts';

/** Subresources whose connection is handed on. */
const streams: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** Turns a request for a resource into a call; reads the body only where the verb has one. */
export async function readResourceCall(
  request: HttpRequest,
  target: Extract<Target, { type: 'resource' }>,
  query: Query,
  caller: Caller,
  body: () => Promise<Uint8Array>,
): Promise<ResourceCall> {
  const { resource, rest } = target;
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
  if (rest !== undefined && rest !== '/') throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  if (!hasRoute(request.method, resource)) throw methodNotAllowed();
  switch (request.method) {
    case 'GET':
      return readCall(base, target, query);
    case 'POST':
      return { ...base, verb: 'create', options: writeOptions(query), body: await objectBody(request, resource, body) };
    case 'PUT':
      return { ...base, verb: 'update', options: writeOptions(query), body: await objectBody(request, resource, body) };
    case 'PATCH': {
      const patchType = patchTypeOf(request);
      const mediaType = patchType === 'apply' ? 'application/yaml' : 'application/json';
      return { ...base, verb: 'patch', patchType, options: patchOptions(query), body: { bytes: await body(), mediaType } };
    }
    case 'DELETE': {
      const sent = await optionalBody(request, body);
      const said = sent ? { body: sent } : { options: deleteOptions(query) };
      if (resource.name !== undefined) return { ...base, verb: 'delete', ...said };
      return { ...base, verb: 'deletecollection', ...said, list: listOptions(query) };
    }
    default:
      throw methodNotAllowed();
  }
}

/** Upstream's router has none for HEAD, for creating under a name, or for changing a collection. */
function hasRoute(method: string, { name, subresource }: ResourceRef): boolean {
  if (method === 'POST') return name === undefined || subresource !== undefined;
  return name !== undefined || (method !== 'PUT' && method !== 'PATCH');
}

const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

/** `?watch` counts for collections only; one object is watched by `/watch/` or by a field selector. */
function readCall(
  base: Caller & { readonly resource: ResourceRef },
  { resource, watch }: { resource: ResourceRef; watch: boolean },
  query: Query,
): ResourceCall {
  if (watch) return { ...base, ...singleWatch(resource, query) };
  if (resource.name !== undefined) return { ...base, verb: 'get', options: getOptions(query) };
  return flag(query, 'watch')
    ? { ...base, verb: 'watch', options: watchOptions(query) }
    : { ...base, verb: 'list', options: listOptions(query) };
}

/** A watch on one object is a watch on its collection with a field selector, as upstream has it. */
function singleWatch(resource: ResourceRef, query: Query): Pick<Extract<ResourceCall, { verb: 'watch' }>, 'verb' | 'resource' | 'options'> {
  const options = watchOptions(query);
  if (resource.name === undefined) return { verb: 'watch', resource, options };
  const { name, ...collection } = resource;
  const selector = parseFieldSelector(options.fieldSelector ?? '');
  if (selector.length > 0 && exactFieldValue(selector, 'metadata.name') !== name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name");
  const fieldSelector =
    selector.length > 0 ? options.fieldSelector : fieldSelectorText([{ field: 'metadata.name', operator: '=', value: name }]);
  return { verb: 'watch', resource: collection, options: { ...options, fieldSelector } };
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Upstream takes all before the first semicolon, and only as it stands. */
function patchTypeOf(request: HttpRequest): PatchType {
  const type = (request.header('content-type') ?? '').split(';', 1)[0]!;
  if (!Object.hasOwn(patchTypes, type)) throw unsupportedMediaType(Object.keys(patchTypes));
  return patchTypes[type]!;
}

async function objectBody(request: HttpRequest, resource: ResourceRef, body: () => Promise<Uint8Array>): Promise<Body> {
  const mediaType = bodyMediaType(request, mediaTypesOf(resource));
  return { bytes: await body(), mediaType };
}

async function optionalBody(request: HttpRequest, body: () => Promise<Uint8Array>): Promise<Body | undefined> {
  const bytes = await body();
  return bytes.length === 0 ? undefined : { bytes, mediaType: bodyMediaType(request, servedMediaTypes) };
}

/** A type with well-formed parameters, which mean nothing here. */
const mediaTypePattern = /^\s*([\w.+-]+\/[\w.+-]+)\s*(?:;\s*[\w.+-]+=(?:"[^"]*"|[^\s";]+)\s*)*;?\s*$/;

function bodyMediaType(request: HttpRequest, mediaTypes: readonly BodyMediaType[]): BodyMediaType {
  const sent = request.header('content-type') ?? '';
  if (sent === '') return 'application/json';
  const type = mediaTypePattern.exec(sent)?.[1]!.toLowerCase();
  const known = mediaTypes.find((one) => one === type);
  if (known) return known;
  throw unsupportedMediaType(mediaTypes);
}
