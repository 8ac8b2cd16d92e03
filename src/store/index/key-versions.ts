import type { Entry } from '../store.ts';

/**
 * What was ever put under one key, oldest first, deletions included; never empty. The newest end may
 * grow in place, since every reader looks up to a revision of its own; anything else makes a new array.
 */
export type KeyVersions = Entry[];

/** A deletion is an entry of version 0, whose create revision is 0 too. */
export function isTombstone(entry: Entry): boolean {
  return entry.version === 0;
}

export function newestVersion(versions: KeyVersions): Entry {
  return versions[versions.length - 1]!;
}

/** The entry a read at `revision` sees; absent when the key was not there or deleted then. */
export function versionAt(versions: KeyVersions, revision: number): Entry | undefined {
  const entry = versions[indexAt(versions, revision)];
  return entry && !isTombstone(entry) ? entry : undefined;
}

/** What reads at `revision` and later can still see; the same array when that is everything. */
export function withoutHistoryBefore(versions: KeyVersions, revision: number): Entry[] {
  const first = indexAt(versions, revision);
  if (first < 0) return versions;
  if (isTombstone(versions[first]!)) return versions.slice(first + 1);
  return first === 0 ? versions : versions.slice(first);
}

/** Index of the newest version not after `revision`; -1 when all are. Looks from the new end, where nearly all reads are. */
function indexAt(versions: KeyVersions, revision: number): number {
  let low = 0;
  let high = versions.length - 1;
  if (versions[high]!.modRevision <= revision) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (versions[middle]!.modRevision <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
