import type { Draft } from '../../draft.ts';
import type {
  CertificateSigningRequestCondition,
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
  CertificateSigningRequest as CertificateSigningRequestType,
} from '../../generated/certificates/v1.ts';
import { ageColumn, defineKind, humanDuration, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { canonicalTime } from '../../timestamps.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { validateRequest, validateRequestUpdate } from './certificatesigningrequest-validation.ts';

export const CertificateSigningRequest = defineKind<CertificateSigningRequestType>({
  ...generatedKind('certificates.k8s.io', 'v1', 'CertificateSigningRequest'),
  shortNames: ['csr'],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', type: 'string', cell: ({ spec }) => spec.signerName || '<none>' },
    { name: 'Requestor', type: 'string', cell: ({ spec }) => spec.username ?? '' },
    { name: 'RequestedDuration', type: 'string', cell: durationText },
    { name: 'Condition', type: 'string', cell: ({ status }) => conditionText(status) },
  ],
  strategy: {
    nameProblems: pathSegmentName,
    generationFields: [],
    prepareForCreate(request, { user }) {
      // Who asks is what the server knows, whatever the request says.
      const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = request.spec;
      request.spec = {
        ...asked,
        username: user.name,
        groups: [...user.groups],
        ...(user.uid && { uid: user.uid }),
        ...(user.extra && { extra: structuredClone(user.extra) as Record<string, string[]> }),
      };
      request.status = {};
    },
    prepareForUpdate(request, { spec }) {
      request.spec = structuredClone(spec) as Draft<CertificateSigningRequestSpec>;
    },
    prepareForStatusUpdate: (request, old, { nowMs }) => {
      for (const type of ['Approved', 'Denied']) keepConditions(request.status, old.status, type);
      stampConditions(request.status, old.status, nowMs);
    },
    validate: validateRequest,
    validateUpdate: (request, old) => validateRequestUpdate(request, old, 'metadata'),
    validateStatusUpdate: (request, old) => [...validateRequest(request), ...validateRequestUpdate(request, old, 'certificate')],
    subresourceUpdates: {
      approval: {
        prepare(request, old, { nowMs }) {
          const { conditions } = request.status;
          request.spec = structuredClone(old.spec) as Draft<CertificateSigningRequestSpec>;
          request.status = { ...(structuredClone(old.status) as Draft<CertificateSigningRequestStatus>), conditions };
          stampConditions(request.status, old.status, nowMs);
        },
        validate: (request, old) => [...validateRequest(request), ...validateRequestUpdate(request, old, 'approval')],
      },
    },
  },
});

/** What the approvers said stays as they said it; where one was added or removed, validation says no. */
function keepConditions(status: Draft<CertificateSigningRequestStatus>, old: CertificateSigningRequestStatus, type: string): void {
  const ofType = (one: CertificateSigningRequestCondition) => one.type === type;
  const kept = (old.conditions ?? []).filter(ofType);
  if ((status.conditions ?? []).filter(ofType).length !== kept.length) return;
  let index = 0;
  status.conditions = status.conditions?.map((condition) => (ofType(condition) ? structuredClone(kept[index++]!) : condition));
}

/** Fills in when a condition was written, and since when it has been as it is. */
function stampConditions(status: Draft<CertificateSigningRequestStatus>, old: CertificateSigningRequestStatus, nowMs: number): void {
  const now = canonicalTime(new Date(nowMs).toISOString());
  for (const condition of status.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= sinceBefore(condition, old.conditions ?? []) ?? now;
  }
}

const sinceBefore = ({ type, status }: CertificateSigningRequestCondition, old: readonly CertificateSigningRequestCondition[]) =>
  old.find((one) => one.type === type && one.status === status)?.lastTransitionTime;

function durationText({ spec: { expirationSeconds } }: CertificateSigningRequestType): string {
  return expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000);
}

/** `Approved,Issued` */
function conditionText({ conditions = [], certificate }: CertificateSigningRequestStatus): string {
  const has = (type: string) => conditions.some((condition) => condition.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (certificate) words.push('Issued');
  return words.join(',');
}
