import type { Crypto } from '../../base/crypto.ts';
import { nothing, oid, sequence, tags } from './der.ts';
import { bitStringBytes, DerError, DerReader } from './der-reader.ts';
import { algorithms } from './oids.ts';
import { findPem, pemText } from './pem.ts';

/** The DER of a public key's SPKI from its PEM. */
export function publicKeyDer(publicKeyPem: string): Uint8Array {
  const der = findPem(publicKeyPem, 'PUBLIC KEY');
  if (!der) throw new DerError('no PEM block of a public key');
  return der;
}

export const publicKeyPem = (spki: Uint8Array): string => pemText('PUBLIC KEY', spki);

/** `rsa` or `ecdsa`; undefined for keys of other kinds. */
export function keyKind(spki: Uint8Array): 'rsa' | 'ecdsa' | undefined {
  const id = new DerReader(spki).sequence().sequence().oid();
  return id === algorithms.rsaEncryption ? 'rsa' : id === algorithms.ecPublicKey ? 'ecdsa' : undefined;
}

/** The AlgorithmIdentifier of signatures that `Crypto.sign` makes with a key of this kind. */
export function signatureAlgorithm(kind: 'rsa' | 'ecdsa'): Uint8Array {
  return kind === 'rsa' ? sequence(oid(algorithms.sha256WithRsa), nothing()) : sequence(oid(algorithms.ecdsaWithSha256));
}

/** RFC 7093's first method (what Go has made of keys since 1.25): the leftmost 160 bits of the key's SHA-256. */
export function keyId(crypto: Crypto, spki: Uint8Array): Uint8Array {
  const reader = new DerReader(spki).sequence();
  reader.next(tags.sequence);
  return crypto.sha256(bitStringBytes(reader.next(tags.bitString))).subarray(0, 20);
}

/**
 * Signatures with anything but SHA-256 are not checked here, and so are not good; nor is anything
 * that is said to be made with a key that cannot be read (keys of requests come from anybody).
 */
export function verifySignature(crypto: Crypto, spki: Uint8Array, algorithm: string, data: Uint8Array, signature: Uint8Array): boolean {
  const kind = algorithm === algorithms.sha256WithRsa ? 'rsa' : algorithm === algorithms.ecdsaWithSha256 ? 'ecdsa' : undefined;
  try {
    return kind !== undefined && kind === keyKind(spki) && crypto.verify(publicKeyPem(spki), data, signature, 'der');
  } catch {
    return false;
  }
}
