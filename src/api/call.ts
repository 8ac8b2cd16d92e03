import type { ByteBatches } from '../codec/byte-batches.ts';
import type { ApiError } from './errors.ts';
import type { Kind } from './kind.ts';
import type { KubeObject, ListMeta } from './meta.ts';

/**
 * The API server is this function. In-process callers pass and get objects and pay no encoding;
 * `wire/` turns HTTP into calls and results into bytes. It rejects with `ApiError`, and with
 * nothing else.
 */
export type ApiServer = (call: ApiCall) => Promise<ApiResult>;

export type ApiCall = ResourceCall | NonResourceCall;

interface CallBase {
  readonly credentials: Credentials;
  /** Act as somebody else, where RBAC lets the caller (`Impersonate-*` headers). */
  readonly impersonate?: Impersonation;
  readonly userAgent?: string;
  /** The caller's IP address; absent in-process. */
  readonly sourceAddress?: string;
  /** Names the call in the audit log, as the caller chose or was told (`Audit-ID`); the server makes one up when absent. */
  readonly auditId?: string;
  /** Aborts when the caller has gone: waiting and watching end. */
  readonly signal?: AbortSignal;
}

/** Who calls, as the connection tells it; authenticators make a `User` of it. */
export type Credentials =
  | { readonly by: 'nothing' }
  | { readonly by: 'token'; readonly token: string }
  /** A client certificate that TLS verified against the client CA. */
  | { readonly by: 'certificate'; readonly commonName: string; readonly organizations: readonly string[]; readonly fingerprint?: string }
  /** In-process callers are who they say they are. */
  | { readonly by: 'identity'; readonly user: User };

export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface Impersonation {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ResourceRef {
  readonly group: string;
  readonly version: string;
  /** The plural: `pods`. */
  readonly resource: string;
  readonly subresource?: string;
  /** Absent for cluster-scoped resources, and for lists over all namespaces. */
  readonly namespace?: string;
  /** Absent for collections. */
  readonly name?: string;
}

export type ResourceCall = CallBase & { readonly resource: ResourceRef } & (
    | { readonly verb: 'get'; readonly options?: GetOptions }
    | { readonly verb: 'list'; readonly options?: ListOptions }
    | { readonly verb: 'watch'; readonly options?: WatchOptions }
    | { readonly verb: 'create'; readonly options?: WriteOptions; readonly body: Body }
    | { readonly verb: 'update'; readonly options?: WriteOptions; readonly body: Body }
    | { readonly verb: 'patch'; readonly options?: PatchOptions; readonly patchType: PatchType; readonly body: Body }
    | { readonly verb: 'delete'; readonly options?: DeleteOptions; readonly body?: Body }
    | { readonly verb: 'deletecollection'; readonly options?: DeleteOptions; readonly list?: ListOptions; readonly body?: Body }
    /** Subresources that open a stream: exec, attach, portforward, proxy. `query` is theirs to read. */
    | {
        readonly verb: 'connect';
        readonly method: string;
        readonly query: ReadonlyMap<string, readonly string[]>;
        readonly upgrade?: string;
      }
  );

/** `/version`, `/healthz`, `/apis`, `/openapi/v3` … : `path` without query. */
export interface NonResourceCall extends CallBase {
  readonly verb: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Media ranges of the Accept header, best first; empty means anything. */
  readonly accept: readonly string[];
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** In-process callers hand over objects, which the server copies before it changes them; patches from the wire stay bytes. */
export type Body = { readonly object: unknown } | { readonly bytes: Uint8Array; readonly mediaType: BodyMediaType };

export type BodyMediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

export interface GetOptions {
  readonly resourceVersion?: string;
  /** For `log` and other subresources with parameters of their own. */
  readonly query?: ReadonlyMap<string, readonly string[]>;
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly timeoutSeconds?: number;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
}

export interface WriteOptions {
  readonly dryRun?: readonly string[];
  readonly fieldManager?: string;
  /** `Ignore`, `Warn` (when absent) or `Strict`. */
  readonly fieldValidation?: string;
}

export interface PatchOptions extends WriteOptions {
  /** For apply: take over fields that others own. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  readonly dryRun?: readonly string[];
  readonly gracePeriodSeconds?: number;
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly ignoreStoreReadErrorWithClusterBreakingPotential?: boolean;
}

export type ApiResult =
  | ({ readonly type: 'object'; readonly code: 200 | 201 | 202; readonly value: Encodable } & Aside)
  | ({ readonly type: 'list'; readonly list: ObjectList } & Aside)
  | ({ readonly type: 'watch'; readonly start: (sink: WatchSink) => Subscription } & Aside)
  /** Discovery, OpenAPI, version, metrics, logs: bytes with their type. */
  | ({
      readonly type: 'bytes';
      readonly code: number;
      readonly contentType: string;
      readonly body: Uint8Array | AsyncIterable<Uint8Array>;
      readonly etag?: string;
    } & Aside)
  /** The caller's connection is handed to whoever serves the stream. */
  | ({ readonly type: 'upgrade'; readonly connect: (connection: unknown) => void } & Aside);

interface Aside {
  /** Texts for `Warning: 299` headers. */
  readonly warnings?: readonly string[];
  /** The kind in play, for tables; absent for kinds that have no table of their own (Status). */
  readonly of?: Kind;
}

/**
 * An object that is decoded or encoded only when somebody asks. Both forms are shared by everyone
 * who asks, and neither may be changed.
 */
export interface Encodable {
  readonly object: KubeObject;
  /** The object's JSON, in chunks to be written one after the other. */
  json(): readonly Uint8Array[];
  /** Adds what `json` gives to what is gathered; there where it costs less. */
  addJson?(batches: ByteBatches): void;
  /** As `addJson`, without `kind` and `apiVersion`. */
  addUntypedJson?(batches: ByteBatches): void;
}

export interface ObjectList {
  readonly apiVersion: string;
  /** `PodList`. */
  readonly kind: string;
  readonly metadata: ListMeta;
  readonly items: readonly Encodable[];
}

/** Where a watch's frames go. */
export interface WatchSink {
  /** `false` pauses the subscription after this frame until `resume()`. */
  frame(frame: WatchFrame): boolean | void;
  /** Over: `undefined` when its time was up, else why (410 Expired for one that fell behind). */
  end(error?: ApiError): void;
}

export interface WatchFrame extends Encodable {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** The whole event, `{"type":…,"object":…}` and a newline, made once for all watchers. */
  line(): Uint8Array;
}

export interface Subscription {
  resume(): void;
  cancel(): void;
}
