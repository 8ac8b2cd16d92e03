import { ProtobufError } from '../../codec/protobuf/reader.ts';
import { crc32c } from '../log/crc32c.ts';
import { CorruptError } from '../store.ts';
import type { BboltBucket } from './bbolt-file.ts';
import type { BboltLeaf } from './bbolt-leaf.ts';
import { bytesOfKey } from './byte-order.ts';
import { readKeyRecord, readRevision, type KeyRecord } from './key-record.ts';
import { noServerRecords, takeServerRecord, type ServerRecords } from './server-records.ts';
import type { SnapshotFile } from './snapshot-file.ts';

/** Where a record stands in its file, for reading it again. */
export interface Place {
  /** Its page; of a bucket kept inline, which is small, the leaf itself. */
  readonly leaf: number | BboltLeaf;
  readonly index: number;
}

export interface Scan {
  readonly server: ServerRecords;
  /** What etcd's revision is after it booted from the file; 1 without any key. */
  readonly revision: number;
  /** History before it is gone; 0 where nothing was ever compacted. */
  readonly compactRevision: number;
  /** Puts and deletions that are kept. */
  readonly records: number;
  /** Revisions without content, as `restore --bump-revision` makes them. */
  readonly bumpMarkers: number;
  /** Pairs of all buckets: what `etcdctl snapshot status` of 3.4 and 3.5 calls total keys. */
  readonly pairs: number;
  /** CRC-32C as `etcdctl snapshot status` shows it, over all pairs of all buckets; absent unless asked for. */
  readonly hash?: number;
  readonly buckets: readonly { readonly name: string; readonly pairs: number }[];
  readonly pagesInUse: number;
}

export interface ScanOptions {
  /** Told every record in the order of revisions. Its bytes are good for as long as they are held. */
  readonly record?: (record: KeyRecord, place: Place) => void;
  readonly hash?: boolean;
}

/** One pass over everything in a file, in bounded memory. Throws `CorruptError`. */
export async function scanSnapshot(file: SnapshotFile, { record, hash = false }: ScanOptions = {}): Promise<Scan> {
  const { database } = file;
  const pass = database.newPass();
  const scan = new RunningScan(file, record, hash);
  for (const bucket of await database.buckets(pass)) {
    scan.open(bucket);
    for await (const leaf of database.leaves(bucket, pass)) scan.take(leaf);
  }
  return scan.result(pass.size);
}

/** Reads one record again. */
export async function recordAt(file: SnapshotFile, { leaf: at, index }: Place): Promise<KeyRecord | undefined> {
  const leaf = typeof at === 'number' ? await file.database.leaf(at) : at;
  return readKeyRecord(leaf.key(index), leaf.value(index));
}

class RunningScan {
  readonly #server = noServerRecords();
  readonly #buckets: { name: string; pairs: number }[] = [];
  readonly #file: SnapshotFile;
  readonly #record: ScanOptions['record'];
  #hash: number | undefined;
  #bucket = '';
  #isInline = false;
  #records = 0;
  #bumpMarkers = 0;
  #newest = 1;

  constructor(file: SnapshotFile, record: ScanOptions['record'], hash: boolean) {
    this.#file = file;
    this.#record = record;
    if (hash) this.#hash = 0;
  }

  open({ name, inline }: BboltBucket): void {
    this.#bucket = name;
    this.#isInline = inline !== undefined;
    this.#buckets.push({ name, pairs: 0 });
    if (this.#hash !== undefined) this.#hash = crc32c(bytesOfKey(name), this.#hash);
  }

  take(leaf: BboltLeaf): void {
    this.#buckets.at(-1)!.pairs += leaf.count;
    for (let index = 0; index < leaf.count; index++) {
      const key = leaf.key(index);
      const value = leaf.value(index);
      if (this.#hash !== undefined) this.#hash = crc32c(value, crc32c(key, this.#hash));
      try {
        if (this.#bucket === 'key') this.#takeRevision(key, value, { leaf: this.#isInline ? leaf : leaf.page, index });
        else takeServerRecord(this.#server, this.#bucket, key, value);
      } catch (error) {
        throw this.#damage(error, leaf.page, index);
      }
    }
  }

  result(pagesInUse: number): Scan {
    const { scheduledCompactRevision, finishedCompactRevision } = this.#server;
    const compactRevision = Math.max(scheduledCompactRevision, finishedCompactRevision);
    return {
      server: this.#server,
      revision: Math.max(this.#newest, compactRevision),
      compactRevision,
      records: this.#records,
      bumpMarkers: this.#bumpMarkers,
      pairs: this.#buckets.reduce((sum, { pairs }) => sum + pairs, 0),
      ...(this.#hash !== undefined && { hash: this.#hash }),
      buckets: this.#buckets,
      pagesInUse,
    };
  }

  #takeRevision(key: Uint8Array, value: Uint8Array, place: Place): void {
    const record = readKeyRecord(key, value);
    this.#newest = Math.max(this.#newest, (record ?? readRevision(key)).main);
    if (!record) {
      this.#bumpMarkers++;
      return;
    }
    this.#records++;
    this.#record?.(record, place);
  }

  /** What a record's own bytes are wrong about; everything else is a bug of ours and stays what it is. */
  #damage(error: unknown, page: number, index: number): unknown {
    if (!(error instanceof RangeError || error instanceof ProtobufError || error instanceof SyntaxError)) return error;
    return new CorruptError(
      this.#file.path,
      page * this.#file.database.meta.pageSize,
      `page ${page}: element ${index} of bucket ${JSON.stringify(this.#bucket)}: ${error.message}`,
    );
  }
}
