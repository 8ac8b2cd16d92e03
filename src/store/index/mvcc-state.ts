import { type Entry, type Key, type KeyRange, type ListOptions, CompactedError, FutureRevisionError } from '../store.ts';
import { type Change, History } from './history.ts';
import { KeyTree, type KeyTreeView } from './key-tree.ts';
import { type KeyVersions, isTombstone, newestVersion, versionAt, withoutHistoryBefore } from './key-versions.ts';

/**
 * All keys with all their versions since the last compaction, up to `head`: the newest revision that
 * was appended. What is not durable yet is in here too; readers keep it out by reading at a revision.
 */
export class MvccState {
  readonly history = new History();
  readonly #tree = new KeyTree<KeyVersions>();
  #head = 1;
  #compacted = 0;
  #keys = 0;
  #bytes = 0;

  get head(): number {
    return this.#head;
  }

  get compactRevision(): number {
    return this.#compacted;
  }

  /** Keys that are there at `head`. */
  get keys(): number {
    return this.#keys;
  }

  /** About what entries and history take in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  newest(key: Key): Entry | undefined {
    const versions = this.#tree.get(key);
    if (!versions) return undefined;
    const entry = newestVersion(versions);
    return isTombstone(entry) ? undefined : entry;
  }

  at(key: Key, revision: number): Entry | undefined {
    const versions = this.#tree.get(key);
    return versions && versionAt(versions, revision);
  }

  list(range: KeyRange, revision: number, { limit = 0, countOnly = false, keysOnly = false }: ListOptions): Listing {
    const entries: Entry[] = [];
    let count = 0;
    this.#tree.scan(range, (versions) => {
      const entry = versionAt(versions, revision);
      if (!entry) return;
      count++;
      if (!countOnly && (limit <= 0 || count <= limit)) entries.push(keysOnly ? { ...entry, value: noBytes } : entry);
    });
    return { entries, count, more: limit > 0 && count > limit };
  }

  /** The revision a read is made at; throws where that one cannot be read. `newest` is what absent means, and the newest there is. */
  readRevision(at: number | undefined, newest: number): number {
    if (at === undefined || at <= 0) return newest;
    if (at > newest) throw new FutureRevisionError();
    if (at < this.#compacted) throw new CompactedError(this.#compacted);
    return at;
  }

  /** Adds one version, deletions included, and returns the live entry it takes the place of. */
  add(entry: Entry): Entry | undefined {
    const versions = this.#tree.get(entry.key);
    const newest = versions && newestVersion(versions);
    const previous = newest && !isTombstone(newest) ? newest : undefined;
    if (versions) versions.push(entry);
    else this.#tree.set(entry.key, [entry]);
    this.#bytes += bytesOf(entry);
    if (!isTombstone(entry)) this.#keys += previous ? 0 : 1;
    else if (previous) this.#keys--;
    return previous;
  }

  /** Moves `head` to the revision of a change whose entries were added. */
  commit(change: Change): void {
    this.history.append(change);
    this.#head = change.revision;
  }

  /** Looks only at keys that changed since the last compaction: no other key can have something to forget. */
  compact(revision: number): void {
    const changes = this.history.compact(revision);
    for (const { events } of changes) for (const { entry } of events) this.#forget(entry.key, revision);
    this.#compacted = revision;
  }

  /** A state just read from disk begins at a revision. */
  startAt(head: number, compacted: number): void {
    this.#head = head;
    this.#compacted = compacted;
  }

  view(): KeyTreeView<KeyVersions> {
    return this.#tree.view();
  }

  #forget(key: Key, revision: number): void {
    const versions = this.#tree.get(key);
    if (!versions) return;
    const kept = withoutHistoryBefore(versions, revision);
    if (kept === versions) return;
    // Kept are always the newest ones.
    for (let i = 0; i < versions.length - kept.length; i++) this.#bytes -= bytesOf(versions[i]!);
    if (kept.length > 0) this.#tree.set(key, kept);
    else this.#tree.delete(key);
  }
}

export interface Listing {
  readonly entries: readonly Entry[];
  readonly count: number;
  readonly more: boolean;
}

export const noBytes = new Uint8Array(0);

/** What an entry costs beside its bytes: the objects that hold it, its slot in tree and history. Measured by bench/store/puts.ts. */
const entryOverheadBytes = 600;

function bytesOf(entry: Entry): number {
  return entry.key.length + entry.value.length + entryOverheadBytes;
}
