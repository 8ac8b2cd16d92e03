import { ProtobufError, ProtobufReader } from '../../codec/protobuf/reader.ts';
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import type { Key, LeaseId } from '../store.ts';
import { bytesOfKey, keyOfBytes } from './byte-order.ts';

/** Which operation of which transaction: etcd's names of what the `key` bucket holds. */
export interface Revision {
  readonly main: number;
  readonly sub: number;
}

/** One put or deletion in the history of a key. */
export interface KeyRecord extends Revision {
  readonly tombstone: boolean;
  readonly key: Key;
  /** 0 in a tombstone, as are the rest. */
  readonly createRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
  /** A view of what was read. */
  readonly value: Uint8Array;
}

const revisionBytes = 17;
const separator = 0x5f;
const tombstoneMark = 0x74;

/** Throws RangeError. */
export function readRevision(bytes: Uint8Array): Revision {
  if (bytes.length !== revisionBytes && !(bytes.length === revisionBytes + 1 && bytes[revisionBytes] === tombstoneMark))
    throw new RangeError(`a revision of ${bytes.length} bytes`);
  if (bytes[8] !== separator) throw new RangeError('a revision without its separator');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { main: whole(view, 0), sub: whole(view, 9) };
}

export function revisionKey({ main, sub }: Revision, tombstone = false): Uint8Array {
  const bytes = new Uint8Array(revisionBytes + (tombstone ? 1 : 0));
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(main));
  bytes[8] = separator;
  view.setBigInt64(9, BigInt(sub));
  if (tombstone) bytes[revisionBytes] = tombstoneMark;
  return bytes;
}

/** Undefined for what `restore --bump-revision` leaves: a revision at which nothing was done. Throws RangeError. */
export function readKeyRecord(bucketKey: Uint8Array, bucketValue: Uint8Array): KeyRecord | undefined {
  const { main, sub } = readRevision(bucketKey);
  if (bucketValue.length === 0) return undefined;
  const tombstone = bucketKey.length > revisionBytes;
  const read = { main, sub, tombstone, key: '', createRevision: 0, version: 0, lease: 0n, value: noBytes };
  try {
    const reader = new ProtobufReader(bucketValue);
    while (reader.next('KeyValue')) readField(reader, read);
  } catch (error) {
    if (error instanceof ProtobufError) throw new RangeError(`no KeyValue: ${error.message}`, { cause: error });
    throw error;
  }
  if (read.key === '') throw new RangeError('a KeyValue without a key');
  return read;
}

function readField(reader: ProtobufReader, into: { -readonly [Name in keyof KeyRecord]: KeyRecord[Name] }): void {
  const delimited = reader.wireType === 2;
  if (delimited ? reader.field === 1 || reader.field === 5 : reader.wireType === 0 && reader.field in varintFields) {
    switch (reader.field) {
      case 1:
        into.key = keyOfBytes(reader.bytes());
        return;
      case 2:
        into.createRevision = Number(reader.int64());
        return;
      case 4:
        into.version = Number(reader.int64());
        return;
      case 5:
        into.value = reader.bytes();
        return;
      case 6:
        into.lease = BigInt(reader.int64());
        return;
    }
  }
  reader.skip();
}

const varintFields: Readonly<Record<number, true>> = { 2: true, 4: true, 6: true };

/** The inverse; of a tombstone etcd keeps nothing but the key. */
export function writeKeyValue({ main, tombstone, key, createRevision, version, lease, value }: KeyRecord): Uint8Array {
  const writer = new ProtobufWriter().bytes(1, bytesOfKey(key));
  if (tombstone) return writer.finish();
  writer.int(2, createRevision).int(3, main).int(4, version);
  if (value.length > 0) writer.bytes(5, value);
  if (lease !== 0n) writer.int(6, lease);
  return writer.finish();
}

/** How long `writeKeyValue` makes it, without making it. */
export function keyValueSize({ main, tombstone, key, createRevision, version, lease, value }: KeyRecord): number {
  const name = 1 + varintSize(key.length) + key.length;
  if (tombstone) return name;
  const bytes = value.length > 0 ? 1 + varintSize(value.length) + value.length : 0;
  const leased = lease === 0n ? 0 : 1 + varintSize(lease);
  return name + 3 + varintSize(createRevision) + varintSize(main) + varintSize(version) + bytes + leased;
}

function varintSize(value: number | bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, BigInt(value)); rest > 0x7fn; rest >>= 7n) size++;
  return size;
}

const noBytes = new Uint8Array(0);

/** Two halves, since a bigint for each of millions would be the most expensive thing about them. */
function whole(view: DataView, at: number): number {
  const high = view.getUint32(at);
  if (high >= 2 ** 21) throw new RangeError(`a revision of ${view.getBigInt64(at)}`);
  return high * 2 ** 32 + view.getUint32(at + 4);
}
