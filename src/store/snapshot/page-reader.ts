import type { File } from '../../machine/files.ts';
import { CorruptError } from '../store.ts';

const chunkBytes = 256 * 1024;
/** So many chunks are kept: 32 MiB. Pages of one bucket lie scattered, but neighbours are often asked for soon. */
const keptChunks = 128;

/** Reads ranges of a file by chunks, of which it keeps the ones that were used last: memory does not grow with the file. */
export class PageReader {
  /** How the file is called in errors. */
  readonly name: string;
  /** Bytes that belong to the database; a checksum may follow. */
  readonly size: number;
  readonly #file: File;
  readonly #chunks = new Map<number, Uint8Array>();

  constructor(file: File, name: string, size: number) {
    this.#file = file;
    this.name = name;
    this.size = size;
  }

  /** The range, if it is at hand; views stay what they are however much is read later. */
  cached(offset: number, length: number): Uint8Array | undefined {
    const number = Math.floor(offset / chunkBytes);
    const at = offset - number * chunkBytes;
    if (at + length > chunkBytes) return undefined;
    const chunk = this.#chunks.get(number);
    return chunk && at + length <= chunk.length ? chunk.subarray(at, at + length) : undefined;
  }

  /** Throws `CorruptError` where the file ends before. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset + length > this.size)
      throw new CorruptError(this.name, offset, `the file ends at ${this.size}, within what should be ${length} bytes`);
    const number = Math.floor(offset / chunkBytes);
    const at = offset - number * chunkBytes;
    if (at + length > chunkBytes) return this.#readFully(offset, length);
    const chunk = await this.#chunk(number);
    return chunk.subarray(at, at + length);
  }

  async #chunk(number: number): Promise<Uint8Array> {
    const known = this.#chunks.get(number);
    this.#chunks.delete(number);
    const offset = number * chunkBytes;
    const chunk = known ?? (await this.#readFully(offset, Math.min(chunkBytes, this.size - offset)));
    this.#chunks.set(number, chunk);
    if (this.#chunks.size > keptChunks) this.#chunks.delete(this.#chunks.keys().next().value!);
    return chunk;
  }

  async #readFully(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = await this.#file.read(bytes.subarray(at), offset + at);
      if (count === 0) throw new CorruptError(this.name, offset + at, 'the file has become shorter while it was read');
      at += count;
    }
    return bytes;
  }
}
