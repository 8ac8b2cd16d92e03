/**
 * Reads protocol buffers' wire format, field by field, without a copy. Whatever the bytes are, it
 * ends after as many steps as there are bytes, or throws `ProtobufError`.
 */
import { text } from '../bytes.ts';

/** Bytes that are no such message. The message is what Go's generated decoders say. */
export class ProtobufError extends Error {
  override name = 'ProtobufError';
}

export const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

const truncated = (): ProtobufError => new ProtobufError('unexpected EOF');

export class ProtobufReader {
  /** Of the field that `next()` went to. */
  field = 0;
  wireType = 0;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Goes to the next field, whose value is then to be read or skipped. False at the end. */
  next(message: string): boolean {
    if (this.atEnd) return false;
    const tag = this.#varint();
    this.wireType = wireTypeOf(tag);
    this.field = typeof tag === 'number' && tag < 2 ** 31 ? tag >>> 3 : Number(BigInt.asIntN(32, BigInt(tag) >> 3n));
    if (this.wireType === wireTypes.endGroup) throw new ProtobufError(`proto: ${message}: wiretype end group for non-group`);
    if (this.field <= 0) throw new ProtobufError(`proto: ${message}: illegal tag ${this.field} (wire type ${tag})`);
    return true;
  }

  /** A number as far as it is exact, else a bigint. */
  int64(): number | bigint {
    const value = this.#varint();
    return typeof value === 'number' ? value : exact(BigInt.asIntN(64, value));
  }

  int32(): number {
    const value = this.#varint();
    return typeof value === 'number' && value < 2 ** 31 ? value : Number(BigInt.asIntN(32, BigInt(value)));
  }

  bool(): boolean {
    return this.int32() !== 0;
  }

  double(): number {
    const start = this.#advance(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, 8).getFloat64(0, true);
  }

  /** Invalid UTF-8 becomes U+FFFD, as in Go's JSON. */
  string(): string {
    return text(this.bytes());
  }

  /** A view of what was given to the constructor. */
  bytes(): Uint8Array {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Reads the fields of a message that is this field's value, or the numbers of a packed list. */
  inner(): ProtobufReader {
    const start = this.#delimited();
    return new ProtobufReader(this.#bytes, start, this.#at);
  }

  /** Past the value of a field that nobody knows. */
  skip(): void {
    let groups = 0;
    let wireType = this.wireType;
    for (;;) {
      groups += this.#skipOne(wireType);
      if (groups === 0) return;
      wireType = wireTypeOf(this.#varint());
    }
  }

  /** How many groups it opened. */
  #skipOne(wireType: number): number {
    switch (wireType) {
      case wireTypes.varint:
        this.#varint();
        return 0;
      case wireTypes.fixed64:
        this.#advance(8);
        return 0;
      case wireTypes.lengthDelimited:
        this.#delimited();
        return 0;
      case wireTypes.startGroup:
        return 1;
      case wireTypes.endGroup:
        return -1;
      case wireTypes.fixed32:
        this.#advance(4);
        return 0;
      default:
        throw new ProtobufError(`proto: illegal wireType ${wireType}`);
    }
  }

  /** Past a length and what it counts; answers where that starts. */
  #delimited(): number {
    const length = this.#varint();
    if (length >= 2n ** 63n) throw new ProtobufError('proto: negative length found during unmarshaling');
    return this.#advance(Number(length));
  }

  #advance(count: number): number {
    const start = this.#at;
    if (count > this.#end - start) throw truncated();
    this.#at = start + count;
    return start;
  }

  /** Unsigned; a bigint from 2^49 on. */
  #varint(): number | bigint {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    let large = BigInt(value);
    for (let shift = 49n; shift < 64n; shift += 7n) {
      const byte = this.#byte();
      large |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, large);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  #byte(): number {
    if (this.#at >= this.#end) throw truncated();
    return this.#bytes[this.#at++]!;
  }
}

const wireTypeOf = (tag: number | bigint): number => (typeof tag === 'number' ? tag % 8 : Number(tag % 8n));

function exact(value: number | bigint): number | bigint {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}
