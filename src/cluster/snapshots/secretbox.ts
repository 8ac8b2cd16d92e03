/** NaCl's secretbox, opened: XSalsa20 and Poly1305, which Node's crypto does not have. Source: Bernstein, "Cryptography in NaCl" and "Extending the Salsa20 nonce". */
import { timingSafeEqual } from 'node:crypto';

export const secretboxNonceBytes = 24;
const tagBytes = 16;
const blockBytes = 64;
/** "expand 32-byte k" */
const sigma = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** `box` is the tag and the ciphertext. Undefined where it was not made with this key and nonce. */
export function openSecretbox(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  if (key.length !== 32 || box.length < tagBytes) return undefined;
  const stream = new Salsa20(hsalsa20(key, nonce.subarray(0, 16)), nonce.subarray(16, secretboxNonceBytes));
  const first = stream.block(0);
  const ciphertext = box.subarray(tagBytes);
  if (!timingSafeEqual(poly1305(first.subarray(0, 32), ciphertext), box.subarray(0, tagBytes))) return undefined;
  // The first half of the first block was the authenticator's key.
  const plain = new Uint8Array(ciphertext.length);
  let block = first;
  for (let at = 0; at < plain.length; at++) {
    const position = at + 32;
    if (position % blockBytes === 0) block = stream.block(position / blockBytes);
    plain[at] = ciphertext[at]! ^ block[position % blockBytes]!;
  }
  return plain;
}

const wordsOf = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
};

function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  return bytes;
}

class Salsa20 {
  readonly #key: readonly number[];
  readonly #nonce: readonly number[];

  constructor(key: Uint8Array, nonce: Uint8Array) {
    this.#key = wordsOf(key);
    this.#nonce = wordsOf(nonce);
  }

  block(counter: number): Uint8Array {
    const input = stateOf(this.#key, [...this.#nonce, counter >>> 0, Math.floor(counter / 2 ** 32)]);
    const mixed = twentyRounds(input);
    return bytesOfWords(mixed.map((word, i) => (word + input[i]!) >>> 0));
  }
}

function hsalsa20(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const mixed = twentyRounds(stateOf(wordsOf(key), wordsOf(nonce)));
  return bytesOfWords([0, 5, 10, 15, 6, 7, 8, 9].map((i) => mixed[i]!));
}

function stateOf(key: readonly number[], input: readonly number[]): number[] {
  const [a, b, c, d] = sigma;
  return [a, ...key.slice(0, 4), b, ...input, c, ...key.slice(4), d];
}

/** Columns and rows in turn, each quarter from its diagonal on. */
const quarters = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function twentyRounds(input: readonly number[]): number[] {
  const x = [...input];
  for (let round = 0; round < 20; round += 2)
    for (const [a, b, c, d] of quarters) {
      x[b]! ^= rotate((x[a]! + x[d]!) | 0, 7);
      x[c]! ^= rotate((x[b]! + x[a]!) | 0, 9);
      x[d]! ^= rotate((x[c]! + x[b]!) | 0, 13);
      x[a]! ^= rotate((x[d]! + x[c]!) | 0, 18);
    }
  return x.map((word) => word >>> 0);
}

const prime = 2n ** 130n - 5n;
const clamp = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

function poly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  const r = littleEndian(key.subarray(0, 16)) & clamp;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const chunk = message.subarray(at, at + 16);
    sum = ((sum + littleEndian(chunk) + (1n << BigInt(8 * chunk.length))) * r) % prime;
  }
  let tag = (sum + littleEndian(key.subarray(16, 32))) % 2n ** 128n;
  return Uint8Array.from({ length: tagBytes }, () => {
    const byte = Number(tag & 0xffn);
    tag >>= 8n;
    return byte;
  });
}
