import type { Crypto } from '../../base/crypto.ts';
import * as der from './der.ts';
import { bitStringBytes, DerError, DerReader, timeValue } from './der-reader.ts';
import { constraintsOf, decodeExtensions, encodeExtensions, type AltNames, type Constraints, type Extension } from './extensions.ts';
import { decodeName, encodeName, type Name } from './name.ts';
import type { ExtendedKeyUsage, KeyUsage } from './oids.ts';
import { findPem, pemText, readPem } from './pem.ts';
import { keyId, keyKind, publicKeyDer, signatureAlgorithm, verifySignature } from './public-key.ts';

/** An X.509 v3 certificate (RFC 5280), as far as Kubernetes reads one. */
export interface Certificate extends Constraints {
  readonly der: Uint8Array;
  readonly serial: bigint;
  readonly subject: Name;
  readonly issuer: Name;
  /** Milliseconds since the epoch, whole seconds; the certificate is good at both ends. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SPKI. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly signed: Signed;
  /** The DER of both names, which is how they are compared. */
  readonly rawSubject: Uint8Array;
  readonly rawIssuer: Uint8Array;
}

export interface Signed {
  /** What the signature is over. */
  readonly data: Uint8Array;
  /** Object identifier. */
  readonly algorithm: string;
  readonly signature: Uint8Array;
}

export interface CertificateTemplate extends AltNames {
  readonly subject: Name;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage?: readonly ExtendedKeyUsage[];
  /** A certificate of an authority. */
  readonly ca?: boolean;
}

/** Who signs: an authority, or (without a certificate) the key's owner himself. */
export interface Signer {
  readonly certificate?: Certificate;
  readonly privateKeyPem: string;
}

/** Makes a certificate with a random serial of 63 bits, as kubeadm and the CSR signer do. */
export function issueCertificate(crypto: Crypto, template: CertificateTemplate, subjectKeyPem: string, signer: Signer): Certificate {
  const subjectKey = publicKeyDer(subjectKeyPem);
  const kind = keyKind(publicKeyDer(crypto.publicKeyOf(signer.privateKeyPem)));
  if (!kind) throw new DerError('the signing key is neither RSA nor ECDSA');
  const algorithm = signatureAlgorithm(kind);
  const subject = encodeName(template.subject);
  const constraints: Constraints = {
    ...template,
    extendedKeyUsage: template.extendedKeyUsage ?? [],
    basicConstraints: { ca: template.ca ?? false },
    ...(template.ca && { subjectKeyId: keyId(crypto, subjectKey) }),
    ...(signer.certificate?.subjectKeyId && { authorityKeyId: signer.certificate.subjectKeyId }),
  };
  const data = der.sequence(
    der.contextConstructed(0, der.integer(2n)),
    der.integer(randomSerial(crypto)),
    algorithm,
    signer.certificate?.rawSubject ?? subject,
    der.sequence(der.time(template.notBeforeMs), der.time(template.notAfterMs)),
    subject,
    subjectKey,
    der.contextConstructed(3, encodeExtensions(constraints)),
  );
  return decodeCertificate(der.sequence(data, algorithm, der.bitString(crypto.sign(signer.privateKeyPem, data, 'der'))));
}

/** In [1, 2^63). */
function randomSerial(crypto: Crypto): bigint {
  const value = crypto.randomBytes(8).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n) & ((1n << 63n) - 1n);
  return value === 0n ? 1n : value;
}

/** Throws `DerError` for what is no certificate. Does not check the signature. */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  const { signed, body } = decodeSigned(bytes);
  const version = body.optional(0xa0);
  const serial = body.integer();
  body.next(der.tags.sequence);
  const rawIssuer = body.next(der.tags.sequence);
  const validity = body.sequence();
  const rawSubject = body.next(der.tags.sequence);
  const publicKey = body.next(der.tags.sequence).whole;
  body.optional(0x81);
  body.optional(0x82);
  const wrapped = body.optional(0xa3);
  body.end();
  if (wrapped && (!version || new DerReader(version).integer() !== 2n)) throw new DerError('extensions in a certificate before version 3');
  const extensions = wrapped ? decodeExtensions(new DerReader(wrapped).sequence()) : [];
  return {
    der: bytes,
    serial,
    subject: decodeName(rawSubject),
    issuer: decodeName(rawIssuer),
    notBeforeMs: timeValue(validity.next()),
    notAfterMs: timeValue(validity.next()),
    publicKey,
    extensions,
    signed,
    rawSubject: rawSubject.whole,
    rawIssuer: rawIssuer.whole,
    ...constraintsOf(extensions),
  };
}

/** The frame that certificates and requests share: data, algorithm, signature. */
export function decodeSigned(bytes: Uint8Array): { signed: Signed; body: DerReader } {
  const outer = new DerReader(bytes);
  const frame = outer.sequence();
  outer.end();
  const data = frame.next(der.tags.sequence);
  const algorithm = frame.sequence().oid();
  const signature = bitStringBytes(frame.next(der.tags.bitString));
  frame.end();
  return { signed: { data: data.whole, algorithm, signature }, body: new DerReader(data) };
}

export const certificatePem = (certificate: Certificate): string => pemText('CERTIFICATE', certificate.der);

/** The first certificate in a PEM text; throws `DerError` where there is none. */
export function certificateFromPem(text: string): Certificate {
  const found = findPem(text, 'CERTIFICATE');
  if (!found) throw new DerError('no PEM block of a certificate');
  return decodeCertificate(found);
}

/** All certificates in a PEM text, in order. */
export const certificatesFromPem = (text: string): Certificate[] =>
  readPem(text)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map((block) => decodeCertificate(block.der));

/** Did this authority sign it? Looks at names, the authority's right to sign, and the signature; not at the time. */
export function isSignedBy(crypto: Crypto, certificate: Certificate, authority: Certificate): boolean {
  const { data, algorithm, signature } = certificate.signed;
  return (
    authority.basicConstraints?.ca === true &&
    (authority.keyUsage.length === 0 || authority.keyUsage.includes('certSign')) &&
    der.compareBytes(certificate.rawIssuer, authority.rawSubject) === 0 &&
    verifySignature(crypto, authority.publicKey, algorithm, data, signature)
  );
}

export const isValidAt = (certificate: Certificate, nowMs: number): boolean =>
  certificate.notBeforeMs <= nowMs && nowMs <= certificate.notAfterMs;
