/**
 * Bytes are `Uint8Array` throughout; these are the few conversions everybody needs. Base64 keeps
 * Go's strictness and its error offsets, since they reach users in the API's error sentences.
 */
const encoder = new TextEncoder();
// A byte order mark is data: Go's decoders do not skip it either.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Invalid UTF-8 becomes U+FFFD, as in Go's `[]rune` and JSON decoding. */
export const text = (bytes: Uint8Array): string => decoder.decode(bytes);

export class Base64Error extends Error {
  override name = 'Base64Error';
  /** Of the first byte that does not belong, counted in the encoded text. */
  readonly offset: number;

  constructor(offset: number) {
    super(`illegal base64 data at input byte ${offset}`);
    this.offset = offset;
  }
}

const standardAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const urlAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

interface Encoding {
  readonly digits: Uint8Array;
  /** By character code below 128: the six bits, or 255. */
  readonly values: Uint8Array;
  readonly padded: boolean;
}

const standard = encodingOf(standardAlphabet, true);
const rawUrl = encodingOf(urlAlphabet, false);

const newline = 0x0a;
const carriageReturn = 0x0d;
const padding = 0x3d;

/** Standard alphabet, padded. */
export const toBase64 = (bytes: Uint8Array): string => encodeBase64(bytes, standard);

/** Go's `base64.StdEncoding`: padding required, line breaks skipped. Throws `Base64Error`. */
export const fromBase64 = (encoded: string): Uint8Array => decodeBase64(encoded, standard);

/** URL-safe alphabet without padding, as in JSON Web Tokens. */
export const toBase64Url = (bytes: Uint8Array): string => encodeBase64(bytes, rawUrl);

/** Go's `base64.RawURLEncoding`: no padding allowed. Throws `Base64Error`. */
export const fromBase64Url = (encoded: string): Uint8Array => decodeBase64(encoded, rawUrl);

/** The offset at which `fromBase64` would fail; undefined for well-formed text. Makes no bytes. */
export function base64Problem(encoded: string): number | undefined {
  try {
    walkBase64(encoded, standard, undefined);
    return undefined;
  } catch (error) {
    if (error instanceof Base64Error) return error.offset;
    throw error;
  }
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function encodingOf(alphabet: string, padded: boolean): Encoding {
  const values = new Uint8Array(128).fill(255);
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;
  return { digits: utf8(alphabet), values, padded };
}

function encodeBase64(bytes: Uint8Array, { digits, padded }: Encoding): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[at++] = digits[bits >> 18]!;
    out[at++] = digits[(bits >> 12) & 63]!;
    out[at++] = i + 1 < bytes.length ? digits[(bits >> 6) & 63]! : padding;
    out[at++] = i + 2 < bytes.length ? digits[bits & 63]! : padding;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text(padded ? out : out.subarray(0, at - missing));
}

function decodeBase64(encoded: string, encoding: Encoding): Uint8Array {
  const out = new Uint8Array(Math.ceil(encoded.length / 4) * 3);
  return out.subarray(0, walkBase64(encoded, encoding, out));
}

/** Returns how many bytes the text stands for; writes them where `out` is given. */
function walkBase64(encoded: string, { values, padded }: Encoding, out: Uint8Array | undefined): number {
  let length = 0;
  let bits = 0;
  let digits = 0;
  for (let at = 0; at < encoded.length; at++) {
    const code = encoded.charCodeAt(at);
    const value = code < 128 ? values[code]! : 255;
    if (value !== 255) {
      bits = (bits << 6) | value;
      if (++digits < 4) continue;
      if (out) putBytes(out, length, bits, 3);
      length += 3;
      bits = 0;
      digits = 0;
    } else if (code !== newline && code !== carriageReturn) {
      if (code !== padding || !padded || digits < 2) throw new Base64Error(at);
      requireEnd(encoded, at, digits);
      if (out) putBytes(out, length, bits << (6 * (4 - digits)), digits - 1);
      return length + digits - 1;
    }
  }
  if (digits === 0) return length;
  // Go counts back from the end by the digits it has read.
  if (padded || digits === 1) throw new Base64Error(encoded.length - digits);
  if (out) putBytes(out, length, bits << (6 * (4 - digits)), digits - 1);
  return length + digits - 1;
}

/** What follows the first `=` at `at`: a second one after two digits, then line breaks alone. */
function requireEnd(encoded: string, at: number, digits: number): void {
  let next = skipLineBreaks(encoded, at + 1);
  if (digits === 2) {
    if (next === encoded.length) throw new Base64Error(encoded.length);
    if (encoded.charCodeAt(next) !== padding) throw new Base64Error(next - 1);
    next = skipLineBreaks(encoded, next + 1);
  }
  if (next < encoded.length) throw new Base64Error(next);
}

function skipLineBreaks(encoded: string, from: number): number {
  let at = from;
  while (encoded.charCodeAt(at) === newline || encoded.charCodeAt(at) === carriageReturn) at++;
  return at;
}

function putBytes(out: Uint8Array, at: number, bits: number, count: number): void {
  for (let i = 0; i < count; i++) out[at + i] = (bits >> (16 - 8 * i)) & 255;
}
