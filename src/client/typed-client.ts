import type { ApiCall, ApiResult, ApiServer, Credentials, ResourceCall, ResourceRef, WatchFrame } from '../api/call.ts';
import { ApiError, internal } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import { apiVersionOf, type KubeObject, type Status } from '../api/meta.ts';
import type { At, Client, List, Part, Within } from './client.ts';

export interface TypedClientOptions {
  /** The server function itself, or `remoteApi`'s stand-in for one across the network. */
  readonly api: ApiServer;
  readonly credentials: Credentials;
  /** `User-Agent`, from which the server also names field managers. */
  readonly userAgent?: string;
}

/** The typed client over any API server function. */
export function typedClient({ api, credentials, userAgent }: TypedClientOptions): Client {
  const base = { credentials, userAgent };
  const object = async <O>(call: ResourceCall): Promise<O> => objectOf(await api(call)) as O;

  return {
    get: (kind, at, options) => object({ ...base, verb: 'get', resource: refOf(kind, at), options }),

    async list<O extends KubeObject>(kind: Kind<O>, within: Within = {}, options = {}): Promise<List<O>> {
      const result = await api({ ...base, verb: 'list', resource: refOf(kind, within), options });
      if (result.type !== 'list') throw unexpected(result);
      return { metadata: result.list.metadata, items: result.list.items.map((item) => item.object as O) };
    },

    watch(kind, within, options, sink) {
      let cancel: (() => void) | undefined;
      const gone = new AbortController();
      api({ ...base, verb: 'watch', resource: refOf(kind, within), options, signal: gone.signal }).then(
        (result) => {
          if (gone.signal.aborted) return;
          if (result.type !== 'watch') return sink.end(unexpected(result));
          const subscription = result.start({
            frame: (frame: WatchFrame) => {
              if (!gone.signal.aborted) sink.event(frame.type, frame.object as never);
            },
            end: (error) => {
              if (!gone.signal.aborted) sink.end(error);
            },
          });
          cancel = () => subscription.cancel();
          if (gone.signal.aborted) cancel();
        },
        (error: unknown) => {
          if (!gone.signal.aborted) sink.end(error instanceof ApiError ? error : internal(error));
        },
      );
      return {
        cancel: () => {
          gone.abort();
          cancel?.();
        },
      };
    },

    create: (kind, value, options) => {
      const { namespace } = value.metadata;
      return object({ ...base, verb: 'create', resource: refOf(kind, { namespace }), options, body: { object: typed(kind, value) } });
    },
    update: (kind, value, options) =>
      object({ ...base, verb: 'update', resource: refOf(kind, nameOf(value)), options, body: { object: typed(kind, value) } }),
    updateStatus: (kind, value, options) => {
      const resource = { ...refOf(kind, nameOf(value)), subresource: 'status' };
      return object({ ...base, verb: 'update', resource, options, body: { object: typed(kind, value) } });
    },
    patch: (kind, at, patchType, patch, { subresource, ...options } = {}) => {
      const resource = { ...refOf(kind, at), subresource };
      return object({ ...base, verb: 'patch', resource, patchType, options, body: { object: patch } });
    },
    apply: (kind, value, { subresource, ...options }) => {
      const resource = { ...refOf(kind, nameOf(value)), subresource };
      return object({ ...base, verb: 'patch', resource, patchType: 'apply', options, body: { object: typed(kind, value) } });
    },
    delete: <O extends KubeObject>(kind: Kind<O>, at: At, options = {}) =>
      object<O | Status>({ ...base, verb: 'delete', resource: refOf(kind, at), options }),
    async deleteCollection(kind, within, options, list) {
      await api({ ...base, verb: 'deletecollection', resource: refOf(kind, within), options, list });
    },

    createSub: (resource, value, options) => object({ ...base, verb: 'create', resource, options, body: { object: value } }),
    getSub: (resource) => object({ ...base, verb: 'get', resource }),
    updateSub: (resource, value, options) => object({ ...base, verb: 'update', resource, options, body: { object: value } }),
  };
}

/** Where objects of a kind live: its collection, or one of them with a name. */
export function refOf(
  { group, version, plural, namespaced }: Pick<Kind, 'group' | 'version' | 'plural' | 'namespaced'>,
  at: Partial<At> & Part,
): ResourceRef {
  return {
    group,
    version,
    resource: plural,
    ...(namespaced && at.namespace !== undefined && { namespace: at.namespace }),
    ...(at.name !== undefined && { name: at.name }),
    ...(at.subresource !== undefined && { subresource: at.subresource }),
  };
}

function nameOf({ metadata }: KubeObject): At {
  return { namespace: metadata.namespace, name: metadata.name ?? '' };
}

/** Callers may leave out what the kind says anyway. */
const typed = <O extends KubeObject>(kind: Kind<O>, object: O): O => ({ apiVersion: apiVersionOf(kind), kind: kind.kind, ...object });

function objectOf(result: ApiResult): KubeObject {
  if (result.type !== 'object') throw unexpected(result);
  return result.value.object;
}

const unexpected = (result: ApiResult): ApiError => internal(new Error(`the server answered with a ${result.type}`));

/** For non-resource paths: `/version`, `/healthz` … */
export async function getPath(api: ApiServer, credentials: Credentials, path: string): Promise<Uint8Array> {
  const call: ApiCall = { credentials, verb: 'get', path, query: new Map(), accept: ['application/json'] };
  const result = await api(call);
  if (result.type !== 'bytes' || !(result.body instanceof Uint8Array)) throw unexpected(result);
  return result.body;
}
