import type { Key } from '../store.ts';
import type { KeyRecord } from './key-record.ts';
import type { Place } from './scan-snapshot.ts';

/** The newest record of each key that is there, gathered as a scan tells them. Holds keys, places, and what `about` makes of each; no values. */
export class LiveKeys<About> {
  readonly #newest = new Map<Key, LiveKey<About>>();
  readonly #about: (record: KeyRecord) => About;

  constructor(about: (record: KeyRecord) => About) {
    this.#about = about;
  }

  get size(): number {
    return this.#newest.size;
  }

  take(record: KeyRecord, place: Place): void {
    if (record.tombstone) this.#newest.delete(record.key);
    else
      this.#newest.set(record.key, {
        key: record.key,
        modRevision: record.main,
        valueBytes: record.value.length,
        place,
        about: this.#about(record),
      });
  }

  get(key: Key): LiveKey<About> | undefined {
    return this.#newest.get(key);
  }

  /** In key order. */
  sorted(): LiveKey<About>[] {
    return [...this.#newest.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  values(): Iterable<LiveKey<About>> {
    return this.#newest.values();
  }
}

export interface LiveKey<About> {
  readonly key: Key;
  readonly modRevision: number;
  readonly valueBytes: number;
  readonly place: Place;
  readonly about: About;
}
