import type { StoreEvent } from '../store.ts';

/** Everything one write transaction changed, each key once, in the order of its operations. */
export interface Change {
  readonly revision: number;
  /** With `previous` where there was one. */
  readonly events: readonly StoreEvent[];
}

/** The changes since the last compaction, in order: what a watch from an older revision is told. One for each revision. */
export class History {
  #changes: Change[] = [];

  append(change: Change): void {
    const last = this.#changes.at(-1);
    if (last && change.revision !== last.revision + 1)
      throw new Error(`revision ${change.revision} does not follow revision ${last.revision}`);
    this.#changes.push(change);
  }

  at(revision: number): Change | undefined {
    const first = this.#changes[0];
    return first && this.#changes[revision - first.revision];
  }

  /**
   * Drops changes before `revision` and returns them. That of `revision` itself stays, for a watch may
   * begin there, but what was there before it may not be told any more.
   */
  compact(revision: number): Change[] {
    const first = this.#changes[0];
    if (!first || revision < first.revision) return [];
    const dropped = this.#changes.splice(0, revision - first.revision);
    const change = this.#changes[0];
    if (change) this.#changes[0] = { revision, events: change.events.map(({ type, entry }) => ({ type, entry })) };
    return change ? [...dropped, change] : dropped;
  }

  /** A copy of the list from a revision on. */
  since(revision: number): readonly Change[] {
    const first = this.#changes[0];
    return first ? this.#changes.slice(Math.max(0, revision - first.revision)) : [];
  }
}
