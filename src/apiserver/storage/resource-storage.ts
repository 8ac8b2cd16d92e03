import type { Draft } from '../../api/draft.ts';
import type { KubeObject } from '../../api/meta.ts';
import { utf8 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { WatchCache } from '../cache/watch-cache.ts';
import { encodeStored, storedForm } from '../cache/encoding.ts';
import { StoredObject, type ObjectFamily } from '../cache/stored-object.ts';
import type { Entry, Key, KeyRange, LeaseId, Op, Page, Store, TxnResult } from '../../store/store.ts';
import type { LeasePool } from './lease-pool.ts';
import { keyOf } from './keys.ts';
import { storageError } from './storage-error.ts';

/** What came of a compare-and-put: done, or what stands there instead (`undefined`: nothing does). */
export type WriteResult = { readonly done: StoredObject } | { readonly found: StoredObject | undefined };

/** The objects of one resource in the store, read through its watch cache. Rejects with ApiError. */
export class ResourceStorage {
  readonly family: ObjectFamily;
  readonly cache: WatchCache;
  readonly #store: Store;
  readonly #leases: LeasePool;
  readonly #written: WeakMap<Uint8Array, Draft<KubeObject>>;

  constructor(
    family: ObjectFamily,
    cache: WatchCache,
    { store, leases, written }: { store: Store; leases: LeasePool; written: WeakMap<Uint8Array, Draft<KubeObject>> },
  ) {
    this.family = family;
    this.cache = cache;
    this.#store = store;
    this.#leases = leases;
    this.#written = written;
  }

  keyOf(namespace: string | undefined, name: string): Key {
    return keyOf(this.family.space, namespace, name);
  }

  /** The object as it is now. */
  async get(key: Key): Promise<StoredObject | undefined> {
    if (!this.cache.isCurrent) await this.#current();
    return this.cache.get(key);
  }

  /** Puts a new object where none stands. `object` is in the stored version, and the cache's from now on: it is not to be changed any more. */
  async create(key: Key, object: Draft<KubeObject>, ttlSeconds?: number): Promise<WriteResult> {
    return this.#write(key, 0, await this.#put(key, object, ttlSeconds));
  }

  /** Puts the object's next state, if it still is at `revision`. */
  async update(key: Key, revision: number, object: Draft<KubeObject>, ttlSeconds?: number): Promise<WriteResult> {
    return this.#write(key, revision, await this.#put(key, object, ttlSeconds));
  }

  /** Removes the object, if it still is at `revision`; `done` is its last state under the revision of the deletion. */
  async remove(current: StoredObject): Promise<WriteResult> {
    const { key, revision } = current;
    const result = await this.#txn(key, revision, { op: 'delete', range: { start: key } });
    return result.succeeded ? { done: current.at(result.revision) } : { found: this.#found(result) };
  }

  /** A page of the store's own history; rejects with CompactedError where it is gone. */
  async history(range: KeyRange, at: number, limit: number): Promise<Page> {
    return this.#store.list(range, { at, limit });
  }

  /** What the object would be after the write, for dry runs: it is at no revision yet. */
  preview(key: Key, object: Draft<KubeObject>, revision: number): StoredObject {
    return new StoredObject(this.family, key, encodeStored(this.family.opening, object), revision);
  }

  async #current(): Promise<void> {
    try {
      await this.cache.current();
    } catch (error) {
      throw storageError(error);
    }
  }

  async #put(key: Key, object: Draft<KubeObject>, ttlSeconds: number | undefined): Promise<Extract<Op, { op: 'put' }>> {
    let lease: LeaseId | undefined;
    try {
      if (ttlSeconds !== undefined) lease = await this.#leases.take(ttlSeconds);
    } catch (error) {
      throw storageError(error);
    }
    const form = storedForm(this.family.opening, object);
    const value = utf8(stringifyJson(form));
    // Taken back by the cache when the event comes; an object whose write fails goes with its bytes.
    this.#written.set(value, form);
    return { op: 'put', key, value, ...(lease !== undefined && { lease }) };
  }

  async #write(key: Key, revision: number, put: Extract<Op, { op: 'put' }>): Promise<WriteResult> {
    const result = await this.#txn(key, revision, put);
    if (!result.succeeded) return { found: this.#found(result) };
    const cached = this.cache.get(key);
    const done = cached?.revision === result.revision ? cached : new StoredObject(this.family, key, put.value!, result.revision);
    return { done };
  }

  async #txn(key: Key, revision: number, op: Op): Promise<TxnResult> {
    try {
      return await this.#store.txn({
        compare: [{ key, target: 'mod', is: '=', to: revision }],
        success: [op],
        failure: [{ op: 'range', range: { start: key } }],
      });
    } catch (error) {
      throw storageError(error);
    }
  }

  #found(result: TxnResult): StoredObject | undefined {
    const [read] = result.results;
    const entry: Entry | undefined = read?.op === 'range' ? read.entries[0] : undefined;
    return entry && this.cache.adopt(entry);
  }
}
