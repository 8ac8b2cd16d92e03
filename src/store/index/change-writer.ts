import type { Leases } from '../leases.ts';
import type { Entry, Key, LeaseId, StoreEvent } from '../store.ts';
import { type MvccState, noBytes } from './mvcc-state.ts';

/** Writes one new revision: adds each version to the state as it comes, keeps leases in step, and collects the events. */
export class ChangeWriter {
  readonly revision: number;
  readonly events: StoreEvent[] = [];
  readonly #state: MvccState;
  readonly #leases: Leases;

  constructor(state: MvccState, leases: Leases) {
    this.revision = state.head + 1;
    this.#state = state;
    this.#leases = leases;
  }

  /** Returns what was there before. */
  put(key: Key, value: Uint8Array, lease: LeaseId): Entry | undefined {
    const previous = this.#state.newest(key);
    return this.replay({
      // One string for all versions of a key.
      key: previous?.key ?? key,
      value,
      createRevision: previous?.createRevision ?? this.revision,
      modRevision: this.revision,
      version: (previous?.version ?? 0) + 1,
      lease,
    });
  }

  delete(entry: Entry): void {
    this.replay({ key: entry.key, value: noBytes, createRevision: 0, modRevision: this.revision, version: 0, lease: 0n });
  }

  /** Adds a version that is complete, as it was written to a log. */
  replay(entry: Entry): Entry | undefined {
    const previous = this.#state.add(entry);
    if (previous?.lease) this.#leases.detach(previous.lease, entry.key);
    if (entry.lease) this.#leases.attach(entry.lease, entry.key);
    const type = entry.version === 0 ? 'delete' : 'put';
    this.events.push(previous ? { type, entry, previous } : { type, entry });
    return previous;
  }
}
