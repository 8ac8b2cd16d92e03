/**
 * etcd's data model and promises, and only those: a flat map from byte keys to byte values, one
 * revision for each write transaction, history until compaction, leases, and watches that miss
 * nothing. Source: etcd's API guarantees and v3 API reference.
 *
 * Promises of every implementation (`store.contract.ts` checks them):
 * - Compares run against what is appended, so two writers never both win. Replies, reads and
 *   watchers see only what is durable; a promise of a write resolves after it is.
 * - By the time a write's promise resolves, its events have been handed to every watch that is
 *   not paused, and reads show it.
 * - Nothing durable is ever lost, and a revision never goes back.
 */
export interface Store extends AsyncDisposable {
  /** The newest durable revision. An empty store is at 1. */
  readonly revision: number;
  /** History before this revision is gone; 0 when nothing was ever compacted. */
  readonly compactRevision: number;

  get(key: Key, options?: ReadOptions): Promise<Entry | undefined>;
  list(range: KeyRange, options?: ListOptions): Promise<Page>;
  txn(txn: Txn): Promise<TxnResult>;
  /** Pushes each matching change to `sink`, in revision order, each exactly once. */
  watch(range: KeyRange, options: WatchOptions, sink: WatchSink): Watch;

  grantLease(ttlSeconds: number, id?: LeaseId): Promise<LeaseInfo>;
  /** Deletes the lease and, at one revision, every key attached to it. */
  revokeLease(id: LeaseId): Promise<void>;
  /** Renews for the granted TTL; resolves to the TTL in seconds. */
  keepLeaseAlive(id: LeaseId): Promise<number>;
  leaseTimeToLive(id: LeaseId): Promise<LeaseStatus>;
  leases(): Promise<LeaseId[]>;

  /** Forgets history before `revision`; reads and watches at older revisions fail with `CompactedError`. */
  compact(revision: number): Promise<void>;
  status(): StoreStatus;
}

/** A key is bytes. It is held as a string of one code unit (0–255) a byte, so that string order is byte order. */
export type Key = string;

/** Lease ids are 63-bit; 0n is "no lease". */
export type LeaseId = bigint;

/** Immutable: whoever holds an entry may keep it and share its bytes, and must not change them. */
export interface Entry {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 when created, one more with each put. */
  readonly version: number;
  readonly lease: LeaseId;
}

/** `end` absent: that one key. `end` `'\0'`: every key from `start` on. Else keys in [start, end). */
export interface KeyRange {
  readonly start: Key;
  readonly end?: Key;
}

export interface ReadOptions {
  /** Read as of this revision; the newest durable one when absent or 0. */
  readonly at?: number;
}

export interface ListOptions extends ReadOptions {
  /** At most so many entries; no limit when absent or 0. */
  readonly limit?: number;
  readonly countOnly?: boolean;
  /** Values come back empty. */
  readonly keysOnly?: boolean;
}

export interface Page {
  /** In key order. */
  readonly entries: readonly Entry[];
  /** All keys in the range, whatever the limit. */
  readonly count: number;
  readonly more: boolean;
  /** The store's revision when the read was made (not `at`), as etcd's response header. */
  readonly revision: number;
}

/** All compares hold: `success` runs, else `failure`; either at one new revision if it writes at all. */
export interface Txn {
  readonly compare?: readonly Compare[];
  readonly success?: readonly Op[];
  readonly failure?: readonly Op[];
}

/** A missing key has version, create and mod revision 0; a `value` compare on it never holds. With `end`, every key of the range must hold. */
export type Compare = {
  readonly key: Key;
  readonly end?: Key;
  readonly is: '=' | '!=' | '<' | '>';
} & (
  | { readonly target: 'version' | 'create' | 'mod'; readonly to: number }
  | { readonly target: 'lease'; readonly to: LeaseId }
  | { readonly target: 'value'; readonly to: Uint8Array }
);

export type Op =
  | ({ readonly op: 'range'; readonly range: KeyRange } & ListOptions)
  | {
      readonly op: 'put';
      readonly key: Key;
      /** Absent only with `ignoreValue`. */
      readonly value?: Uint8Array;
      readonly lease?: LeaseId;
      readonly prevKv?: boolean;
      /** Keep the key's value; fails with `KeyNotFoundError` where there is none. */
      readonly ignoreValue?: boolean;
      readonly ignoreLease?: boolean;
    }
  | { readonly op: 'delete'; readonly range: KeyRange; readonly prevKv?: boolean }
  | { readonly op: 'txn'; readonly txn: Txn };

export type OpResult =
  | ({ readonly op: 'range' } & Page)
  | { readonly op: 'put'; readonly previous?: Entry }
  | { readonly op: 'delete'; readonly deleted: number; readonly previous?: readonly Entry[] }
  | { readonly op: 'txn'; readonly result: TxnResult };

export interface TxnResult {
  readonly succeeded: boolean;
  readonly revision: number;
  readonly results: readonly OpResult[];
}

export interface WatchOptions {
  /** First revision wanted; only what comes after the call when absent or 0. May lie in the future. */
  readonly from?: number;
  readonly prevKv?: boolean;
  /** Tell the sink of the newest revision about every so many ms while nothing matches; never when absent. */
  readonly progressEveryMs?: number;
}

