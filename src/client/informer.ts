import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { isGone, type ApiError } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Client, Watch, Within } from './client.ts';

export interface InformerOptions<O extends KubeObject> {
  readonly kind: Kind<O>;
  readonly client: Client;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly within?: Within;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Makes what is kept of each object: less, where less will do (client-go's SetTransform). `metadata` must stay as it is for keys and revisions. */
  readonly transform?: (object: O) => O;
  /** Further ways to look objects up: for each index, the values under which an object is found. */
  readonly indexes?: Readonly<Record<string, (object: O) => readonly string[]>>;
}

/** `old` is absent for an object that is new, `now` for one that is gone. */
export type Change<O> = { readonly now: O; readonly old?: O } | { readonly now?: undefined; readonly old: O };

/**
 * A local copy of one kind, kept by list and watch (client-go's reflector and shared informer). It
 * survives dropped watches, expired revisions and a server that is away; listeners see each
 * difference once, in the order of revisions. Objects are shared: nobody changes them.
 */
export class Informer<O extends KubeObject> {
  readonly #options: InformerOptions<O>;
  readonly #objects = new Map<string, O>();
  readonly #indexes: ReadonlyMap<string, Map<string, Set<string>>>;
  readonly #listeners = new Set<(change: Change<O>) => void>();
  readonly #followers = new Set<() => void>();
  #revision = '';
  #synced = false;
  #stopped = false;
  #failures = 0;
  #watch: Watch | undefined;
  #cancelRetry: (() => void) | undefined;
  #whenSynced: (() => void)[] = [];

  constructor(options: InformerOptions<O>) {
    this.#options = options;
    this.#indexes = new Map(Object.keys(options.indexes ?? {}).map((name) => [name, new Map()]));
  }

  /** The resourceVersion up to which the copy is current; '' before the first list. */
  get revision(): string {
    return this.#revision;
  }

  /** The first list has been taken over. */
  get synced(): boolean {
    return this.#synced;
  }

  /** `key` is `namespace/name`, or the name alone in the cluster's scope. */
  get(key: string): O | undefined {
    return this.#objects.get(key);
  }

  list(): O[] {
    return [...this.#objects.values()];
  }

  /** Throws for an index that was not asked for at the start. */
  byIndex(name: string, value: string): O[] {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`there is no index ${JSON.stringify(name)}`);
    return [...(index.get(value) ?? [])].map((key) => this.#objects.get(key)!);
  }

  /** Tells of everything that is there now, then of each change; returns its end. */
  onChange(listener: (change: Change<O>) => void): () => void {
    this.#listeners.add(listener);
    for (const object of this.#objects.values()) listener({ now: object });
    return () => this.#listeners.delete(listener);
  }

  /** Tells when the copy has become current up to a later revision without a change to tell of: by a bookmark, or a list. */
  onProgress(follower: () => void): void {
    this.#followers.add(follower);
  }

  /** Begins; resolves at the first sync, or when the informer is stopped before. */
  start(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal.aborted) this.#stop();
    else void this.#list();
    return this.#synced || this.#stopped ? Promise.resolve() : new Promise((resolve) => this.#whenSynced.push(resolve));
  }

  async #list(): Promise<void> {
    const { client, kind, within, labelSelector, fieldSelector } = this.#options;
    try {
      // Any state will do that the server has at hand: the watch brings the rest.
      const { items, metadata } = await client.list(kind, within, {
        labelSelector,
        fieldSelector,
        resourceVersion: this.#revision === '' ? '0' : '',
      });
      if (this.#stopped) return;
      this.#failures = 0;
      this.#replace(items);
      this.#revision = metadata.resourceVersion ?? '';
      this.#synced = true;
      this.#progress();
      for (const resolve of this.#whenSynced.splice(0)) resolve();
      this.#follow();
    } catch {
      this.#again(() => void this.#list());
    }
  }

  #follow(): void {
    const { client, kind, within = {}, labelSelector, fieldSelector } = this.#options;
    const options = { labelSelector, fieldSelector, resourceVersion: this.#revision, allowWatchBookmarks: true };
    this.#watch = client.watch(kind, within, options, {
      event: (type, object) => {
        this.#failures = 0;
        this.#revision = object.metadata.resourceVersion ?? this.#revision;
        if (type === 'DELETED') this.#drop(keyOf(object));
        else if (type === 'BOOKMARK') this.#progress();
        else this.#put(object);
      },
      end: (error) => this.#ended(error),
    });
  }

  #ended(error: ApiError | undefined): void {
    if (this.#stopped) return;
    if (error && isGone(error)) void this.#list();
    else if (error) this.#again(() => this.#follow());
    else this.#follow();
  }

  /** client-go's back-off: 0.8 s doubling to 30 s, with as much again by chance. */
  #again(what: () => void): void {
    if (this.#stopped) return;
    const { clock, rng } = this.#options;
    const delayMs = Math.min(800 * 2 ** this.#failures++, 30_000);
    this.#cancelRetry = clock.after(delayMs * (1 + rng.next()), what);
  }

  #stop(): void {
    this.#stopped = true;
    this.#watch?.cancel();
    this.#cancelRetry?.();
    for (const resolve of this.#whenSynced.splice(0)) resolve();
  }

  #replace(items: readonly O[]): void {
    const listed = new Set(items.map(keyOf));
    for (const key of this.#objects.keys()) if (!listed.has(key)) this.#drop(key);
    for (const item of items)
      if (this.#objects.get(keyOf(item))?.metadata.resourceVersion !== item.metadata.resourceVersion) this.#put(item);
  }

  #put(received: O): void {
    const object = this.#options.transform?.(received) ?? received;
    const key = keyOf(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#reindex(key, old, object);
    this.#tell(old ? { now: object, old } : { now: object });
  }

  #drop(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    this.#reindex(key, old, undefined);
    this.#tell({ old });
  }

  /** Most changes leave an object where it was found before. */
  #reindex(key: string, old: O | undefined, now: O | undefined): void {
    for (const [name, index] of this.#indexes) {
      const valuesOf = this.#options.indexes![name]!;
      const before = old ? valuesOf(old) : none;
      const after = now ? valuesOf(now) : none;
      if (isSameList(before, after)) continue;
      for (const value of before) {
        const keys = index.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index.delete(value);
      }
      for (const value of after) {
        const keys = index.get(value);
        if (keys) keys.add(key);
        else index.set(value, new Set([key]));
      }
    }
  }

  #progress(): void {
    for (const follower of this.#followers) follower();
  }

  #tell(change: Change<O>): void {
    for (const listener of this.#listeners) listener(change);
  }
}

const none: readonly string[] = [];

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : (metadata.name ?? '');
