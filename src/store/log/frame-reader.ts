import type { File } from '../../machine/files.ts';
import { type ChainEnd, type FrameHeader, checksumOf, frameHeaderBytes, frameMagic, readFrameHeader } from './frame.ts';

export type ReadFrame =
  /** `payload` is a view until the next read. */
  | { readonly kind: 'frame'; readonly offset: number; readonly payload: Uint8Array }
  /** Nothing but zeros from `offset` on. */
  | { readonly kind: 'end'; readonly offset: number }
  | { readonly kind: 'damage'; readonly offset: number; readonly problem: string };

/** Reads the frames of one file in order, some megabytes at a time. */
export class FrameReader {
  readonly #file: File;
  readonly #size: number;
  readonly #idSeed: number;
  #window = new Uint8Array(0);
  #windowAt = 0;
  #offset: number;
  #next: ChainEnd;

  private constructor(file: File, size: number, idSeed: number, offset: number, next: ChainEnd) {
    this.#file = file;
    this.#size = size;
    this.#idSeed = idSeed;
    this.#offset = offset;
    this.#next = next;
  }

  static async over(file: File, options: { idSeed: number; offset: number; next: ChainEnd }): Promise<FrameReader> {
    return new FrameReader(file, await file.size(), options.idSeed, options.offset, options.next);
  }

  /** Where the chain stands after the frames read so far. */
  get chainEnd(): ChainEnd {
    return this.#next;
  }

  get size(): number {
    return this.#size;
  }

  /** The next frame of the chain. After an end or damage it gives the same again. */
  async next(): Promise<ReadFrame> {
    const offset = this.#offset;
    const damage = (problem: string): ReadFrame => ({ kind: 'damage', offset, problem });
    const header = await this.#headerAt(offset);
    if (!header) return (await this.#isZeroFrom(offset)) ? { kind: 'end', offset } : damage('no record begins here');
    const frame = await this.#wholeFrame(offset, header);
    if (!frame) return damage('the checksum of the record does not match');
    const { number, chain } = this.#next;
    if (header.number !== number || header.chain !== chain) return damage(`record ${header.number} stands where ${number} was expected`);
    this.#offset = offset + frame.length;
    this.#next = { number: number + 1, chain: header.checksum };
    return { kind: 'frame', offset, payload: frame.subarray(frameHeaderBytes) };
  }

  /** Whether a frame later than the ones read so far stands anywhere behind a damaged one. */
  async hasLaterFrame(): Promise<boolean> {
    for (let at = this.#offset + 1; at + frameHeaderBytes <= this.#size; at++) {
      await this.#bytes(at, frameHeaderBytes);
      const found = this.#laterHeaderInWindow(at);
      // The last few bytes of the window may begin a header that ends in the next one.
      at = found?.at ?? this.#windowAt + this.#window.length - frameHeaderBytes;
      if (found && (await this.#wholeFrame(at, found.header))) return true;
    }
    return false;
  }

  /** The first thing from an offset on, and in the window, that looks like the header of a later frame. Millions of bytes may be looked at: not one may be awaited. */
  #laterHeaderInWindow(from: number): { at: number; header: FrameHeader } | undefined {
    const window = this.#window;
    for (let i = from - this.#windowAt; ; i++) {
      i = window.indexOf(frameMagic & 0xff, i);
      if (i < 0 || i + frameHeaderBytes > window.length) return undefined;
      if (window[i + 1] !== ((frameMagic >>> 8) & 0xff)) continue;
      const header = readFrameHeader(window.subarray(i, i + frameHeaderBytes));
      const at = this.#windowAt + i;
      if (header && header.number > this.#next.number && at + frameHeaderBytes + header.payloadBytes <= this.#size) return { at, header };
    }
  }

  async #headerAt(offset: number): Promise<FrameHeader | undefined> {
    const bytes = await this.#bytes(offset, frameHeaderBytes);
    return bytes.length < frameHeaderBytes ? undefined : readFrameHeader(bytes);
  }

  async #wholeFrame(offset: number, { payloadBytes, checksum }: FrameHeader): Promise<Uint8Array | undefined> {
    const length = frameHeaderBytes + payloadBytes;
    if (offset + length > this.#size) return undefined;
    const frame = await this.#bytes(offset, length);
    return frame.length === length && checksumOf(frame, this.#idSeed) === checksum ? frame : undefined;
  }

  async #isZeroFrom(offset: number): Promise<boolean> {
    for (let at = offset; at < this.#size; at += windowBytes)
      if (!isZero(await this.#bytes(at, Math.min(windowBytes, this.#size - at)))) return false;
    return true;
  }

  /** Up to `length` bytes at `offset`, fewer at the end of the file; a view until the next read. */
  async #bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#windowAt;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    const window = new Uint8Array(Math.max(0, Math.min(Math.max(length, windowBytes), this.#size - offset)));
    let filled = 0;
    while (filled < window.length) {
      const count = await this.#file.read(window.subarray(filled), offset + filled);
      if (count === 0) break;
      filled += count;
    }
    this.#window = window.subarray(0, filled);
    this.#windowAt = offset;
    return this.#window.subarray(0, length);
  }
}

const windowBytes = 4 * 1024 * 1024;

function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
