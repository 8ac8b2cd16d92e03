import type { Rng } from '../../base/rng.ts';
import type { FileSystem } from '../../machine/files.ts';
import { KeyTree } from '../index/key-tree.ts';
import type { KeyVersions } from '../index/key-versions.ts';
import { writeSnapshot } from '../log/snapshot-writer.ts';
import { Segment } from '../log/segment.ts';
import { defaultLogSizes } from '../log/log-sizes.ts';
import type { Entry, Key, LeaseInfo } from '../store.ts';

/** What a store is to begin with: what is there at one revision, and nothing from before it. */
export interface RestoredContent {
  readonly revision: number;
  /** None later than `revision`. */
  readonly entries: readonly Entry[];
  /** Keys that were deleted at `revision` itself, which a watch from there is told. */
  readonly deletedLast: readonly Key[];
  readonly leases: readonly LeaseInfo[];
}

/**
 * Makes a folder that an `EmbeddedStore` opens with this content: all revisions and versions as they
 * were, compacted at the newest. The folder must hold no store yet.
 */
export async function restoreFolder(
  content: RestoredContent,
  { files, folder, rng, signal }: { files: FileSystem; folder: string; rng: Rng; signal: AbortSignal },
): Promise<void> {
  const { revision, entries, leases } = content;
  const tree = new KeyTree<KeyVersions>();
  for (const entry of entries) tree.set(entry.key, [entry]);
  await files.makeFolder(folder, 0o700);
  const place = { storeId: Uint8Array.from({ length: 16 }, () => rng.below(256)), file: 1, firstFrame: 1, chain: 0 };
  // Half of it is a folder that does not open: the log alone would be an empty store.
  await writeSnapshot(files, folder, {
    header: { ...place, kind: 'snapshot' },
    view: { revision, compactRevision: revision, leases, tree: tree.view(), changes: [lastChange(content)] },
    signal,
  });
  const log = await Segment.create(files, folder, { ...place, kind: 'log' }, defaultLogSizes.reserveBytes + defaultLogSizes.stepBytes);
  await log.close();
}

function lastChange({ revision, entries, deletedLast }: RestoredContent) {
  const deleted = (key: Key): Entry => ({ key, value: new Uint8Array(0), createRevision: 0, modRevision: revision, version: 0, lease: 0n });
  return {
    revision,
    events: [
      ...entries.filter((entry) => entry.modRevision === revision).map((entry) => ({ type: 'put' as const, entry })),
      ...deletedLast.map((key) => ({ type: 'delete' as const, entry: deleted(key) })),
    ],
  };
}
