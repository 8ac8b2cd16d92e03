import type { CertificateSigningRequest as CsrObject } from '../../api/generated/certificates/v1.ts';
import { SubjectAccessReview } from '../../api/kinds/authorization/subjectaccessreview.ts';
import { CertificateSigningRequest } from '../../api/kinds/certificates/certificatesigningrequest.ts';
import { refOf } from '../../client/typed-client.ts';
import { defineController, type Context } from '../../client/controller.ts';
import { groundsFor, hasCondition, isIssued, requestIn, type Ground } from './approval.ts';

const leastWaitMs = 1_000;
const mostWaitMs = 1_000_000;

/** Approves kubelets' requests for client certificates, where their requestors may have them. */
export const approvingController = defineController({
  name: 'certificatesigningrequest-approving-controller',
  for: CertificateSigningRequest,
  async reconcile(csr, context) {
    if (isIssued(csr) || hasCondition(csr, 'Approved') || hasCondition(csr, 'Denied')) return undefined;
    const grounds = groundsFor(csr, requestIn(csr));
    for (const ground of grounds) if (await isAllowed(csr, ground, context)) return approve(csr, ground, context);
    // The right may be given later; asked for ever more seldom.
    const ageMs = context.env.clock.now() - Date.parse(csr.metadata.creationTimestamp ?? '');
    return grounds.length === 0 ? undefined : { requeueAfterMs: Math.min(Math.max(leastWaitMs, ageMs), mostWaitMs) };
  },
});

async function isAllowed({ spec }: CsrObject, { subresource }: Ground, { client }: Context): Promise<boolean> {
  const { username: user, uid, groups, extra } = spec;
  const { status } = await client.create(SubjectAccessReview, {
    metadata: {},
    spec: {
      ...(user !== undefined && { user }),
      ...(uid !== undefined && { uid }),
      ...(groups && { groups }),
      ...(extra && { extra }),
      resourceAttributes: { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create', subresource },
    },
    status: { allowed: false },
  });
  return status.allowed;
}

async function approve(csr: CsrObject, { message }: Ground, { client }: Context): Promise<undefined> {
  const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
  const conditions = [...(csr.status.conditions ?? []), approved];
  const at = { ...refOf(CertificateSigningRequest, { name: csr.metadata.name! }), subresource: 'approval' };
  const { apiVersion = 'certificates.k8s.io/v1', kind = 'CertificateSigningRequest' } = csr;
  await client.updateSub(at, { ...csr, apiVersion, kind, status: { ...csr.status, conditions } } as CsrObject);
}
