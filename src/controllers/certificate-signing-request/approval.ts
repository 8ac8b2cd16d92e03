/** What a certificate signing request asks for, and what has been said of it. */
import { fromBase64, text } from '../../codec/bytes.ts';
import { certificateFromPem } from '../../codec/x509/certificate.ts';
import { certificateRequestFromPem, type CertificateRequest } from '../../codec/x509/certificate-request.ts';
import type { CertificateSigningRequest } from '../../api/generated/certificates/v1.ts';
import { kubeletClientProblem, signers } from '../../api/certificates/signers.ts';

export const hasCondition = ({ status }: CertificateSigningRequest, type: string): boolean =>
  status.conditions?.some((condition) => condition.type === type) ?? false;

export const isIssued = ({ status }: CertificateSigningRequest): boolean => (status.certificate ?? '') !== '';

/** The PKCS#10 request in it. Throws for what is none, which the API server does not let in. */
export const requestIn = ({ spec }: CertificateSigningRequest): CertificateRequest =>
  certificateRequestFromPem(text(fromBase64(spec.request)));

/** By which right a request may be approved, and what is said then. */
export interface Ground {
  /** The subresource of certificatesigningrequests that the requestor must be allowed to create. */
  readonly subresource: 'selfnodeclient' | 'nodeclient';
  readonly message: string;
}

/** The grounds to be tried for a request, the narrower first; none for what is no kubelet's. Source: certificates/approver/sarapprove.go. */
export function groundsFor(csr: CertificateSigningRequest, request: CertificateRequest): Ground[] {
  const isKubelet = csr.spec.signerName === signers.kubeletClient && kubeletClientProblem(request, csr.spec.usages ?? []) === undefined;
  if (!isKubelet) return [];
  const nodeClient: Ground = {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  };
  if (csr.spec.username !== request.subject.commonName) return [nodeClient];
  const self: Ground = {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  };
  return [self, nodeClient];
}

const hourMs = 3_600_000;

/** When the request is to be cleaned away: undefined while nothing but a decision ends it. Source: certificates/cleaner/cleaner.go. */
export function cleanAtMs(csr: CertificateSigningRequest): number | undefined {
  const conditions = csr.status.conditions ?? [];
  if (conditions.length === 0) return Date.parse(csr.metadata.creationTimestamp ?? '') + 24 * hourMs;
  const ends = conditions.flatMap(({ type, lastUpdateTime }) => {
    const isOver = type === 'Denied' || type === 'Failed' || (type === 'Approved' && isIssued(csr));
    return isOver && lastUpdateTime !== undefined ? [Date.parse(lastUpdateTime) + hourMs] : [];
  });
  if (hasCondition(csr, 'Approved') && isIssued(csr)) ends.push(certificateFromPem(text(fromBase64(csr.status.certificate!))).notAfterMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
