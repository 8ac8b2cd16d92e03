/** Who may approve, sign and vouch, and what nobody may ask for. Source: Kubernetes' plugin/pkg/admission/certificates. */
import type { CertificateSigningRequest } from '../../../api/generated/certificates/v1.ts';
import type { ClusterTrustBundle } from '../../../api/generated/certificates/v1beta1.ts';
import { signers } from '../../../api/certificates/signers.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import { fromBase64, text } from '../../../codec/bytes.ts';
import { certificateRequestFromPem } from '../../../codec/x509/certificate-request.ts';
import type { AdmissionPlugin, AdmissionRequest, Authorizer } from '../../ports.ts';
import { isAbout, isCreateOf, isUpdateThrough, refused } from '../request.ts';
import { mayForSigner } from './signer-permission.ts';

const group = 'certificates.k8s.io';
const plural = 'certificatesigningrequests';

export const certificateApproval = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateApproval',
  async validate(request) {
    if (!isUpdateThrough(request, group, plural, 'approval')) return;
    const { signerName } = (request.old as CertificateSigningRequest).spec;
    if (!(await mayForSigner(authorizer, request, 'approve', signerName))) {
      throw refused(request, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`);
    }
  },
});

export const certificateSigning = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateSigning',
  async validate(request) {
    if (!isUpdateThrough(request, group, plural, 'status')) return;
    const [next, old] = [request.object as CertificateSigningRequest, request.old as CertificateSigningRequest];
    const isUnchanged =
      (next.status?.certificate ?? '') === (old.status?.certificate ?? '') &&
      semanticallyEqual(next.status?.conditions, old.status?.conditions);
    if (isUnchanged || (await mayForSigner(authorizer, request, 'sign', old.spec.signerName))) return;
    throw refused(request, `user not permitted to sign requests with signerName ${JSON.stringify(old.spec.signerName)}`);
  },
});

export const clusterTrustBundleAttest = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'ClusterTrustBundleAttest',
  async validate(request) {
    if (!isAbout(request, group, 'clustertrustbundles') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
    const { signerName } = (request.object as ClusterTrustBundle).spec;
    if (!signerName || (await mayForSigner(authorizer, request, 'attest', signerName))) return;
    throw refused(request, `user not permitted to attest for signerName ${JSON.stringify(signerName)}`);
  },
});

/** `system:masters` passes every authorizer: nobody gets a certificate for it by asking. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate(request) {
    if (!isCreateOf(request, group, plural)) return;
    const { spec } = request.object as CertificateSigningRequest;
    if (spec.signerName === signers.client && organizationsOf(request, spec.request).includes('system:masters')) {
      throw refused(request, `use of ${signers.client} signer with system:masters group is not allowed`);
    }
  },
};

function organizationsOf(request: AdmissionRequest, encoded: string): readonly string[] {
  try {
    return certificateRequestFromPem(text(fromBase64(encoded))).subject.organizations;
  } catch (error) {
    throw refused(request, `failed to parse CSR: ${error instanceof Error ? error.message : String(error)}`);
  }
}
