import type { ApiError } from '../api/errors.ts';
import type {
  DeleteOptions,
  GetOptions,
  ListOptions,
  PatchOptions,
  PatchType,
  ResourceRef,
  WatchOptions,
  WriteOptions,
} from '../api/call.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject, ListMeta, Status } from '../api/meta.ts';

/**
 * A typed client: the same for a component beside the API server and for one across the network
 * (`client/local.ts`, `client/remote.ts`). Calls reject with `ApiError`. Objects it hands out may be
 * shared and must not be changed.
 */
export interface Client {
  get<O extends KubeObject>(kind: Kind<O>, at: At, options?: GetOptions): Promise<O>;
  list<O extends KubeObject>(kind: Kind<O>, within?: Within, options?: ListOptions): Promise<List<O>>;
  /** Begins at `options.resourceVersion`; with none, with what there is now. */
  watch<O extends KubeObject>(kind: Kind<O>, within: Within, options: WatchOptions, sink: WatchEvents<O>): Watch;
  /** The namespace and name come from the object. */
  create<O extends KubeObject>(kind: Kind<O>, object: O, options?: WriteOptions): Promise<O>;
  update<O extends KubeObject>(kind: Kind<O>, object: O, options?: WriteOptions): Promise<O>;
  updateStatus<O extends KubeObject>(kind: Kind<O>, object: O, options?: WriteOptions): Promise<O>;
  patch<O extends KubeObject>(kind: Kind<O>, at: At, type: PatchType, patch: unknown, options?: PatchOptions & Part): Promise<O>;
  apply<O extends KubeObject>(kind: Kind<O>, object: O, options: PatchOptions & Part & { readonly fieldManager: string }): Promise<O>;
  /** The object when it lives on (finalizers, grace), else a Status. */
  delete<O extends KubeObject>(kind: Kind<O>, at: At, options?: DeleteOptions): Promise<O | Status>;
  deleteCollection<O extends KubeObject>(kind: Kind<O>, within: Within, options?: DeleteOptions, list?: ListOptions): Promise<void>;
  /** Any subresource: `binding`, `eviction`, `token`, `scale`. */
  createSub<R extends KubeObject>(at: ResourceRef, body: KubeObject, options?: WriteOptions): Promise<R>;
  getSub<R extends KubeObject>(at: ResourceRef): Promise<R>;
  updateSub<R extends KubeObject>(at: ResourceRef, body: KubeObject, options?: WriteOptions): Promise<R>;
}

export interface At {
  readonly namespace?: string;
  readonly name: string;
}
/** All namespaces when absent. */
export interface Within {
  readonly namespace?: string;
}
export interface Part {
  readonly subresource?: string;
}

export interface List<O> {
  readonly metadata: ListMeta;
  readonly items: readonly O[];
}

export interface WatchEvents<O> {
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: O): void;
  /** The watch is over; `error` says why, absent when it was merely its time. Not called after `cancel`. */
  end(error?: ApiError): void;
}

export interface Watch {
  cancel(): void;
}
