import { ChangeWriter } from '../index/change-writer.ts';
import type { MvccState } from '../index/mvcc-state.ts';
import type { Leases } from '../leases.ts';
import type { LogRecord, LoggedChange } from './record-codec.ts';

/** Builds a state again from a snapshot's records and then a log's. Throws a plain Error where they make no sense. */
export class Replay {
  readonly #state: MvccState;
  readonly #leases: Leases;
  /** Whether the snapshot's last record has come. */
  ended = false;

  constructor(state: MvccState, leases: Leases) {
    this.#state = state;
    this.#leases = leases;
  }

  apply(record: LogRecord): void {
    switch (record.kind) {
      case 'begin':
        return this.#state.startAt(Math.max(record.compactRevision, 1), record.compactRevision);
      case 'base':
        this.#state.add(record.entry);
        return this.#leases.attach(record.entry.lease, record.entry.key);
      case 'end':
        this.ended = true;
        return;
      case 'change':
        return this.#change(record.change);
      case 'grant':
        return this.#leases.add(record.id, record.ttlSeconds);
      case 'revoke':
        if (record.change) this.#change(record.change);
        return this.#leases.remove(record.id);
      case 'compact':
        return this.#state.compact(record.revision);
    }
  }

  #change({ revision, entries }: LoggedChange): void {
    // What happened at the compacted revision is in the base already, and told again only to watches.
    if (revision === this.#state.compactRevision) {
      const events = entries.map((entry) => ({ type: entry.version === 0 ? ('delete' as const) : ('put' as const), entry }));
      return this.#state.history.append({ revision, events });
    }
    if (revision !== this.#state.head + 1) throw new Error(`revision ${revision} does not follow revision ${this.#state.head}`);
    const writer = new ChangeWriter(this.#state, this.#leases);
    for (const entry of entries) writer.replay(this.#sharingKey(entry));
    this.#state.commit({ revision, events: writer.events });
  }

  /** One string for all versions of a key. */
  #sharingKey<E extends { readonly key: string }>(entry: E): E {
    const key = this.#state.newest(entry.key)?.key;
    return key === undefined ? entry : { ...entry, key };
  }
}
