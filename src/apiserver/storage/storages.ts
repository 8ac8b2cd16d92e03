import type { Clock } from '../../base/clock.ts';
import { serviceUnavailable, type ApiError } from '../../api/errors.ts';
import { storagePrefix, type Kind } from '../../api/kind.ts';
import type { Draft } from '../../api/draft.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { DecodedCache } from '../cache/decoded-cache.ts';
import type { RingLimits } from '../cache/event-ring.ts';
import { ObjectFamily } from '../cache/stored-object.ts';
import { WatchCache } from '../cache/watch-cache.ts';
import type { Store } from '../../store/store.ts';
import { keySpaceOf } from './keys.ts';
import { LeasePool } from './lease-pool.ts';
import { ResourceStorage } from './resource-storage.ts';

export interface StoragesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly kinds: KindRegistry;
  readonly decodedBytes: number;
  readonly ringLimits: RingLimits;
  readonly bookmarkEveryMs: number;
  readonly freeze: boolean;
  readonly onEvents: (kind: Kind, count: number) => void;
}

/** Calls that hold a storage that is no more have so long to end; upstream lets them drain. */
const retirementMs = 60_000;

/** The storage of each stored resource, made when it is first asked for. Versions of a resource, and the two Event groups, share one. */
export class Storages {
  readonly #options: StoragesOptions;
  readonly #byPrefix = new Map<string, ResourceStorage>();
  /** The same, found quickly. */
  readonly #byKind = new Map<Kind, ResourceStorage>();
  /** What nobody is sent to any more, with how to stop it at once. */
  readonly #retired = new Map<ResourceStorage, () => void>();
  #kinds: KindRegistry;
  readonly #shared: { store: Store; leases: LeasePool; written: WeakMap<Uint8Array, Draft<KubeObject>> };
  readonly #decoded: DecodedCache;
  readonly #startRevision: number;

  constructor(options: StoragesOptions) {
    this.#options = options;
    this.#kinds = options.kinds;
    this.#startRevision = options.store.revision;
    this.#decoded = new DecodedCache(options.decodedBytes);
    this.#shared = { store: options.store, leases: new LeasePool(options.store, options.clock), written: new WeakMap() };
  }

  of(kind: Kind): ResourceStorage {
    let storage = this.#byKind.get(kind);
    if (storage) return storage;
    const prefix = storagePrefix(kind);
    storage = this.#byPrefix.get(prefix);
    if (!storage) this.#byPrefix.set(prefix, (storage = this.#make(this.#kinds.storedAs(kind))));
    this.#byKind.set(kind, storage);
    return storage;
  }

  /**
   * From now on the kinds are these. The storage of one that is another now, or gone, is made anew when
   * it is asked for; watches of the old one end, and calls that it still serves have a moment.
   */
  use(kinds: KindRegistry): void {
    this.#kinds = kinds;
    this.#byKind.clear();
    for (const [prefix, storage] of this.#byPrefix) {
      if (kinds.has(storage.family.kind)) continue;
      this.#byPrefix.delete(prefix);
      this.#retire(storage);
    }
  }

  all(): Iterable<ResourceStorage> {
    return this.#byPrefix.values();
  }

  stop(reason: ApiError): void {
    for (const storage of this.all()) storage.cache.stop(reason);
    for (const stopNow of this.#retired.values()) stopNow();
  }

  #retire(storage: ResourceStorage): void {
    for (const watcher of storage.cache.watchers.all()) watcher.end();
    const stop = () => {
      this.#retired.delete(storage);
      storage.cache.stop(serviceUnavailable('the definition of this resource has changed'));
    };
    const cancel = this.#options.clock.after(retirementMs, stop);
    this.#retired.set(storage, () => {
      cancel();
      stop();
    });
  }

  #make(kind: Kind): ResourceStorage {
    const { store, clock, ringLimits, bookmarkEveryMs, freeze, onEvents } = this.#options;
    const family = new ObjectFamily(kind, keySpaceOf(kind), this.#decoded, freeze);
    const cache = new WatchCache({
      store,
      clock,
      family,
      startRevision: this.#startRevision,
      ringLimits,
      bookmarkEveryMs,
      written: this.#shared.written,
      onEvents: (count) => onEvents(kind, count),
    });
    return new ResourceStorage(family, cache, this.#shared);
  }
}
