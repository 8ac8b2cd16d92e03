import { toBase64, utf8 } from '../../codec/bytes.ts';
import { certificateFromPem } from '../../codec/x509/certificate.ts';
import { signRequest } from '../../api/certificates/sign.ts';
import { signerProblem, signers } from '../../api/certificates/signers.ts';
import { CertificateSigningRequest } from '../../api/kinds/certificates/certificatesigningrequest.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { defineController, type Controller } from '../../client/controller.ts';
import type { ControllerFlags } from '../flags.ts';
import { hasCondition, isIssued, requestIn } from './approval.ts';

const ours: ReadonlySet<string> = new Set(Object.values(signers));

/** Signs what was approved and asks one of Kubernetes' own signers, or says why it will not. Source: certificates/signer/signer.go. */
export function signingController(
  { certificatePem, privateKeyPem }: NonNullable<ControllerFlags['clusterSigning']>,
  maxSeconds: number,
): Controller {
  const authority = { certificate: certificateFromPem(certificatePem), privateKeyPem };
  return defineController({
    name: 'certificatesigningrequest-signing-controller',
    for: CertificateSigningRequest,
    async reconcile(csr, { client, env }) {
      const isToSign = hasCondition(csr, 'Approved') && !hasCondition(csr, 'Denied') && !hasCondition(csr, 'Failed');
      if (!isToSign || isIssued(csr) || !ours.has(csr.spec.signerName)) return;
      const { usages = [], expirationSeconds, signerName } = csr.spec;
      const request = requestIn(csr);
      const nowMs = env.clock.now();
      const problem = signerProblem(signerName, request, usages);
      if (problem !== undefined) {
        const failed = {
          type: 'Failed',
          status: 'True',
          reason: 'SignerValidationFailure',
          message: problem,
          lastUpdateTime: timestampOf(nowMs),
        };
        const conditions = [...(csr.status.conditions ?? []), failed];
        await client.updateStatus(CertificateSigningRequest, { ...csr, status: { ...csr.status, conditions } });
        return;
      }
      const terms = { usages, maxSeconds, nowMs, ...(expirationSeconds !== undefined && { expirationSeconds }) };
      const certificate = toBase64(utf8(signRequest(env.crypto, authority, request, terms)));
      await client.updateStatus(CertificateSigningRequest, { ...csr, status: { ...csr.status, certificate } });
    },
  });
}
