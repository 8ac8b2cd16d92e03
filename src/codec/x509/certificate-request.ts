import type { Crypto } from '../../base/crypto.ts';
import { decodeSigned, type Signed } from './certificate.ts';
import * as der from './der.ts';
import { DerError, DerReader } from './der-reader.ts';
import { constraintsOf, decodeExtensions, encodeExtensions, type AltNames, type Constraints, type Extension } from './extensions.ts';
import { decodeName, encodeName, type Name } from './name.ts';
import { extensionRequest } from './oids.ts';
import { pemText, readPem } from './pem.ts';
import { keyKind, publicKeyDer, signatureAlgorithm, verifySignature } from './public-key.ts';

/** A PKCS#10 certificate request (RFC 2986), as the certificates API carries it in `spec.request`. */
export interface CertificateRequest extends Constraints {
  readonly der: Uint8Array;
  readonly subject: Name;
  /** SPKI. */
  readonly publicKey: Uint8Array;
  /** Those asked for. */
  readonly extensions: readonly Extension[];
  readonly signed: Signed;
}

export function makeCertificateRequest(crypto: Crypto, subject: Name, altNames: AltNames, privateKeyPem: string): CertificateRequest {
  const publicKey = publicKeyDer(crypto.publicKeyOf(privateKeyPem));
  const kind = keyKind(publicKey);
  if (!kind) throw new DerError('the key is neither RSA nor ECDSA');
  const data = der.sequence(
    der.integer(0n),
    encodeName(subject),
    publicKey,
    der.contextConstructed(0, ...requestedExtensions({ ...altNames, keyUsage: [], extendedKeyUsage: [] })),
  );
  const signature = der.bitString(crypto.sign(privateKeyPem, data, 'der'));
  return decodeCertificateRequest(der.sequence(data, signatureAlgorithm(kind), signature));
}

function requestedExtensions(constraints: Constraints): Uint8Array[] {
  const extensions = encodeExtensions(constraints);
  const isEmpty = new DerReader(extensions).sequence().done;
  return isEmpty ? [] : [der.sequence(der.oid(extensionRequest), der.setOf([extensions]))];
}

/** Throws `DerError` for what is no request. Does not check the signature: `isRequestGenuine` does. */
export function decodeCertificateRequest(bytes: Uint8Array): CertificateRequest {
  const { signed, body } = decodeSigned(bytes);
  body.integer();
  const subject = decodeName(body.next(der.tags.sequence));
  const publicKey = body.next(der.tags.sequence).whole;
  const attributes = body.optional(0xa0);
  body.end();
  const extensions = attributes ? extensionsIn(new DerReader(attributes)) : [];
  return { der: bytes, subject, publicKey, extensions, signed, ...constraintsOf(extensions) };
}

function extensionsIn(attributes: DerReader): Extension[] {
  while (!attributes.done) {
    const attribute = attributes.sequence();
    if (attribute.oid() === extensionRequest) return decodeExtensions(new DerReader(attribute.next(der.tags.set)).sequence());
  }
  return [];
}

/** Does the requester hold the key? */
export const isRequestGenuine = (crypto: Crypto, { publicKey, signed }: CertificateRequest): boolean =>
  verifySignature(crypto, publicKey, signed.algorithm, signed.data, signed.signature);

export const certificateRequestPem = (request: CertificateRequest): string => pemText('CERTIFICATE REQUEST', request.der);

/** The first PEM block must be a request, as in client-go's ParseCSR, whose sentence this throws. */
export function certificateRequestFromPem(text: string): CertificateRequest {
  const [block] = readPem(text);
  if (block?.label !== 'CERTIFICATE REQUEST') throw new DerError('PEM block type must be CERTIFICATE REQUEST');
  return decodeCertificateRequest(block.der);
}
