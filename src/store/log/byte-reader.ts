/** Reads what a `ByteWriter` wrote; throws a RangeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint64(): bigint {
    const at = this.#take(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getBigUint64(0, true);
  }

  varint(): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 53; unit *= 0x80) {
      const byte = this.uint8();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number has too many bytes');
  }

  key(): string {
    const length = this.varint();
    const at = this.#take(length);
    // A handful of thousand arguments is what every engine takes.
    if (length <= 4096) return String.fromCharCode(...this.#bytes.subarray(at, at + length));
    let key = '';
    for (let i = at; i < at + length; i += 4096) key += String.fromCharCode(...this.#bytes.subarray(i, Math.min(i + 4096, at + length)));
    return key;
  }

  /** A copy: it does not keep the bytes around it alive. */
  value(): Uint8Array {
    const length = this.varint();
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new RangeError('the record ends too early');
    this.#at = at + count;
    return at;
  }
}
