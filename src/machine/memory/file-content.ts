/** The bytes of a file in memory: grows by doubling, reads zeros where nothing was written. */
export class FileContent {
  #bytes: Uint8Array<ArrayBuffer>;
  #size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = Uint8Array.from(bytes);
    this.#size = bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  /** A view, until the next change. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  read(into: Uint8Array, position: number): number {
    const found = this.#bytes.subarray(Math.min(position, this.#size), Math.min(position + into.length, this.#size));
    into.set(found);
    return found.length;
  }

  write(chunk: Uint8Array, position: number): void {
    if (chunk.length === 0) return;
    this.#grow(position + chunk.length);
    this.#bytes.set(chunk, position);
  }

  truncate(size: number): void {
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#grow(size);
    this.#size = size;
  }

  #grow(size: number): void {
    if (size > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#size = Math.max(this.#size, size);
  }
}
