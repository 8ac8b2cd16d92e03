import { CorruptError, StoreError } from '../store.ts';
import { crc32c } from './crc32c.ts';

export type LogFileKind = 'log' | 'snapshot';

/** What stands in the first bytes of every file of a store. */
export interface FileHeader {
  readonly kind: LogFileKind;
  /** Sixteen random bytes, the same in all files of one store. */
  readonly storeId: Uint8Array;
  /** Which log file this is; for a snapshot, the first log file that is not in it. */
  readonly file: number;
  /** The number of the first frame of that log file, and the checksum of the frame before: the log is one chain over all files. */
  readonly firstFrame: number;
  readonly chain: number;
}

export const headerBytes = 56;

/** Goes up when a store written by this version cannot be read by the one before. */
export const formatVersion = 1;

/** The file was written by a later version of this program. Nothing was changed. */
export class UnknownFormatError extends StoreError {
  override name = 'UnknownFormatError';
  constructor(file: string, version: number) {
    super(
      `${file}: written in store format ${version}, but this version of Slipway knows formats up to ${formatVersion}: ` +
        'start the store with the version that wrote it or a newer one',
    );
  }
}

export function encodeHeader({ kind, storeId, file, firstFrame, chain }: FileHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic[kind]);
  view.setUint32(8, formatVersion, true);
  bytes.set(storeId, 16);
  view.setBigUint64(32, BigInt(file), true);
  view.setBigUint64(40, BigInt(firstFrame), true);
  view.setUint32(48, chain, true);
  view.setUint32(52, crc32c(bytes.subarray(0, 52)), true);
  return bytes;
}

/** Throws `CorruptError` or `UnknownFormatError`. */
export function decodeHeader(path: string, kind: LogFileKind, bytes: Uint8Array): FileHeader {
  if (bytes.length < headerBytes) throw new CorruptError(path, bytes.length, 'the file ends within its header');
  if (magic[kind].some((byte, i) => bytes[i] !== byte)) throw new CorruptError(path, 0, `this is not a ${kind} file of a store`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const version = view.getUint32(8, true);
  if (version > formatVersion) throw new UnknownFormatError(path, version);
  if (view.getUint32(52, true) !== crc32c(bytes.subarray(0, 52)))
    throw new CorruptError(path, 0, 'the checksum of the header does not match');
  return {
    kind,
    storeId: bytes.slice(16, 32),
    file: Number(view.getBigUint64(32, true)),
    firstFrame: Number(view.getBigUint64(40, true)),
    chain: view.getUint32(48, true),
  };
}

const magic: Readonly<Record<LogFileKind, Uint8Array>> = {
  log: new TextEncoder().encode('SLIPWLOG'),
  snapshot: new TextEncoder().encode('SLIPWSNP'),
};
