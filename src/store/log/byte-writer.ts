/** Bytes that grow at their end. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written; a view that the next write may make stale. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Leaves room to be filled in later through `bytes()`. */
  skip(count: number): void {
    this.#reserve(count);
    this.#length += count;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** A whole number of at least 0 and below 2^53, seven bits a byte. */
  varint(value: number): void {
    this.#reserve(8);
    while (value >= 0x80) {
      this.#bytes[this.#length++] = (value % 0x80) | 0x80;
      value = value < 2 ** 31 ? value >>> 7 : Math.floor(value / 0x80);
    }
    this.#bytes[this.#length++] = value;
  }

  /** A string of one byte a character, after its length. */
  key(key: string): void {
    this.varint(key.length);
    this.#reserve(key.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < key.length; i++) bytes[at++] = key.charCodeAt(i);
    this.#length = at;
  }

  /** Bytes after their length. */
  value(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    bytes.set(this.bytes());
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
