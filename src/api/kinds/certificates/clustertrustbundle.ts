import { toHex } from '../../../codec/bytes.ts';
import { decodeCertificate } from '../../../codec/x509/certificate.ts';
import { readPem } from '../../../codec/x509/pem.ts';
import { invalid, tooLong, type FieldError } from '../../field-error.ts';
import type { ClusterTrustBundle as ClusterTrustBundleType } from '../../generated/certificates/v1beta1.ts';
import { defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { dns1123Subdomain, pathSegmentName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateSignerName } from '../../validation/signer-name.ts';
import { storedAs } from '../stored-as.ts';

const maxBundleBytes = 1024 * 1024;

const behaviour: Pick<KindDefinition<ClusterTrustBundleType>, 'selectableFields' | 'columns' | 'strategy'> = {
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
  columns: [nameColumn, { name: 'SignerName', type: 'string', cell: ({ spec }) => spec.signerName || '<none>' }],
  strategy: {
    // The rest of the rule needs the signer: `validateName`.
    nameProblems: pathSegmentName,
    unconditionalUpdate: false,
    validate: (bundle) => [...validateName(bundle), ...validateSigner(bundle)],
    validateCreate: ({ spec }) => validateBundle(spec.trustBundle),
    validateUpdate: ({ spec }, { spec: old }) => [
      ...(spec.trustBundle === old.trustBundle ? [] : validateBundle(spec.trustBundle)),
      ...validateImmutable(spec.signerName ?? '', old.signerName ?? '', 'spec.signerName'),
    ],
  },
};

export const ClusterTrustBundleV1Beta1 = defineKind<ClusterTrustBundleType>({
  ...generatedKind('certificates.k8s.io', 'v1beta1', 'ClusterTrustBundle'),
  ...behaviour,
});

export const ClusterTrustBundleV1Alpha1 = defineKind<ClusterTrustBundleType>({
  ...generatedKind('certificates.k8s.io', 'v1alpha1', 'ClusterTrustBundle'),
  ...behaviour,
  storage: storedAs({ group: 'certificates.k8s.io', version: 'v1alpha1' }, { group: 'certificates.k8s.io', version: 'v1beta1' }),
});

/** A signer's bundles carry its name: `example.com:signer:bundle`. */
function validateName({ metadata: { name = '' }, spec: { signerName = '' } }: ClusterTrustBundleType): FieldError[] {
  const wrong = (detail: string) => [invalid('metadata.name', name, detail)];
  if (signerName === '') {
    if (name.includes(':')) return wrong('ClusterTrustBundle without signer name must not have ":" in its name');
    return validateText(name, 'metadata.name', dns1123Subdomain);
  }
  const prefix = `${signerName.replaceAll('/', ':')}:`;
  if (!name.startsWith(prefix)) return wrong(`ClusterTrustBundle for signerName ${signerName} must be named with prefix ${prefix}`);
  return dns1123Subdomain(name.slice(prefix.length)).map((problem) => invalid('metadata.name', name, problem));
}

const validateSigner = ({ spec: { signerName } }: ClusterTrustBundleType): FieldError[] =>
  signerName ? validateSignerName(signerName, 'spec.signerName') : [];

function validateBundle(bundle: string): FieldError[] {
  const path = 'spec.trustBundle';
  if (utf8Length(bundle) > maxBundleBytes) return [tooLong(path, maxBundleBytes)];
  const wrong = (detail: string) => invalid(path, '<value omitted>', detail);
  const anchors = new Map<string, number[]>();
  const problems: FieldError[] = [];
  readPem(bundle).forEach(({ label, der }, i) => {
    const problem = label === 'CERTIFICATE' ? anchorProblem(der) : `has bad block type: ${label}`;
    if (problem) problems.push(wrong(`entry ${i} ${problem}`));
    else anchors.set(toHex(der), [...(anchors.get(toHex(der)) ?? []), i]);
  });
  if (problems.length > 0) return problems;
  if (anchors.size === 0) return [wrong('at least one trust anchor must be provided')];
  return [...anchors.values()]
    .filter((entries) => entries.length > 1)
    .map((entries) => wrong(`duplicate trust anchor (indices [${entries.join(' ')}])`));
}

function anchorProblem(der: Uint8Array): string | undefined {
  try {
    return decodeCertificate(der).basicConstraints?.ca ? undefined : 'does not have the CA bit set';
  } catch {
    return 'does not parse as X.509';
  }
}
