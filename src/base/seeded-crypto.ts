import type { Crypto, EcdsaForm, KeyPair } from './crypto.ts';
import {
  isOnCurve,
  privateKeyFrom,
  publicPointOf,
  signDigest,
  toBytes,
  toNumber,
  verifyDigest,
  type Point,
  type Signature,
} from './p256.ts';
import type { Rng } from './rng.ts';
import { sha1 } from './sha1.ts';
import { hmacSha256, joined, sha256 } from './sha256.ts';

/** The key is of a kind that this implementation does not know. */
export class UnsupportedKeyError extends Error {
  override name = 'UnsupportedKeyError';
}

/**
 * Cryptography for virtual clusters: all chance comes from `rng`, so that the same seed makes the
 * same keys, names and signatures, on any platform. Its secrets can be guessed by who knows the
 * seed. Keys are `ecdsa-p256`; those of RSA, which would take seconds to make, are refused with
 * `UnsupportedKeyError`.
 */
export function seededCrypto(rng: Rng): Crypto {
  const randomBytes = (count: number) => {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = rng.below(256);
    return bytes;
  };
  const publicKeys = new Map<string, string>();
  const publicKeyOf = (privateKeyPem: string) => {
    const known = publicKeys.get(privateKeyPem) ?? encodePublicKey(publicPointOf(readPrivateKey(privateKeyPem)));
    publicKeys.set(privateKeyPem, known);
    return known;
  };
  return {
    randomBytes,
    uuid: () => uuidFrom(randomBytes(16)),
    sha256,
    sha1,
    hmacSha256,
    equalInConstantTime: (one, other) => one.length === other.length && one.reduce((rest, byte, i) => rest | (byte ^ other[i]!), 0) === 0,
    generateKeyPair(algorithm): KeyPair {
      if (algorithm !== 'ecdsa-p256') throw new UnsupportedKeyError(`seeded cryptography makes no keys of the kind ${algorithm}`);
      const privateKey = privateKeyFrom(randomBytes(40));
      const publicPoint = publicPointOf(privateKey);
      return { privateKeyPem: encodePrivateKey(privateKey, publicPoint), publicKeyPem: encodePublicKey(publicPoint) };
    },
    sign: (privateKeyPem, data, form) => encodeSignature(signDigest(readPrivateKey(privateKeyPem), sha256(data)), form),
    verify(publicKeyPem, data, signature, form) {
      const decoded = decodeSignature(signature, form);
      return decoded !== undefined && verifyDigest(readPublicKey(publicKeyPem), sha256(data), decoded);
    },
    publicKeyOf,
  };
}

function uuidFrom(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = hexOf(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const hexOfBytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += hexOfBytes[byte]!;
  return hex;
}

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// A key of one fixed kind is, in DER, a fixed start and then its numbers (RFC 5480, RFC 5958).
const spkiStart = bytesOf('3059301306072a8648ce3d020106082a8648ce3d03010703420004');
const pkcs8Start = bytesOf('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420');
const pkcs8Middle = bytesOf('a14403420004');

const encodePublicKey = ({ x, y }: Point) => pem('PUBLIC KEY', joined(spkiStart, joined(toBytes(x), toBytes(y))));

const encodePrivateKey = (privateKey: bigint, { x, y }: Point) =>
  pem('PRIVATE KEY', joined(joined(pkcs8Start, toBytes(privateKey)), joined(pkcs8Middle, joined(toBytes(x), toBytes(y)))));

function readPublicKey(publicKeyPem: string): Point {
  const numbers = after(spkiStart, readPem(publicKeyPem, 'PUBLIC KEY'));
  const point = { x: toNumber(numbers.subarray(0, 32)), y: toNumber(numbers.subarray(32)) };
  if (numbers.length !== 64 || !isOnCurve(point)) throw new UnsupportedKeyError('the public key is damaged');
  return point;
}

function readPrivateKey(privateKeyPem: string): bigint {
  return toNumber(after(pkcs8Start, readPem(privateKeyPem, 'PRIVATE KEY')).subarray(0, 32));
}

function after(start: Uint8Array, der: Uint8Array): Uint8Array {
  if (!start.every((byte, i) => der[i] === byte)) throw new UnsupportedKeyError('seeded cryptography knows keys of P-256 alone');
  return der.subarray(start.length);
}

function pem(label: string, der: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function readPem(text: string, label: string): Uint8Array {
  const [, body] = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`).exec(text) ?? [];
  if (body === undefined) throw new UnsupportedKeyError(`no PEM block of a ${label.toLowerCase()}`);
  return Uint8Array.from(atob(body.replace(/\s/g, '')), (char) => char.charCodeAt(0));
}

function encodeSignature({ r, s }: Signature, form: EcdsaForm = 'der'): Uint8Array {
  if (form === 'raw') return joined(toBytes(r), toBytes(s));
  const numbers = joined(derInteger(r), derInteger(s));
  return joined(Uint8Array.of(0x30, numbers.length), numbers);
}

function derInteger(value: bigint): Uint8Array {
  const bytes = toBytes(value);
  const trimmed = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  const content = trimmed[0]! >= 0x80 ? joined(Uint8Array.of(0), trimmed) : trimmed;
  return joined(Uint8Array.of(0x02, content.length), content);
}

function decodeSignature(signature: Uint8Array, form: EcdsaForm = 'der'): Signature | undefined {
  if (form === 'raw') {
    return signature.length === 64 ? { r: toNumber(signature.subarray(0, 32)), s: toNumber(signature.subarray(32)) } : undefined;
  }
  const lengthOfR = signature[3] ?? 0;
  const decoded = { r: toNumber(signature.subarray(4, 4 + lengthOfR)), s: toNumber(signature.subarray(6 + lengthOfR)) };
  // One number has one encoding: what does not encode to itself is no signature.
  const isCanonical = lengthOfR <= 33 && signature.length <= 72 && hexOf(encodeSignature(decoded)) === hexOf(signature);
  return isCanonical ? decoded : undefined;
}
