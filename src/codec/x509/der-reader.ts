import { tags } from './der.ts';

/** What is no DER, or not the DER that was expected. */
export class DerError extends Error {
  override name = 'DerError';
}

/** One element, its bytes shared with the input. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** The input's one element; anything after it is an error. */
export function readDer(bytes: Uint8Array): DerElement {
  const reader = new DerReader(bytes);
  const found = reader.next();
  reader.end();
  return found;
}

/** Walks the elements of a constructed element, or of bare bytes, in order. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(source: DerElement | Uint8Array) {
    this.#bytes = source instanceof Uint8Array ? source : source.content;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peekTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next element, which must have `tag` where one is given. */
  next(tag?: number): DerElement {
    const start = this.#at;
    const found = this.#byte();
    if (tag !== undefined && found !== tag) throw new DerError(`expected tag 0x${tag.toString(16)}, found 0x${found.toString(16)}`);
    if ((found & 0x1f) === 0x1f) throw new DerError('multi-byte tags are not supported');
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DerError('an element is longer than what it stands in');
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag: found, content, whole: this.#bytes.subarray(start, end) };
  }

  /** The next element if it has `tag`. */
  optional(tag: number): DerElement | undefined {
    return this.peekTag() === tag ? this.next() : undefined;
  }

  /** All that are left. */
  rest(): DerElement[] {
    const all: DerElement[] = [];
    while (!this.done) all.push(this.next());
    return all;
  }

  end(): void {
    if (!this.done) throw new DerError('trailing data');
  }

  sequence(): DerReader {
    return new DerReader(this.next(tags.sequence));
  }

  oid(): string {
    return oidText(this.next(tags.oid).content);
  }

  integer(): bigint {
    return integerValue(this.next(tags.integer).content);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new DerError('unexpected end');
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('a length that DER does not allow');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length that is not the shortest');
    return length;
  }
}

export function integerValue(content: Uint8Array): bigint {
  if (content.length === 0) throw new DerError('an integer without bytes');
  let value = content[0]! >= 0x80 ? -1n : 0n;
  for (const byte of content) value = (value << 8n) | BigInt(byte);
  return value;
}

export function oidText(content: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const [i, byte] of content.entries()) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an object identifier with a number too large');
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    } else if (i === content.length - 1) throw new DerError('an object identifier that ends too soon');
  }
  const first = parts.shift();
  if (first === undefined) throw new DerError('an object identifier without bytes');
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...parts].join('.');
}

/** The bytes of a BIT STRING of whole bytes. */
export function bitStringBytes({ content }: DerElement): Uint8Array {
  if (content[0] !== 0) throw new DerError('a bit string that is not of whole bytes');
  return content.subarray(1);
}

/** The numbers of the bits that are set; bit 0 is the leftmost. */
export function setBits({ content }: DerElement): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < (content.length - 1) * 8; bit++) {
    if (content[1 + Math.floor(bit / 8)]! & (0x80 >> (bit % 8))) bits.push(bit);
  }
  return bits;
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime in the forms RFC 5280 allows. */
export function timeValue({ tag, content }: DerElement): number {
  const text = String.fromCharCode(...content);
  const [, short, rest] = /^(\d{2}|\d{4})(\d{10})Z$/.exec(text) ?? [];
  const expected = tag === tags.utcTime ? 2 : tag === tags.generalizedTime ? 4 : 0;
  if (short?.length !== expected || !rest) throw new DerError('a time in a form that certificates may not have');
  const year = expected === 4 ? short : Number(short) >= 50 ? `19${short}` : `20${short}`;
  const [month, day, hour, minute, second] = rest.match(/\d{2}/g)!;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(ms)) throw new DerError('a time that does not exist');
  return ms;
}

/** A string of any of ASN.1's directory types. */
export function stringValue({ tag, content }: DerElement): string {
  if (tag === tags.bmpString) return wideText(content, 2);
  if (tag === tags.universalString) return wideText(content, 4);
  if (tag === tags.teletexString) return String.fromCharCode(...content);
  if (tag === tags.utf8String || tag === tags.printableString || tag === tags.ia5String) return new TextDecoder().decode(content);
  throw new DerError(`tag 0x${tag.toString(16)} is not a string`);
}

function wideText(content: Uint8Array, width: number): string {
  if (content.length % width !== 0) throw new DerError('a string that ends within a character');
  let text = '';
  for (let at = 0; at < content.length; at += width) {
    const point = content.subarray(at, at + width).reduce((value, byte) => value * 256 + byte, 0);
    if (point > 0x10ffff) throw new DerError('a character that does not exist');
    text += String.fromCodePoint(point);
  }
  return text;
}
