/** Writes protocol buffers' wire format. Fields are written in the order of the calls; zero values are for the caller to leave out. */
import { utf8 } from '../bytes.ts';

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;

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
    return this.bytes(field, utf8(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, lengthDelimited);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  message(field: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.bytes(field, inner.#bytes.subarray(0, inner.#length));
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number | bigint): void {
    this.#reserve(10);
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
