import { fromBase64, text } from '../../../codec/bytes.ts';
import { certificateRequestFromPem } from '../../../codec/x509/certificate-request.ts';
import { decodeCertificate } from '../../../codec/x509/certificate.ts';
import { readPem } from '../../../codec/x509/pem.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type {
  CertificateSigningRequestCondition,
  CertificateSigningRequest,
  CertificateSigningRequestSpec,
} from '../../generated/certificates/v1.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { valueDiff } from '../../unified-diff.ts';
import { validateRequiredSupported, validateSupported } from '../../validation/field-checks.ts';
import { validateSignerName } from '../../validation/signer-name.ts';

const minExpirationSeconds = 600;
const legacySigner = 'kubernetes.io/legacy-unknown';

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** These are said once and for all: they can only be True. */
const finalConditions = ['Approved', 'Denied', 'Failed'];
const conditionStatuses = ['False', 'True', 'Unknown'];

/** Whether the requester signed the request is for the signer to check. */
export function validateRequest({ spec, status }: CertificateSigningRequest): FieldError[] {
  return [
    ...validatePem(spec),
    ...validateUsages(spec.usages ?? [], 'spec.usages'),
    ...validateSigner(spec.signerName),
    ...(spec.expirationSeconds !== undefined && spec.expirationSeconds < minExpirationSeconds
      ? [invalid('spec.expirationSeconds', spec.expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')]
      : []),
    ...validateConditions(status.conditions ?? [], 'status.conditions'),
    ...validateCertificate(status.certificate),
  ];
}

function validatePem({ request }: CertificateSigningRequestSpec): FieldError[] {
  try {
    certificateRequestFromPem(text(fromBase64(request)));
    return [];
  } catch (error) {
    return [invalid('spec.request', request, error instanceof Error ? error.message : String(error))];
  }
}

function validateUsages(asked: readonly string[], path: string): FieldError[] {
  if (asked.length === 0) return [required(path)];
  return [
    ...asked.flatMap((usage, i) => validateSupported(usage, `${path}[${i}]`, usages)),
    ...asked.flatMap((usage, i) => (asked.indexOf(usage) < i ? [duplicate(`${path}[${i}]`, usage)] : [])),
  ];
}

function validateSigner(name: string): FieldError[] {
  const path = 'spec.signerName';
  if (name === legacySigner) return [invalid(path, name, 'the legacy signerName is not allowed via this API version')];
  return validateSignerName(name, path);
}

function validateConditions(conditions: readonly CertificateSigningRequestCondition[], path: string): FieldError[] {
  const types = conditions.map(({ type }) => type);
  return conditions.flatMap(({ type, status }, i) => {
    const problems = type ? [] : [required(`${path}[${i}].type`)];
    const allowed = finalConditions.includes(type) ? ['True'] : conditionStatuses;
    problems.push(...validateRequiredSupported(status, `${path}[${i}].status`, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (opposite && types.indexOf(opposite) >= 0 && types.indexOf(opposite) < i) {
      problems.push(invalid(path, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (types.indexOf(type) < i) problems.push(duplicate(`${path}[${i}].type`, type));
    return problems;
  });
}

function validateCertificate(certificate: string | undefined): FieldError[] {
  const problem = certificate ? certificateProblem(text(fromBase64(certificate))) : undefined;
  return problem === undefined ? [] : [invalid('status.certificate', '<certificate data>', problem)];
}

function certificateProblem(pem: string): string | undefined {
  const blocks = readPem(pem);
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  const other = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (other) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other.label)}`;
  try {
    for (const { der } of blocks) decodeCertificate(der);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What may be written where: approvers approve, signers sign, and others do neither. */
export type WrittenPart = 'metadata' | 'approval' | 'certificate';

export function validateRequestUpdate(
  { status }: CertificateSigningRequest,
  { status: old }: CertificateSigningRequest,
  part: WrittenPart,
): FieldError[] {
  const problems: FieldError[] = [];
  const path = 'status.conditions';
  const ofType = (conditions: readonly CertificateSigningRequestCondition[] | undefined, type: string) =>
    (conditions ?? []).filter((condition) => condition.type === type);
  for (const type of finalConditions) {
    const before = ofType(old.conditions, type);
    const now = ofType(status.conditions, type);
    const quoted = JSON.stringify(type);
    const isTheirs = part === 'approval' || type === 'Failed';
    if (now.length < before.length) problems.push(forbidden(path, `updates may not remove a condition of type ${quoted}`));
    else if (isTheirs) continue;
    else if (now.length > before.length) problems.push(forbidden(path, `updates may not add a condition of type ${quoted}`));
    else if (!semanticallyEqual(now, before)) {
      problems.push(forbidden(path, `updates may not modify a condition of type ${quoted}\n${valueDiff(before, now)}`));
    }
  }
  if ((status.certificate ?? '') === (old.certificate ?? '')) return problems;
  if (part !== 'certificate') problems.push(forbidden('status.certificate', 'updates may not set certificate content'));
  else if (old.certificate) problems.push(forbidden('status.certificate', 'updates may not modify existing certificate content'));
  return problems;
}
