/** Writes protocol buffers' wire format. Fields are written in the order of the calls; zero values are for the caller to leave out. */
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;

const encoder = new TextEncoder();
const lengthBytes = (length: number): number => (length < 0x80 ? 1 : 1 + lengthBytes(Math.floor(length / 128)));

export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** What has been written, in a buffer of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** int32, int64, uint32, uint64 and enums: negative ones take ten bytes. */
  int(field: number, value: number | bigint): this {
    this.#tag(field, varint);
    this.#varint(typeof value === 'number' && value >= 0 ? value : BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.int(field, value ? 1 : 0);
  }

  double(field: number, value: number): this {
    this.#tag(field, fixed64);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  string(field: number, value: string): this {
    const start = this.#open(field);
    // UTF-8 takes three bytes at most for one of UTF-16's units.
    this.#reserve(value.length * 3);
    this.#length += encoder.encodeInto(value, this.#bytes.subarray(start)).written;
    return this.#close(start);
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, lengthDelimited);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** `write` gets this writer itself: what it writes is the message. */
  message(field: number, write: (inner: this) => void): this {
    const start = this.#open(field);
    write(this);
    return this.#close(start);
  }

  /** Leaves room for a length, and answers where its content starts. Most are short enough for a single byte. */
  #open(field: number): number {
    this.#tag(field, lengthDelimited);
    this.#reserve(1);
    return ++this.#length;
  }

  /** Puts the length before what has been written since; a long one moves up. */
  #close(start: number): this {
    const length = this.#length - start;
    const more = lengthBytes(length) - 1;
    this.#reserve(more);
    if (more > 0) this.#bytes.copyWithin(start + more, start, this.#length);
    this.#length = start - 1;
    this.#put(length);
    this.#length += length;
    return this;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number | bigint): void {
    this.#reserve(10);
    this.#put(value);
  }

  #put(value: number | bigint): void {
    if (typeof value === 'bigint') {
      let rest = value;
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      this.#bytes[this.#length++] = Number(rest);
      return;
    }
    let rest = value;
    // Division, since a number may have more than the 32 bits that shifts keep.
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