export interface StoreEvent {
  readonly type: 'put' | 'delete';
  /** For a delete: the key and the deleting revision as `modRevision`, with an empty value. */
  readonly entry: Entry;
  /** With `prevKv`: what was there before, if its revision is not compacted. */
  readonly previous?: Entry;
}

export interface WatchSink {
  /**
   * All matching events of one or more whole revisions, in order; `revision` is the newest of them.
   * Returning `false` pauses the watch (after this batch) until `resume()`.
   */
  events(events: readonly StoreEvent[], revision: number): boolean | void;
  /** Everything up to and including `revision` has been handed over. */
  progress?(revision: number): void;
  /** The watch is over and will say nothing more: compacted under a paused or late watch, or the store stopped. */
  end(reason: StoreError): void;
}

export interface Watch {
  /** Everything up to and including this revision has been handed over; never beyond the newest durable one. */
  readonly seen: number;
  cancel(): void;
  resume(): void;
  /** Asks for one `progress` once the watch has caught up. */
  requestProgress(): void;
}

export interface LeaseInfo {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
}

export interface LeaseStatus extends LeaseInfo {
  readonly remainingSeconds: number;
  /** Keys attached to it, in order. */
  readonly keys: readonly Key[];
}

export interface StoreStatus {
  /** Bytes on disk, or in memory for a store without one. */
  readonly sizeBytes: number;
  /** Of those, bytes that hold live data or history. */
  readonly inUseBytes: number;
  readonly keys: number;
  /** The failure that stopped the store; absent while it works. */
  readonly failure?: StoreError;
}

/** Limits as etcd's flags have them. */
export interface StoreLimits {
  /** `--max-request-bytes`; 1.5 MiB. */
  readonly maxRequestBytes: number;
  /** `--max-txn-ops`; 128. */
  readonly maxTxnOps: number;
  /** `--quota-backend-bytes`; past it puts fail with `NoSpaceError`, deletes and compaction go on. */
  readonly quotaBytes: number;
}

export const defaultLimits: StoreLimits = { maxRequestBytes: 1.5 * 1024 * 1024, maxTxnOps: 128, quotaBytes: 2 * 1024 ** 3 };

/** The end of the range of all keys that begin with `prefix`; `'\0'` (every key from it on) where there is none. */
export function prefixRange(prefix: Key): KeyRange {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const unit = prefix.charCodeAt(i);
    if (unit < 0xff) return { start: prefix, end: prefix.slice(0, i) + String.fromCharCode(unit + 1) };
  }
  return { start: prefix || '\0', end: '\0' };
}

/** Messages are etcd's own, so that the etcd surface can pass them on; `name` tells the failure. */
export class StoreError extends Error {
  override name = 'StoreError';
}
export class CompactedError extends StoreError {
  override name = 'CompactedError';
  readonly compactRevision: number;

  constructor(compactRevision: number) {
    super('etcdserver: mvcc: required revision has been compacted');
    this.compactRevision = compactRevision;
  }
}
export class FutureRevisionError extends StoreError {
  override name = 'FutureRevisionError';
  constructor() {
    super('etcdserver: mvcc: required revision is a future revision');
  }
}
export class EmptyKeyError extends StoreError {
  override name = 'EmptyKeyError';
  constructor() {
    super('etcdserver: key is not provided');
  }
}
export class KeyNotFoundError extends StoreError {
  override name = 'KeyNotFoundError';
  constructor() {
    super('etcdserver: key not found');
  }
}
export class ValueProvidedError extends StoreError {
  override name = 'ValueProvidedError';
  constructor() {
    super('etcdserver: value is provided');
  }
}
export class LeaseProvidedError extends StoreError {
  override name = 'LeaseProvidedError';
  constructor() {
    super('etcdserver: lease is provided');
  }
}
export class DuplicateKeyError extends StoreError {
  override name = 'DuplicateKeyError';
  constructor() {
    super('etcdserver: duplicate key given in txn request');
  }
}
export class TooManyOpsError extends StoreError {
  override name = 'TooManyOpsError';
  constructor() {
    super('etcdserver: too many operations in txn request');
  }
}
export class RequestTooLargeError extends StoreError {
  override name = 'RequestTooLargeError';
  constructor() {
    super('etcdserver: request is too large');
  }
}
export class LeaseNotFoundError extends StoreError {
  override name = 'LeaseNotFoundError';
  constructor() {
    super('etcdserver: requested lease not found');
  }
}
export class LeaseExistsError extends StoreError {
  override name = 'LeaseExistsError';
  constructor() {
    super('etcdserver: lease already exists');
  }
}
export class LeaseTtlTooLargeError extends StoreError {
  override name = 'LeaseTtlTooLargeError';
  constructor() {
    super('etcdserver: too large lease TTL');
  }
}
export class NoSpaceError extends StoreError {
  override name = 'NoSpaceError';
  constructor() {
    super('etcdserver: mvcc: database space exceeded');
  }
}
/** The store does not work any more: closed, or its disk failed. `cause` tells why. */
export class StoppedError extends StoreError {
  override name = 'StoppedError';
  constructor(cause?: unknown) {
    super('etcdserver: server stopped', { cause });
  }
}
/** A file of the store is damaged. The message names the file and the byte offset. */
export class CorruptError extends StoreError {
  override name = 'CorruptError';
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, problem: string) {
    super(`${file}: offset ${offset}: ${problem}`);
    this.file = file;
    this.offset = offset;
  }
}
