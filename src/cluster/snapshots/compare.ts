import { toHex } from '../../codec/bytes.ts';
import { LiveKeys, type LiveKey } from '../../store/snapshot/live-keys.ts';
import { scanSnapshot } from '../../store/snapshot/scan-snapshot.ts';
import type { NewSha256 } from '../../store/snapshot/sha256-stream.ts';
import type { SnapshotFile } from '../../store/snapshot/snapshot-file.ts';
import { encodingOf, typeOf, type ObjectType } from './stored-value.ts';

/** What is compared of an object without keeping it. */
interface Fingerprint extends ObjectType {
  readonly digest: string;
}

export interface Difference {
  readonly change: 'added' | 'removed' | 'changed';
  readonly key: string;
  readonly type: ObjectType;
  readonly before?: LiveKey<Fingerprint>;
  readonly after?: LiveKey<Fingerprint>;
}

export interface Comparison {
  /** In the order of keys. */
  readonly differences: readonly Difference[];
  readonly same: number;
  readonly revisions: readonly [before: number, after: number];
}

/** Objects are the same when their stored bytes are. */
export async function compareSnapshots(before: SnapshotFile, after: SnapshotFile, newSha256: NewSha256): Promise<Comparison> {
  const one = await fingerprints(before, newSha256);
  const other = await fingerprints(after, newSha256);
  const differences: Difference[] = [];
  let same = 0;
  for (const was of one.keys.values()) {
    const is = other.keys.get(was.key);
    if (is?.about.digest === was.about.digest) same++;
    else if (is) differences.push({ change: 'changed', key: was.key, type: is.about, before: was, after: is });
    else differences.push({ change: 'removed', key: was.key, type: was.about, before: was });
  }
  for (const is of other.keys.values())
    if (!one.keys.get(is.key)) differences.push({ change: 'added', key: is.key, type: is.about, after: is });
  differences.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { differences, same, revisions: [one.revision, other.revision] };
}

async function fingerprints(
  file: SnapshotFile,
  newSha256: NewSha256,
): Promise<{ readonly keys: LiveKeys<Fingerprint>; readonly revision: number }> {
  const keys = new LiveKeys<Fingerprint>(({ value }) => {
    const hash = newSha256();
    hash.update(value);
    return { ...typeOf(value, encodingOf(value)), digest: toHex(hash.digest().subarray(0, 16)) };
  });
  const { revision } = await scanSnapshot(file, { record: (record, place) => keys.take(record, place) });
  return { keys, revision };
}
