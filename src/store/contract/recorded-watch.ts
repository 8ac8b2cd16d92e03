import { type KeyRange, type Store, type StoreError, type StoreEvent, type Watch, type WatchOptions, prefixRange } from '../store.ts';

/** A watch that keeps what it was told, for tests to look at. */
export class RecordedWatch {
  readonly watch: Watch;
  readonly batches: { readonly events: readonly StoreEvent[]; readonly revision: number }[] = [];
  readonly progress: number[] = [];
  readonly ends: StoreError[] = [];
  /** Answers `false` to every batch while it is true. */
  pausing = false;

  constructor(store: Store, options: WatchOptions = {}, range: KeyRange = prefixRange('')) {
    this.watch = store.watch(range, options, {
      events: (events, revision) => {
        this.batches.push({ events, revision });
        return !this.pausing;
      },
      progress: (revision) => void this.progress.push(revision),
      end: (reason) => void this.ends.push(reason),
    });
  }

  get events(): StoreEvent[] {
    return this.batches.flatMap((batch) => batch.events);
  }

  /** Each event as `+key@revision` or `-key@revision`. */
  get told(): string[] {
    return this.events.map(({ type, entry }) => `${type === 'put' ? '+' : '-'}${entry.key}@${entry.modRevision}`);
  }
}
