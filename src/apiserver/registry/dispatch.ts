import type { ApiResult, ResourceCall } from '../../api/call.ts';
import { ApiError, badRequest, methodNotSupported, notFound } from '../../api/errors.ts';
import { applySchemaDefaults, decodeBody } from '../../api/decode.ts';
import type { Kind, ResourceVerb } from '../../api/kind.ts';
import type { LocalApi } from '../../api/local-api.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { definitionOf, schemaOf } from '../../api/schemas.ts';
import { virtualKey, type CallContext, type NodeConnector, type VirtualKinds } from '../ports.ts';
import type { Storages } from '../storage/storages.ts';
import { answerValue } from './answer.ts';
import { createBinding } from './binding.ts';
import { connect, readLog } from './connect.ts';
import { create } from './create.ts';
import { deleteCollection } from './delete-collection.ts';
import { deleteOne } from './delete.ts';
import { createEviction } from './eviction.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import type { RequestTo, ResourceRequest } from './request.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { update } from './update.ts';
import { watch, type WatchDeps } from './watch.ts';
import type { WriteDeps } from './write-deps.ts';

export interface DispatchDeps extends WriteDeps, WatchDeps {
  readonly kinds: () => KindRegistry;
  readonly storages: Storages;
  readonly virtualKinds: VirtualKinds;
  /** Kinds that somebody else in this process serves. */
  readonly localApis: ReadonlyMap<Kind, LocalApi>;
  readonly connector?: NodeConnector;
}

/** Hands a call that is allowed to whoever serves its verb and subresource. */
export async function dispatch(call: ResourceCall, context: CallContext, deps: DispatchDeps): Promise<ApiResult> {
  const kind = kindOf(call, deps);
  if (kind.deprecation) context.warnings.push(kind.deprecation);
  const localApi = deps.localApis.get(kind);
  if (localApi) return serveLocally(call, kind, localApi);
  const handler = deps.virtualKinds.get(virtualKey(kind));
  if (handler && call.resource.subresource === undefined) return review(call, context, kind, handler);
  const request: ResourceRequest = {
    call,
    context,
    kind,
    storage: deps.storages.of(kind),
    ...(kind.namespaced && call.resource.namespace !== undefined && { namespace: call.resource.namespace }),
    name: call.resource.name ?? '',
  };
  // A Binding is not kept either; it names the pod that it binds.
  if (kind.group === '' && kind.kind === 'Binding' && call.verb === 'create')
    return createBinding(request as RequestTo<'create'>, withStorages(deps));
  return call.resource.subresource === undefined ? serve(request, deps) : serveSubresource(request, deps);
}

function kindOf({ resource: { group, version, resource, namespace, name } }: ResourceCall, { kinds }: DispatchDeps): Kind {
  const kind = kinds().byResource(group, version, resource);
  // A path that does not fit the kind's scope names nothing.
  if (!kind || (!kind.namespaced && namespace !== undefined) || (kind.namespaced && namespace === undefined && name !== undefined))
    throw noSuchPath();
  return kind;
}

export const noSuchPath = (): ApiError => new ApiError(404, 'NotFound', 'the server could not find the requested resource');

async function serveLocally(call: ResourceCall, kind: Kind, api: LocalApi): Promise<ApiResult> {
  if (call.resource.subresource !== undefined) throw noSuchPath();
  if (call.verb === 'connect' || !kind.verbs.includes(call.verb)) throw notAllowed(kind, call.verb);
  return api.serve(call, kind);
}

async function serve(request: ResourceRequest, deps: DispatchDeps): Promise<ApiResult> {
  const { call, kind } = request;
  if (call.verb === 'connect' || !kind.verbs.includes(call.verb)) throw notAllowed(kind, call.verb);
  return verbs[call.verb](request as never, deps);
}

/** The server's verbs; each function has its own file. */
const verbs: Readonly<Record<ResourceVerb, (request: never, deps: DispatchDeps) => Promise<ApiResult>>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};

const notAllowed = ({ group, plural }: Kind, verb: string): ApiError => methodNotSupported({ group, resource: plural }, verb);

async function serveSubresource(request: ResourceRequest, deps: DispatchDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const name = call.resource.subresource!;
  const { subresources, strategy } = kind;
  if (name === 'status' && subresources.status) return serveStatus(request, deps);
  if (name === 'scale' && subresources.scale) return serveScale(request, deps);
  const info = subresources.others?.[name];
  if (!info) throw noSuchPath();
  const handler = deps.virtualKinds.get(virtualKey(info));
  if (handler && call.verb === 'create') return reviewSubresource(request, info, handler);
  if (call.verb === 'create' && name === 'eviction') return createEviction(request as RequestTo<'create'>, withStorages(deps));
  if (call.verb === 'create' && name === 'binding') return createBinding(request as RequestTo<'create'>, withStorages(deps));
  if (call.verb === 'get' && name === 'log') return readLog(request as RequestTo<'get'>, withStorages(deps));
  if (call.verb === 'connect') return connect(request as RequestTo<'connect'>, withStorages(deps));
  if (strategy.subresourceUpdates?.[name]) return serveStatus(request, deps);
  throw notAllowed(kind, call.verb);
}

/** Subresources that read and write the object itself. */
async function serveStatus(request: ResourceRequest, deps: DispatchDeps): Promise<ApiResult> {
  const { call, kind } = request;
  if (call.verb === 'get') return get(request as RequestTo<'get'>);
  if (call.verb === 'update') return update(request as RequestTo<'update'>, deps);
  if (call.verb === 'patch') return patch(request as RequestTo<'patch'>, deps);
  throw notAllowed(kind, call.verb);
}

async function serveScale(request: ResourceRequest, deps: DispatchDeps): Promise<ApiResult> {
  const { call, kind } = request;
  if (call.verb === 'get') return getScale(request as RequestTo<'get'>);
  if (call.verb === 'update') return updateScale(request as RequestTo<'update'>, deps);
  if (call.verb === 'patch') return patchScale(request as RequestTo<'patch'>, deps);
  throw notAllowed(kind, call.verb);
}

const withStorages = (deps: DispatchDeps) => ({ ...deps, storageOf: (kind: Kind) => deps.storages.of(kind) });

type Handler = NonNullable<ReturnType<VirtualKinds['get']>>;

/** Kinds that are asked and not kept. */
async function review(call: ResourceCall, context: CallContext, kind: Kind, handler: Handler): Promise<ApiResult> {
  if (call.verb !== 'create') throw notAllowed(kind, call.verb);
  if (kind.namespaced && call.resource.namespace === undefined) throw badRequest('an empty namespace may not be set during creation');
  const { object, warnings } = decodeBody(call.body, kind, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  applySchemaDefaults(object, kind.schema());
  if (kind.namespaced) object.metadata.namespace ??= call.resource.namespace;
  return answerValue(await handler(call, context, object), 201, kind);
}

async function reviewSubresource(
  { call, context }: ResourceRequest,
  info: Parameters<typeof virtualKey>[0],
  handler: Handler,
): Promise<ApiResult> {
  const definition = definitionOf(apiVersionOf(info), info.kind);
  if (call.verb !== 'create' || !definition) throw notFound({ group: info.group, resource: info.kind }, '');
  const schema = () => schemaOf(definition);
  const { object, warnings } = decodeBody(call.body, { ...info, schema }, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  applySchemaDefaults(object, schema());
  return answerValue(await handler(call, context, object), 201);
}
