import type { CertificateRequest } from '../../codec/x509/certificate-request.ts';

/** Kubernetes' own signers (certificates.k8s.io/v1). Others are other people's. */
export const signers = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const;

/** Why the signer must not sign the request; undefined when it may, or when the signer is not one of ours. */
export function signerProblem(signer: string, request: CertificateRequest, usages: readonly string[]): string | undefined {
  switch (signer) {
    case signers.client:
      return clientProblem(usages);
    case signers.kubeletClient:
      return kubeletClientProblem(request, usages);
    case signers.kubeletServing:
      return kubeletServingProblem(request, usages);
    default:
      return undefined;
  }
}

function clientProblem(usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** Also tells the approver whether a request is a kubelet's. Source: Kubernetes' pkg/apis/certificates/helpers.go. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames = [], emailAddresses = [], ipAddresses = [], uris = [] } = request;
  if (!isOfNodes(request)) return notOfNodes;
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  return isNode(request) ? usagesProblem(usages, 'client auth') : notANode;
}

export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames = [], emailAddresses = [], ipAddresses = [], uris = [] } = request;
  if (!isOfNodes(request)) return notOfNodes;
  if (dnsNames.length === 0 && ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  return usagesProblem(usages, 'server auth') ?? (isNode(request) ? undefined : notANode);
}

const isOfNodes = ({ subject: { organizations } }: CertificateRequest) => organizations.length === 1 && organizations[0] === 'system:nodes';
const notOfNodes = 'subject organization is not system:nodes';
const isNode = ({ subject }: CertificateRequest) => subject.commonName.startsWith('system:node:');
const notANode = 'subject common name does not begin with system:node:';

/** Keys that are not RSA's do without `key encipherment`. */
function usagesProblem(usages: readonly string[], purpose: string): string | undefined {
  const required = ['digital signature', purpose];
  const allowed = [...required, 'key encipherment'];
  const isRight = required.every((usage) => usages.includes(usage)) && usages.every((usage) => allowed.includes(usage));
  return isRight ? undefined : `usages did not match [${allowed.sort(byText).join(' ')}]`;
}

const byText = (one: string, other: string) => (one < other ? -1 : 1);
