import type { ApiCall, ApiResult, Credentials, ResourceCall, User } from '../api/call.ts';
import type { Draft } from '../api/draft.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';

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
  /** Texts for the answer's `Warning` headers. */
  readonly warnings: string[];
}
