import type { CacheEvent } from './cache-event.ts';
import type { StoredObject } from './stored-object.ts';
import type { Watcher } from './watcher.ts';

/**
 * Watchers by what they can at most be interested in, so that an event among 10,000 watchers
 * touches only those whose name, hot field or namespace it bears. Each stands in one bucket.
 */
export class WatcherIndex {
  /** Fields that many watchers ask for by value: `spec.nodeName`. */
  readonly #hotFields: readonly string[];
  readonly #all = new Set<Watcher>();
  readonly #buckets = new Map<string, Set<Watcher>>();

  constructor(hotFields: readonly string[]) {
    this.#hotFields = hotFields;
  }

  #size = 0;
  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    const bucket = this.#bucketOf(watcher);
    let watchers = this.#buckets.get(bucket);
    if (!watchers) this.#buckets.set(bucket, (watchers = new Set()));
    watchers.add(watcher);
    this.#all.add(watcher);
    this.#size++;
  }

  remove(watcher: Watcher): void {
    if (!this.#all.delete(watcher)) return;
    const bucket = this.#bucketOf(watcher);
    const watchers = this.#buckets.get(bucket);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#buckets.delete(bucket);
    this.#size--;
  }

  all(): Iterable<Watcher> {
    return this.#all;
  }

  dispatch(event: CacheEvent): void {
    const object = (event.current ?? event.previous)!;
    this.#push('all', event);
    this.#push(`name ${object.name}`, event);
    if (object.namespace !== '') {
      this.#push(`namespace ${object.namespace}`, event);
      this.#push(`name ${object.namespace}/${object.name}`, event);
    }
    for (const path of this.#hotFields)
      for (const value of new Set([valueOf(event.current, path), valueOf(event.previous, path)]))
        if (value !== undefined) this.#push(`field ${path}=${value}`, event);
  }

  #push(bucket: string, event: CacheEvent): void {
    const watchers = this.#buckets.get(bucket);
    if (watchers) for (const watcher of watchers) watcher.push(event);
  }

  #bucketOf({ selection, kind }: Watcher): string {
    const exact = selection.fields?.exact;
    const name = exact?.get('metadata.name');
    const namespace = selection.namespace ?? exact?.get('metadata.namespace');
    if (name !== undefined) return namespace && kind.namespaced ? `name ${namespace}/${name}` : `name ${name}`;
    const hot = this.#hotFields.find((path) => exact?.has(path));
    if (hot) return `field ${hot}=${exact!.get(hot)}`;
    return namespace ? `namespace ${namespace}` : 'all';
  }
}

const valueOf = (object: StoredObject | undefined, path: string): string | undefined => object?.field(path);
