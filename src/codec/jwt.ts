import type { Crypto } from '../base/crypto.ts';
import { fromBase64Url, text, toBase64Url, utf8 } from './bytes.ts';
import { DerReader } from './x509/der-reader.ts';
import { tags } from './x509/der.ts';
import { keyKind, publicKeyDer } from './x509/public-key.ts';

/** The claims of a JSON Web Token (RFC 7519); times are seconds since the epoch. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

/** A token taken apart. Nothing of it is to be believed before `isSignatureGood` says so. */
export interface Jwt {
  readonly algorithm: string;
  readonly keyId?: string;
  readonly claims: Claims;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** RS256 or ES256, by the kind of the key; the header names the key by `keyIdOf`. */
export function signJwt(crypto: Crypto, privateKeyPem: string, claims: Claims): string {
  const publicKeyPem = crypto.publicKeyOf(privateKeyPem);
  const header = { alg: algorithmOf(publicKeyPem), kid: keyIdOf(crypto, publicKeyPem) };
  const signed = [header, claims].map((part) => toBase64Url(utf8(JSON.stringify(part)))).join('.');
  return `${signed}.${toBase64Url(crypto.sign(privateKeyPem, utf8(signed), 'raw'))}`;
}

/** Undefined for what is no token in compact form. */
export function parseJwt(token: string): Jwt | undefined {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const parsedHeader = parsePart(header);
  const claims = parsePart(payload);
  if (more.length > 0 || !parsedHeader || !claims || typeof parsedHeader['alg'] !== 'string') return undefined;
  const keyId = parsedHeader['kid'];
  return {
    algorithm: parsedHeader['alg'],
    ...(typeof keyId === 'string' && keyId !== '' && { keyId }),
    claims,
    signed: utf8(`${header}.${payload}`),
    signature: decode(signature) ?? new Uint8Array(0),
  };
}

function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text(fromBase64Url(part)));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function decode(part: string): Uint8Array | undefined {
  try {
    return fromBase64Url(part);
  } catch {
    return undefined;
  }
}

/** The key decides how a signature is checked; a header that names another algorithm makes it bad. */
export const isSignatureGood = (crypto: Crypto, jwt: Jwt, publicKeyPem: string): boolean =>
  jwt.algorithm === algorithmOf(publicKeyPem) && crypto.verify(publicKeyPem, jwt.signed, jwt.signature, 'raw');

export const audiencesOf = ({ aud }: Claims): readonly string[] => (typeof aud === 'string' ? [aud] : (aud ?? []));

/** Kubernetes' name for a key: a digest of it, from which the key cannot be had. */
export const keyIdOf = (crypto: Crypto, publicKeyPem: string): string => toBase64Url(crypto.sha256(publicKeyDer(publicKeyPem)));

function algorithmOf(publicKeyPem: string): 'RS256' | 'ES256' {
  const kind = keyKind(publicKeyDer(publicKeyPem));
  if (!kind) throw new RangeError('unknown public key type, must be RSA or ECDSA');
  return kind === 'rsa' ? 'RS256' : 'ES256';
}

/** A public key as JSON (RFC 7517), fields in the order in which Kubernetes publishes them. */
export function jwkOf(crypto: Crypto, publicKeyPem: string): Readonly<Record<string, string>> {
  const spki = publicKeyDer(publicKeyPem);
  const common = { use: 'sig', kid: keyIdOf(crypto, publicKeyPem), alg: algorithmOf(publicKeyPem) };
  const reader = new DerReader(spki).sequence();
  reader.next(tags.sequence);
  const key = reader.next(tags.bitString).content.subarray(1);
  if (common.alg === 'ES256') {
    const [x, y] = [key.subarray(1, 33), key.subarray(33, 65)];
    return { use: common.use, kty: 'EC', kid: common.kid, crv: 'P-256', alg: common.alg, x: toBase64Url(x), y: toBase64Url(y) };
  }
  const numbers = new DerReader(key).sequence();
  const [n, e] = [unsigned(numbers.next(tags.integer).content), unsigned(numbers.next(tags.integer).content)];
  return { use: common.use, kty: 'RSA', kid: common.kid, alg: common.alg, n: toBase64Url(n), e: toBase64Url(e) };
}

/** Without the zero that keeps an integer positive in DER. */
const unsigned = (content: Uint8Array) => (content[0] === 0 ? content.subarray(1) : content);
