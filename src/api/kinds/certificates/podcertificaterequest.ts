import type { Draft } from '../../draft.ts';
import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.ts';
import type {
  PodCertificateRequestSpec,
  PodCertificateRequestStatus,
  PodCertificateRequest as PodCertificateRequestType,
} from '../../generated/certificates/v1beta1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { nameAndCreatedAt } from '../columns.ts';
import { validateSignerName } from '../../validation/signer-name.ts';

const daySeconds = 86_400;
const minSeconds = 3600;
/** 91 days; Kubernetes' own signers give a day. */
const maxSeconds = 91 * daySeconds;
const maxUidBytes = 128;
const outcomes: readonly string[] = ['Issued', 'Denied', 'Failed'];

/** Proof that the kubelet holds the key is for the signer to check. */
export const PodCertificateRequestV1Beta1 = defineKind<PodCertificateRequestType>({
  ...generatedKind('certificates.k8s.io', 'v1beta1', 'PodCertificateRequest'),
  selectableFields: {
    'spec.signerName': ({ spec }) => spec.signerName,
    'spec.podName': ({ spec }) => spec.podName,
    'spec.nodeName': ({ spec }) => spec.nodeName,
  },
  columns: nameAndCreatedAt,
  strategy: {
    unconditionalUpdate: false,
    generationFields: [],
    defaults({ spec }) {
      spec.maxExpirationSeconds ??= daySeconds;
    },
    prepareForCreate(request) {
      request.status = {};
    },
    prepareForUpdate(request, { status }) {
      request.status = structuredClone(status) as Draft<PodCertificateRequestStatus>;
    },
    validateCreate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => validateImmutable(spec, old.spec, 'spec'),
    validateStatusUpdate: ({ status }, old) => validateStatus(status, old.status),
  },
});

function validateSpec(spec: PodCertificateRequestSpec): FieldError[] {
  return [
    ...validateSignerName(spec.signerName, 'spec.signerName'),
    ...validateText(spec.podName, 'spec.podName', dns1123Subdomain),
    ...validateUid(spec.podUID, 'spec.podUID'),
    ...validateText(spec.serviceAccountName, 'spec.serviceAccountName', dns1123Subdomain),
    ...validateUid(spec.serviceAccountUID, 'spec.serviceAccountUID'),
    ...validateText(spec.nodeName, 'spec.nodeName', dns1123Subdomain),
    ...validateUid(spec.nodeUID, 'spec.nodeUID'),
    ...validateExpiration(spec, 'spec.maxExpirationSeconds'),
  ];
}

function validateUid(uid: string, path: string): FieldError[] {
  if (!uid) return [invalid(path, uid, 'must not be empty')];
  return utf8Length(uid) > maxUidBytes ? [tooLong(path, maxUidBytes)] : [];
}

function validateExpiration({ maxExpirationSeconds: seconds, signerName }: PodCertificateRequestSpec, path: string): FieldError[] {
  if (seconds === undefined) return [required(path, 'must be set')];
  const domain = signerName.split('/')[0]!;
  const isOurs = domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io');
  const max = isOurs ? daySeconds : maxSeconds;
  return seconds >= minSeconds && seconds <= max ? [] : [invalid(path, seconds, `must be in the range [${minSeconds}, ${max}]`)];
}

/** One outcome, and nothing after it. */
function validateStatus(status: PodCertificateRequestStatus, old: PodCertificateRequestStatus): FieldError[] {
  const problems = validateOutcomes(status.conditions ?? [], 'status.conditions');
  if (problems.length > 0) return problems;
  if (outcomeOf(old)) {
    const detail = 'immutable after PodCertificateRequest is issued, denied, or failed';
    return semanticallyEqual(status, old) ? [] : [invalid('status', status, detail)];
  }
  const { conditions: _outcome, ...rest } = status;
  if (outcomeOf(status) === 'Issued' || Object.values(rest).every((value) => value === undefined)) return [];
  return [invalid('status', status, 'non-condition status fields must be empty when denying or failing the PodCertificateRequest')];
}

function validateOutcomes(conditions: NonNullable<PodCertificateRequestStatus['conditions']>, path: string): FieldError[] {
  return conditions.flatMap(({ type, status }, i) => {
    if (!outcomes.includes(type)) return [notSupported(`${path}[${i}].type`, type, outcomes)];
    const problems: FieldError[] = [];
    if (i > 0) {
      const detail = 'There may be at most one condition with type "Issued", "Denied", or "Failed"';
      problems.push(invalid(`${path}[${i}].type`, type, detail));
    }
    if (status !== 'True') problems.push(notSupported(`${path}[${i}].status`, status, ['True']));
    return problems;
  });
}

const outcomeOf = ({ conditions }: PodCertificateRequestStatus): string | undefined =>
  conditions?.find(({ type }) => outcomes.includes(type))?.type;
