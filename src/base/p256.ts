import { hmacSha256, joined } from './sha256.ts';

// ECDSA over NIST P-256 in plain code (FIPS 186-5). It does not hide its timing: for virtual clusters, whose keys protect nothing.

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
}

const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const base: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

/** A private key in [1, order) from at least 40 random bytes, so that no part of the range is likelier. */
export const privateKeyFrom = (random: Uint8Array): bigint => (toNumber(random) % (order - 1n)) + 1n;

export const publicPointOf = (privateKey: bigint): Point => toAffine(multiply(base, privateKey))!;

export function isOnCurve({ x, y }: Point): boolean {
  return x >= 0n && x < p && y >= 0n && y < p && mod(y * y - (x * x * x - 3n * x + b)) === 0n;
}

/** Deterministic (RFC 6979): the same key and digest give the same signature. */
export function signDigest(privateKey: bigint, digest: Uint8Array): Signature {
  const hash = toNumber(digest) % order;
  for (const k of nonces(privateKey, hash)) {
    const r = publicPointOf(k).x % order;
    const s = (inverse(k, order) * (hash + r * privateKey)) % order;
    if (r !== 0n && s !== 0n) return { r, s };
  }
  throw new Error('unreachable: the nonces never end');
}

export function verifyDigest(publicKey: Point, digest: Uint8Array, { r, s }: Signature): boolean {
  if (r <= 0n || r >= order || s <= 0n || s >= order || !isOnCurve(publicKey)) return false;
  const w = inverse(s, order);
  const sum = add(multiply(base, ((toNumber(digest) % order) * w) % order), multiply(publicKey, (r * w) % order));
  const point = toAffine(sum);
  return point !== undefined && point.x % order === r;
}

/** RFC 6979, section 3.2. */
function* nonces(privateKey: bigint, hash: bigint): Generator<bigint> {
  const seed = joined(toBytes(privateKey), toBytes(hash));
  let v: Uint8Array = new Uint8Array(32).fill(1);
  let key: Uint8Array = new Uint8Array(32);
  for (const mark of [0, 1]) {
    key = hmacSha256(key, joined(joined(v, Uint8Array.of(mark)), seed));
    v = hmacSha256(key, v);
  }
  for (;;) {
    v = hmacSha256(key, v);
    const k = toNumber(v);
    if (k > 0n && k < order) yield k;
    key = hmacSha256(key, joined(v, Uint8Array.of(0)));
    v = hmacSha256(key, v);
  }
}

/** Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. */
interface Jacobian {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const infinity: Jacobian = { x: 1n, y: 1n, z: 0n };

function multiply({ x, y }: Point, factor: bigint): Jacobian {
  let result = infinity;
  const point = { x, y, z: 1n };
  for (const bit of factor.toString(2)) {
    result = double(result);
    if (bit === '1') result = add(result, point);
  }
  return result;
}

function double({ x, y, z }: Jacobian): Jacobian {
  if (z === 0n || y === 0n) return infinity;
  const zz = mod(z * z);
  const yy = mod(y * y);
  const s = mod(4n * x * yy);
  const m = mod(3n * (x - zz) * (x + zz));
  const newX = mod(m * m - 2n * s);
  return { x: newX, y: mod(m * (s - newX) - 8n * yy * yy), z: mod(2n * y * z) };
}

function add(one: Jacobian, other: Jacobian): Jacobian {
  if (one.z === 0n) return other;
  if (other.z === 0n) return one;
  const [oneZz, otherZz] = [mod(one.z * one.z), mod(other.z * other.z)];
  const [u1, u2] = [mod(one.x * otherZz), mod(other.x * oneZz)];
  const [s1, s2] = [mod(one.y * otherZz * other.z), mod(other.y * oneZz * one.z)];
  if (u1 === u2) return s1 === s2 ? double(one) : infinity;
  const h = mod(u2 - u1);
  const r = mod(s2 - s1);
  const hh = mod(h * h);
  const hhh = mod(h * hh);
  const v = mod(u1 * hh);
  const x = mod(r * r - hhh - 2n * v);
  return { x, y: mod(r * (v - x) - s1 * hhh), z: mod(h * one.z * other.z) };
}

function toAffine({ x, y, z }: Jacobian): Point | undefined {
  if (z === 0n) return undefined;
  const inverseZ = inverse(z, p);
  const square = mod(inverseZ * inverseZ);
  return { x: mod(x * square), y: mod(y * square * inverseZ) };
}

function mod(value: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, ((value % modulus) + modulus) % modulus];
  let [before, factor] = [0n, 1n];
  while (current > 1n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [before, factor] = [factor, before - quotient * factor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

export const toNumber = (bytes: Uint8Array): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** 32 bytes, the highest first. */
export const toBytes = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn));
