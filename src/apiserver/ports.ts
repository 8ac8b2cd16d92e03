import type { ApiCall, ApiResult, Credentials, NonResourceCall, ResourceCall, User } from '../api/call.ts';
import type { Draft } from '../api/draft.ts';
import type { FieldRequirement } from '../api/field-selector.ts';
import type { Kind } from '../api/kind.ts';
import { apiVersionOf, type GroupVersion, type KubeObject, type Status } from '../api/meta.ts';

/** One way to tell who calls. `undefined`: not my kind of credentials, ask the next. Rejects with 401 for bad ones. */
export interface Authenticator {
  readonly name: string;
  authenticate(credentials: Credentials): Promise<User | undefined> | User | undefined;
}

export interface Attributes {
  readonly user: User;
  /** RBAC's verbs: those of calls, in lower case; for non-resource paths the HTTP method in lower case. */
  readonly verb: string;
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  /** Of lists and watches: some may only be made of what concerns the caller. */
  readonly fieldSelector?: readonly FieldRequirement[];
  /** For what is not a resource. */
  readonly path?: string;
}

export type Decision = { readonly verdict: 'allow' | 'deny' | 'no-opinion'; readonly reason: string };

export interface Authorizer {
  readonly name: string;
  authorize(attributes: Attributes): Decision | Promise<Decision>;
}

/** What an admission plugin sees. `object` is absent for deletes, `old` for creates. */
export interface AdmissionRequest {
  readonly call: ResourceCall;
  readonly user: User;
  readonly kind: Kind;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace?: string;
  /** May be '' on create with generateName. */
  readonly name: string;
  readonly subresource?: string;
  readonly object?: Draft<KubeObject>;
  readonly old?: KubeObject;
  readonly dryRun: boolean;
  warn(text: string): void;
}

/** One plugin, under its upstream name. `mutate` may change `object`; both reject with `ApiError` to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  mutate?(request: AdmissionRequest): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}

/** One step of the handler chain; `chain.ts` holds them in order. */
export type Filter = (call: ApiCall, context: CallContext, next: Next) => Promise<ApiResult>;
export type Next = (call: ApiCall, context: CallContext) => Promise<ApiResult>;

/** What the chain has found out about a call so far. */
export interface CallContext {
  /** Milliseconds since the epoch when the call came in. */
  readonly receivedMs: number;
  readonly user: User;
  /** Names the call in the audit log and in messages to the caller. */
  readonly auditId: string;
  /** Texts for the answer's `Warning` headers. */
  readonly warnings: string[];
}

/**
 * Answers a create of a kind that is never stored: SubjectAccessReview, SelfSubjectReview,
 * TokenReview, and TokenRequest (a subresource: `call.resource.name` is the service account's).
 * `object` is the decoded, defaulted and shape-checked body, the handler's own to change; what it
 * resolves to is the answer (201). Rejects with `ApiError`.
 */
export type VirtualHandler = (call: ResourceCall, context: CallContext, object: Draft<KubeObject>) => Promise<KubeObject>;

/** Handlers under `virtualKey`; a kind that has one is not stored. */
export type VirtualKinds = ReadonlyMap<string, VirtualHandler>;

/** `authorization.k8s.io/v1/SubjectAccessReview`. */
export const virtualKey = (what: GroupVersion & { readonly kind: string }): string => `${apiVersionOf(what)}/${what.kind}`;

/** What the kubelet of a node (or a service's endpoint) answers: logs, exec, attach, portforward, proxy. */
export interface NodeConnector {
  serve(request: NodeRequest): Promise<ApiResult>;
}

export interface NodeRequest {
  readonly resource: 'pods' | 'nodes' | 'services';
  readonly subresource: string;
  /** The pod, node or service that is asked for. */
  readonly object: KubeObject;
  /** For proxy: what comes after `/proxy`, with its slash; '' for nothing. */
  readonly path: string;
  /** For proxy: `http`, `https`, or absent where the name does not say, as in `https:web:8443`. */
  readonly scheme?: string;
  /** For proxy: the port's number or, of a service, its name; absent where neither the name nor the pod says. */
  readonly port?: string;
  readonly method: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly upgrade?: string;
  readonly user: User;
  readonly signal?: AbortSignal;
}

/** Takes what was done by whom; must not throw and must not hold the call up. */
export interface AuditSink {
  event(event: AuditEvent): void;
}

/** audit.k8s.io/v1's Event at level Metadata, in our own types. */
export interface AuditEvent {
  readonly auditId: string;
  readonly stage: 'RequestReceived' | 'ResponseComplete' | 'Panic';
  readonly call: ApiCall;
  /** Absent at `RequestReceived`, which comes before authentication. */
  readonly user?: User;
  readonly receivedMs: number;
  readonly stageMs: number;
  readonly responseStatus?: Pick<Status, 'code' | 'status' | 'reason' | 'message'>;
}

/** Answers calls for what is no resource: discovery, health, version, metrics, OpenAPI. `undefined`: not my path, ask the next. */
export type PathHandler = (call: NonResourceCall, context: CallContext) => ApiResult | undefined | Promise<ApiResult | undefined>;

/** Reads objects for admission and allocation, from memory, as new as every answered write. */
export interface ObjectReader {
  get<O extends KubeObject>(kind: Kind<O>, namespace: string | undefined, name: string): Promise<O | undefined>;
  list<O extends KubeObject>(kind: Kind<O>, namespace?: string): Promise<readonly O[]>;
}

/**
 * Takes part in writes of one kind with something that must be taken before the write and given
 * back if it fails (addresses and ports of Services). Runs after admission and before validation.
 */
export interface WriteHook {
  readonly kind: Kind;
  /** May change `object`. Rejects with `ApiError` to refuse. Nothing may be kept for a dry run. */
  beforeWrite(object: Draft<KubeObject>, old: KubeObject | undefined, dryRun: boolean): Promise<Reservation | undefined>;
  /** The object is gone for good. */
  afterDelete(object: KubeObject): void;
}

export interface Reservation {
  /** The write is durable. */
  commit(): void;
  /** The write failed; what was taken is free again. */
  release(): void;
}
