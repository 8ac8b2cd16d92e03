import type { Clock } from '../../base/clock.ts';
import { expired, internal, serviceUnavailable, type ApiError } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { WatchFrame, WatchSink } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Entry, Key, Store, StoreError, StoreEvent, Watch } from '../../store/store.ts';
import { CompactedError } from '../../store/store.ts';
import { rangeOf } from '../storage/keys.ts';
import { bookmarkFrame } from './bookmark.ts';
import { CacheEvent } from './cache-event.ts';
import { EventRing, type RingLimits } from './event-ring.ts';
import { selects, type Selection } from './selection.ts';
import { SortedObjects } from './sorted-objects.ts';
import { StoredObject, type ObjectFamily } from './stored-object.ts';
import { Watcher } from './watcher.ts';
import { WatcherIndex } from './watcher-index.ts';

export interface WatchCacheOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly family: ObjectFamily;
  /** The ring begins here if the store's history still does: watches may begin at any later revision. */
  readonly startRevision: number;
  readonly ringLimits: RingLimits;
  readonly bookmarkEveryMs: number;
  /** What this process has just written, under its bytes, so that those need not be read again. */
  readonly written: WeakMap<Uint8Array, Draft<KubeObject>>;
  readonly onEvents?: (count: number) => void;
}

export interface WatchRequest {
  readonly kind: Kind;
  readonly selection: Selection;
  readonly bookmarks: boolean;
  /** Begin after this revision; absent: now. */
  readonly after?: number;
  /** Report what there is now as ADDED first; only without `after`. */
  readonly sendInitial: boolean;
  /** End the initial events with a bookmark that says so. */
  readonly markInitialEnd: boolean;
}

