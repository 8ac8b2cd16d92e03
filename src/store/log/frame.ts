import type { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/**
 * A frame is what is written and synced at once: whole records, after
 * magic u32 · payload length u32 · frame number u64 · checksum of the frame before u32 · checksum u32,
 * little-endian. The checksum covers everything before it, then the payload, and starts from one of
 * the store's id: a frame of another store, or one that somebody stored as a value, is none here.
 */
export const frameHeaderBytes = 24;
export const frameMagic = 0x4d415246;

/** Begins a frame in an empty writer: records follow. */
export function beginFrame(writer: ByteWriter): void {
  writer.skip(frameHeaderBytes);
}

/** Where a chain of frames stands: the number the next one gets, and the checksum of the one before. */
export interface ChainEnd {
  readonly number: number;
  readonly chain: number;
}

/** Fills in the header of a frame that has its records; returns where the chain stands after it. */
export function sealFrame(writer: ByteWriter, idSeed: number, { number, chain }: ChainEnd): ChainEnd {
  const bytes = writer.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes);
  view.setUint32(0, frameMagic, true);
  view.setUint32(4, bytes.length - frameHeaderBytes, true);
  view.setBigUint64(8, BigInt(number), true);
  view.setUint32(16, chain, true);
  const checksum = checksumOf(bytes, idSeed);
  view.setUint32(20, checksum, true);
  return { number: number + 1, chain: checksum };
}

export function seedOf(storeId: Uint8Array): number {
  return crc32c(storeId);
}

export interface FrameHeader extends ChainEnd {
  readonly payloadBytes: number;
  readonly checksum: number;
}

/** Absent where no frame begins here. */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes);
  if (view.getUint32(0, true) !== frameMagic) return undefined;
  return {
    payloadBytes: view.getUint32(4, true),
    number: Number(view.getBigUint64(8, true)),
    chain: view.getUint32(16, true),
    checksum: view.getUint32(20, true),
  };
}

/** Of a whole frame, header first. */
export function checksumOf(frame: Uint8Array, idSeed: number): number {
  return crc32c(frame.subarray(frameHeaderBytes), crc32c(frame.subarray(0, 20), idSeed));
}
