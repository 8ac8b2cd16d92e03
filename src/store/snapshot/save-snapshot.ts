import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import type { FileSystem } from '../../machine/files.ts';
import type { Store } from '../store.ts';
import { databaseImage, type DatabaseImage } from './bbolt-writer.ts';
import { keyValueSize, revisionKey, writeKeyValue } from './key-record.ts';
import { pairsOf, type Pair, type PairList } from './pair-list.ts';
import type { NewSha256 } from './sha256-stream.ts';
import { storeContent, type StoreContent } from './store-content.ts';

export interface SaveSnapshotOptions {
  readonly store: Store;
  readonly files: FileSystem;
  /** Written beside it first, and put in place whole. Readable by its owner alone: it holds every Secret. */
  readonly path: string;
  readonly newSha256: NewSha256;
  /** Without what was overwritten or deleted. */
  readonly liveOnly?: boolean;
}

export interface SavedSnapshot {
  readonly path: string;
  readonly revision: number;
  readonly compactRevision: number;
  /** Puts and deletions in it. */
  readonly records: number;
  readonly sizeBytes: number;
}

/** Writes a file that etcd's own tools take for one of theirs: a database of etcd 3.5, and its SHA-256. */
export async function saveSnapshot({ store, files, path, newSha256, liveOnly = false }: SaveSnapshotOptions): Promise<SavedSnapshot> {
  const content = await storeContent(store, { history: !liveOnly });
  const image = databaseImage(bucketsOf(content));
  const sizeBytes = await writeImage(image, { files, path, newSha256 });
  const { revision, compactRevision, records } = content;
  return { path, revision, compactRevision, records: records.length, sizeBytes };
}

/** Every bucket that etcd makes; in order of their names. */
function bucketsOf(content: StoreContent): [string, PairList][] {
  return [
    ['alarm', pairsOf([])],
    ['auth', pairsOf([])],
    ['authRoles', pairsOf([])],
    ['authUsers', pairsOf([])],
    ['cluster', pairsOf([])],
    ['key', keyPairs(content)],
    ['lease', pairsOf(content.leases.map(({ id, ttlSeconds }): Pair => [bigEndian(id), leaseMessage(id, ttlSeconds)]))],
    ['members', pairsOf([])],
    ['members_removed', pairsOf([])],
    ['meta', pairsOf(metaPairs(content))],
  ];
}

const keyPairs = ({ records }: StoreContent): PairList => ({
  length: records.length,
  keySize: (index) => (records[index]!.tombstone ? 18 : 17),
  valueSize: (index) => keyValueSize(records[index]!),
  key: (index) => revisionKey(records[index]!, records[index]!.tombstone),
  value: (index) => writeKeyValue(records[index]!),
});

const leaseMessage = (id: bigint, ttlSeconds: number): Uint8Array => new ProtobufWriter().int(1, id).int(2, ttlSeconds).finish();

/** A term and an index that are not 0 are how etcd knows a database that a member has written. */
function metaPairs({ revision, compactRevision }: StoreContent): Pair[] {
  const compacted = revisionKey({ main: compactRevision, sub: 0 });
  return [
    [ascii('consistent_index'), bigEndian(BigInt(revision))],
    ...(compactRevision > 0 ? [[ascii('finishedCompactRev'), compacted] as const, [ascii('scheduledCompactRev'), compacted] as const] : []),
    [ascii('term'), bigEndian(1n)],
  ];
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

function bigEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

const batchBytes = 1024 * 1024;

async function writeImage(
  image: DatabaseImage,
  { files, path, newSha256 }: Pick<SaveSnapshotOptions, 'files' | 'path' | 'newSha256'>,
): Promise<number> {
  const part = `${path}.part`;
  const file = await files.open(part, { write: true, create: true, mode: 0o600 });
  const hash = newSha256();
  let position = 0;
  try {
    await file.truncate(0);
    for (const batch of batches(image.pages())) {
      for (const page of batch) hash.update(page);
      await file.write(batch, position);
      position += batch.reduce((sum, page) => sum + page.length, 0);
    }
    await file.write([hash.digest()], position);
    await file.sync();
    await file.close();
    await files.rename(part, path);
    await files.syncFolder(folderOf(path));
  } catch (error) {
    await file.close();
    await files.remove(part).catch(() => {});
    throw error;
  }
  return position + 32;
}

function* batches(pages: Iterable<Uint8Array>): Iterable<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const page of pages) {
    batch.push(page);
    bytes += page.length;
    if (bytes < batchBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || (path.startsWith('/') ? '/' : '.');
