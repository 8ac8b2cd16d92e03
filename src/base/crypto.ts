/**
 * What the core needs of cryptography. Synchronous, so that a run on the virtual clock stays a
 * function of its seed: one awaited primitive in the path would let the event loop reorder it.
 */
export interface Crypto {
  /** Unpredictable bytes (from the seed on a virtual cluster). */
  randomBytes(count: number): Uint8Array;
  /** A random (version 4) UUID in lower case. */
  uuid(): string;
  sha256(data: Uint8Array): Uint8Array;
  sha1(data: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** True if both are equal; takes the same time wherever they differ. */
  equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean;
  generateKeyPair(algorithm: KeyAlgorithm): KeyPair;
  /** SHA-256 with RSA PKCS#1 v1.5 or ECDSA, by the key's own kind; ECDSA signatures in the given form. */
  sign(privateKeyPem: string, data: Uint8Array, ecdsaForm?: EcdsaForm): Uint8Array;
  verify(publicKeyPem: string, data: Uint8Array, signature: Uint8Array, ecdsaForm?: EcdsaForm): boolean;
  /** The public half (SPKI, PEM) of a private key. */
  publicKeyOf(privateKeyPem: string): string;
}

export type KeyAlgorithm = 'rsa-2048' | 'ecdsa-p256';

/** `der` as certificates carry it, `raw` (r ‖ s) as JSON Web Signatures do. */
export type EcdsaForm = 'der' | 'raw';

export interface KeyPair {
  /** PKCS#8, PEM. */
  readonly privateKeyPem: string;
  /** SPKI, PEM. */
  readonly publicKeyPem: string;
}