/**
 * Everything there is of one resource, in memory, fed by one watch on the store after durability.
 * Lists and gets read it, watches are pushed from it. All it does is synchronous but for the start
 * and for waiting until it has seen a revision.
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly objects = new SortedObjects();
  readonly watchers: WatcherIndex;
  #ring: EventRing;
  #revision = 0;
  #nextSequence = 0;
  /** The newest revision at which an object of this resource changed. */
  #changedRevision = 0;
  #storeWatch: Watch | undefined;
  #waiters: { readonly revision: number; readonly wake: () => void }[] = [];
  #cancelBookmarks: (() => void) | undefined;
  #failure: ApiError | undefined;
  #started: Promise<void> | undefined;

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#ring = new EventRing(0, options.ringLimits);
    this.watchers = new WatcherIndex(hotFieldsOf(options.family));
  }

  /** Everything up to this revision is in the cache. */
  get revision(): number {
    return this.#revision;
  }

  get changedRevision(): number {
    return this.#changedRevision;
  }

  get failure(): ApiError | undefined {
    return this.#failure;
  }

  /** Does the cache show everything that is durable? Then there is nothing to wait for. */
  get isCurrent(): boolean {
    if (this.#failure || !this.#storeWatch) return false;
    if (this.#revision < this.#options.store.revision) this.#reached(this.#storeWatch.seen);
    return this.#revision >= this.#options.store.revision;
  }

  /** Resolves when the cache shows everything that was durable at the call. */
  async current(): Promise<void> {
    if (this.isCurrent) return;
    if (!this.#storeWatch) await (this.#started ??= this.#start());
    if (this.#failure) throw this.#failure;
    if (this.#revision < this.#options.store.revision) await this.#wait(this.#options.store.revision);
  }

  /** Resolves to whether the cache has come to `revision` within `forMs`. */
  async reaches(revision: number, forMs: number): Promise<boolean> {
    await this.current();
    if (this.#revision >= revision) return true;
    return new Promise((resolve, reject) => {
      const wake = () => {
        cancel();
        if (this.#failure) reject(this.#failure);
        else resolve(true);
      };
      const waiter = { revision, wake };
      // Clients may ask for any revision: those who gave up must not pile up.
      const cancel = this.#options.clock.after(forMs, () => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
        resolve(false);
      });
      this.#waiters.push(waiter);
      this.#storeWatch?.requestProgress();
    });
  }

  get(key: Key): StoredObject | undefined {
    return this.objects.get(key);
  }

  /** The cache's own object for an entry where it has it, so that decoded forms are shared. */
  adopt(entry: Entry): StoredObject {
    const known = this.objects.get(entry.key);
    return known?.revision === entry.modRevision
      ? known
      : new StoredObject(this.#options.family, entry.key, entry.value, entry.modRevision);
  }

  /** Throws 410 for a beginning that the ring no longer has. Frames come from within `resume()`, which is the start. */
  watch(request: WatchRequest, sink: WatchSink): Watcher {
    const { kind, selection, after } = request;
    if (after !== undefined && after < this.#ring.droppedRevision)
      throw expired(`too old resource version: ${after} (${this.#ring.droppedRevision})`);
    const initial = request.sendInitial && after === undefined ? this.#selected(selection, kind) : [];
    const watcher = new Watcher({
      kind,
      selection,
      bookmarks: request.bookmarks,
      sink,
      initial,
      ...(request.markInitialEnd && { afterInitial: bookmarkFrame(kind, this.#revision, true) }),
      nextSequence: after === undefined ? this.#nextSequence : this.#ring.sequenceAfter(after, this.#nextSequence),
      afterRevision: after ?? 0,
      ring: this.#ring,
      onEnd: (ended) => this.#forget(ended),
    });
    this.watchers.add(watcher);
    if (request.bookmarks) this.#armBookmarks();
    return watcher;
  }

  bookmark(kind: Kind): WatchFrame {
    return bookmarkFrame(kind, this.#revision, false);
  }

  /** Ends every watch and forgets the store. */
  stop(reason: ApiError): void {
    this.#failure = reason;
    this.#storeWatch?.cancel();
    this.#cancelBookmarks?.();
    for (const watcher of this.watchers.all()) watcher.end(reason);
    for (const { wake } of this.#waiters.splice(0)) wake();
  }

  #selected(selection: Selection, kind: Kind): StoredObject[] {
    const range = rangeOf(this.#options.family.space, selection.namespace);
    const found: StoredObject[] = [];
    for (const object of this.objects.scan(range)) if (selects(selection, object, kind)) found.push(object);
    return found;
  }

  #forget(watcher: Watcher): void {
    this.watchers.remove(watcher);
    if (this.watchers.size > 0) return;
    this.#cancelBookmarks?.();
    this.#cancelBookmarks = undefined;
  }

  async #start(): Promise<void> {
    const { store, family, startRevision, ringLimits } = this.#options;
    const range = rangeOf(family.space, undefined);
    for (;;) {
      const from = Math.max(startRevision, store.compactRevision);
      try {
        const page = await store.list(range, { at: from });
        for (const entry of page.entries) {
          this.objects.set(new StoredObject(family, entry.key, entry.value, entry.modRevision));
          this.#changedRevision = Math.max(this.#changedRevision, entry.modRevision);
        }
        this.#ring = new EventRing(from, ringLimits);
        this.#revision = from;
        this.#storeWatch = store.watch(range, { from: from + 1 }, this.#sink());
        return;
      } catch (error) {
        if (!(error instanceof CompactedError)) {
          this.#started = undefined;
          throw error;
        }
      }
    }
  }

  #sink() {
    return {
      events: (events: readonly StoreEvent[], revision: number) => {
        try {
          this.#take(events, revision);
        } catch (error) {
          // A cache that missed something would be wrong for good, and readers would wait for it for ever.
          this.stop(internal(error));
        }
      },
      progress: (revision: number) => this.#reached(revision),
      end: (reason: StoreError) => this.#broken(reason),
    };
  }

  /** Two steps, so that whoever reads the cache from within a frame sees the whole batch. */
  #take(events: readonly StoreEvent[], revision: number): void {
    const nowMs = this.#options.clock.now();
    const taken: CacheEvent[] = [];
    for (const event of events) {
      const change = this.#apply(event, nowMs);
      if (!change) continue;
      this.#ring.push(change, nowMs);
      taken.push(change);
    }
    this.#revision = Math.max(this.#revision, revision);
    for (const change of taken) this.watchers.dispatch(change);
    this.#options.onEvents?.(taken.length);
    this.#reached(revision);
  }

  #apply({ type, entry }: StoreEvent, nowMs: number): CacheEvent | undefined {
    this.#changedRevision = entry.modRevision;
    if (type === 'delete') {
      const previous = this.objects.delete(entry.key);
      return previous && new CacheEvent(this.#nextSequence++, entry.modRevision, nowMs, undefined, previous);
    }
    const object = new StoredObject(this.#options.family, entry.key, entry.value, entry.modRevision);
    const written = this.#options.written.get(entry.value);
    if (written) {
      this.#options.written.delete(entry.value);
      object.adopt(written);
    }
    const previous = this.objects.set(object);
    return new CacheEvent(this.#nextSequence++, entry.modRevision, nowMs, object, previous);
  }

  #reached(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    if (this.#waiters.length === 0) return;
    const due = this.#waiters.filter((waiter) => waiter.revision <= this.#revision);
    this.#waiters = this.#waiters.filter((waiter) => waiter.revision > this.#revision);
    for (const { wake } of due) wake();
  }

  async #wait(revision: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#waiters.push({ revision, wake });
      this.#storeWatch?.requestProgress();
    });
    if (this.#failure) throw this.#failure;
  }

  #broken(reason: StoreError): void {
    this.stop(reason.name === 'StoppedError' ? serviceUnavailable(reason.message) : internal(reason));
  }

  #armBookmarks(): void {
    this.#cancelBookmarks ??= this.#options.clock.after(this.#options.bookmarkEveryMs, () => {
      this.#cancelBookmarks = undefined;
      this.current().then(
        () => this.#sendBookmarks(),
        () => {},
      );
    });
  }

  #sendBookmarks(): void {
    const frames = new Map<Kind, WatchFrame>();
    for (const watcher of this.watchers.all()) {
      if (!watcher.bookmarks) continue;
      let frame = frames.get(watcher.kind);
      if (!frame) frames.set(watcher.kind, (frame = this.bookmark(watcher.kind)));
      watcher.bookmark(frame);
    }
    if (this.watchers.size > 0) this.#armBookmarks();
  }
}

/** What kubelets and other crowds watch by: upstream's indexed fields. */
const hotFieldsOf = ({ kind }: ObjectFamily): readonly string[] => (kind.group === '' && kind.plural === 'pods' ? ['spec.nodeName'] : []);
