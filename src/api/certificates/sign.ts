import type { Crypto } from '../../base/crypto.ts';
import { goStrings } from '../../codec/go-strings.ts';
import { certificatePem, issueCertificate, type Certificate, type CertificateTemplate } from '../../codec/x509/certificate.ts';
import { isRequestGenuine, type CertificateRequest } from '../../codec/x509/certificate-request.ts';
import { extendedKeyUsageIds, type ExtendedKeyUsage, type KeyUsage } from '../../codec/x509/oids.ts';
import { publicKeyPem } from '../../codec/x509/public-key.ts';

export interface SigningTerms {
  /** `spec.usages`. */
  readonly usages: readonly string[];
  /** `spec.expirationSeconds`. */
  readonly expirationSeconds?: number;
  /** `--cluster-signing-duration`; a year when absent. The longest that is signed for. */
  readonly maxSeconds?: number;
  readonly nowMs: number;
}

export class SigningError extends Error {
  override name = 'SigningError';
}

const minuteSeconds = 60;
const minSeconds = 10 * minuteSeconds;
const backdateSeconds = 5 * minuteSeconds;
/** Certificates that live shorter are not made to end earlier for having begun earlier. */
const shortSeconds = 8 * 60 * minuteSeconds;

/** The certificate (PEM) for an approved request. Source: kube-controller-manager's csrsigning controller. */
export function signRequest(
  crypto: Crypto,
  authority: { readonly certificate: Certificate; readonly privateKeyPem: string },
  request: CertificateRequest,
  terms: SigningTerms,
): string {
  if (!isRequestGenuine(crypto, request)) throw new SigningError('unable to verify certificate request signature');
  const { keyUsage, extendedKeyUsage } = usagesOf(terms.usages);
  const { dnsNames, ipAddresses, emailAddresses, uris } = request;
  const template: CertificateTemplate = {
    subject: request.subject,
    ...validity(terms, authority.certificate.notAfterMs),
    keyUsage,
    extendedKeyUsage,
    dnsNames,
    ipAddresses,
    emailAddresses,
    uris,
  };
  return certificatePem(issueCertificate(crypto, template, publicKeyPem(request.publicKey), authority));
}

function validity(terms: SigningTerms, signerNotAfterMs: number): { notBeforeMs: number; notAfterMs: number } {
  const { nowMs, maxSeconds = 365 * 24 * 60 * minuteSeconds } = terms;
  if (nowMs >= signerNotAfterMs) {
    throw new SigningError(`refusing to sign a certificate that expired in the past: NotAfter=${new Date(signerNotAfterMs).toISOString()}`);
  }
  const seconds = Math.min(maxSeconds, Math.max(minSeconds, terms.expirationSeconds ?? maxSeconds));
  const lifeSeconds = seconds < shortSeconds ? seconds : seconds - backdateSeconds;
  return { notBeforeMs: nowMs - backdateSeconds * 1000, notAfterMs: Math.min(nowMs + lifeSeconds * 1000, signerNotAfterMs) };
}

/** Throws for a usage that there is not. */
function usagesOf(usages: readonly string[]): { keyUsage: KeyUsage[]; extendedKeyUsage: ExtendedKeyUsage[] } {
  const unknown = usages.filter((usage) => !(usage in keyUsages) && !(usage in extendedKeyUsages));
  if (unknown.length > 0) {
    throw new SigningError(`unrecognized usage values: ${goStrings(unknown)}`);
  }
  const extended = new Set(usages.map((usage) => extendedKeyUsages[usage]));
  return {
    keyUsage: [...new Set(usages.flatMap((usage) => keyUsages[usage] ?? []))],
    extendedKeyUsage: (Object.keys(extendedKeyUsageIds) as ExtendedKeyUsage[]).filter((usage) => extended.has(usage)),
  };
}

const keyUsages: Readonly<Record<string, KeyUsage>> = {
  signing: 'digitalSignature',
  'digital signature': 'digitalSignature',
  'content commitment': 'contentCommitment',
  'key encipherment': 'keyEncipherment',
  'key agreement': 'keyAgreement',
  'data encipherment': 'dataEncipherment',
  'cert sign': 'certSign',
  'crl sign': 'crlSign',
  'encipher only': 'encipherOnly',
  'decipher only': 'decipherOnly',
};

const extendedKeyUsages: Readonly<Record<string, ExtendedKeyUsage>> = {
  any: 'any',
  'server auth': 'serverAuth',
  'client auth': 'clientAuth',
  'code signing': 'codeSigning',
  'email protection': 'emailProtection',
  's/mime': 'emailProtection',
  'ipsec end system': 'ipsecEndSystem',
  'ipsec tunnel': 'ipsecTunnel',
  'ipsec user': 'ipsecUser',
  timestamping: 'timeStamping',
  'ocsp signing': 'ocspSigning',
  'microsoft sgc': 'microsoftSgc',
  'netscape sgc': 'netscapeSgc',
};
