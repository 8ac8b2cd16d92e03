import { concatBytes, utf8 } from '../bytes.ts';

/** Writing ASN.1 in DER: each function returns one whole element, tag and length included. Source: ITU-T X.690. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

export function element(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(tags.sequence, concatBytes(parts));

/** DER wants the members of a SET OF in the order of their encodings. */
export const setOf = (members: readonly Uint8Array[]): Uint8Array => element(tags.set, concatBytes([...members].sort(compareBytes)));

/** `[number]` around whole elements (explicit tagging, or an implicitly tagged sequence's members). */
export const contextConstructed = (number: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  element(0xa0 | number, concatBytes(parts));

/** `[number]` in place of a primitive element's own tag (implicit tagging). */
export const contextPrimitive = (number: number, content: Uint8Array): Uint8Array => element(0x80 | number, content);

/** `value` is not negative. */
export function integer(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  if (bytes.length === 0 || bytes[0]! >= 0x80) bytes.unshift(0);
  return element(tags.integer, Uint8Array.from(bytes));
}

export const boolean = (value: boolean): Uint8Array => element(tags.boolean, Uint8Array.of(value ? 0xff : 0));
export const nothing = (): Uint8Array => element(tags.null, new Uint8Array(0));
export const octetString = (content: Uint8Array): Uint8Array => element(tags.octetString, content);
export const ia5String = (text: string): Uint8Array => element(tags.ia5String, utf8(text));

/** Whole bytes as a BIT STRING. */
export const bitString = (content: Uint8Array): Uint8Array => element(tags.bitString, concatBytes([Uint8Array.of(0), content]));

/** Named bits: bit 0 is the leftmost; trailing zero bits are left out, as DER wants for named bit lists. */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits);
  const content = new Uint8Array(1 + Math.ceil((highest + 1) / 8));
  content[0] = highest < 0 ? 0 : 7 - (highest % 8);
  for (const bit of bits) content[1 + Math.floor(bit / 8)]! |= 0x80 >> (bit % 8);
  return element(tags.bitString, content);
}

/** `dotted` such as `2.5.29.15`. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(tags.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/** PrintableString where its alphabet suffices, else UTF8String: what Go's encoder chooses. */
export const directoryString = (text: string): Uint8Array =>
  element(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? tags.printableString : tags.utf8String, utf8(text));

/** UTCTime for the years 1950 to 2049, GeneralizedTime else, as RFC 5280 wants. Whole seconds; the rest is cut. */
export function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14);
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(tags.utcTime, utf8(`${digits.slice(2)}Z`))
    : element(tags.generalizedTime, utf8(`${digits}Z`));
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
