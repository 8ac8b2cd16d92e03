import { invalid, required, type FieldError } from '../../field-error.ts';
import type { LeaseCandidate as LeaseCandidateType, LeaseCandidateSpec } from '../../generated/coordination/v1beta1.ts';
import { ageColumn, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validatePresent } from '../../validation/field-checks.ts';
import { configMapKey } from '../../validation/names.ts';
import { validateLeaseStrategy } from './lease-strategy-validation.ts';
import { storedAs } from '../stored-as.ts';

const behaviour: Pick<KindDefinition<LeaseCandidateType>, 'columns' | 'strategy'> = {
  columns: [
    nameColumn,
    { name: 'LeaseName', type: 'string', cell: ({ spec }) => spec.leaseName },
    { name: 'BinaryVersion', type: 'string', cell: ({ spec }) => spec.binaryVersion },
    { name: 'EmulationVersion', type: 'string', cell: ({ spec }) => spec.emulationVersion ?? '' },
    ageColumn,
  ],
  strategy: {
    createOnUpdate: true,
    unconditionalUpdate: false,
    nameProblems: configMapKey,
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, { spec: old }) => validateImmutable(spec.leaseName, old.leaseName, 'spec.leaseName'),
  },
};

export const LeaseCandidateV1Beta1 = defineKind<LeaseCandidateType>({
  ...generatedKind('coordination.k8s.io', 'v1beta1', 'LeaseCandidate'),
  ...behaviour,
});

export const LeaseCandidateV1Alpha2 = defineKind<LeaseCandidateType>({
  ...generatedKind('coordination.k8s.io', 'v1alpha2', 'LeaseCandidate'),
  ...behaviour,
  storage: storedAs({ group: 'coordination.k8s.io', version: 'v1alpha2' }, { group: 'coordination.k8s.io', version: 'v1beta1' }),
});

function validateSpec({ leaseName, binaryVersion, emulationVersion, strategy }: LeaseCandidateSpec): FieldError[] {
  const problems = [
    ...validatePresent(leaseName, 'spec.leaseName'),
    ...(emulationVersion ? validateVersion(emulationVersion, 'spec.emulationVersion') : []),
    ...(binaryVersion ? validateVersion(binaryVersion, 'spec.binaryVersion') : [required('spec.binaryVersion')]),
  ];
  if (binaryVersion && emulationVersion && compareVersions(numbersOf(binaryVersion), numbersOf(emulationVersion)) < 0) {
    problems.push(invalid('spec.binaryVersion', binaryVersion, 'must be greater than or equal to `emulationVersion`'));
  }
  if (!strategy) return [...problems, required('spec.strategy')];
  if (strategy === 'OldestEmulationVersion' && numbersOf(emulationVersion ?? '').every((number) => number === 0)) {
    problems.push(required('spec.emulationVersion', "must be specified when `strategy` is 'OldestEmulationVersion'"));
  }
  return [...problems, ...validateLeaseStrategy(strategy, 'spec.strategy')];
}

const semanticVersion = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

const validateVersion = (version: string, path: string): FieldError[] =>
  semanticVersion.test(version) ? [] : [invalid(path, version, 'must be a valid semantic version')];

/** Major, minor and patch; zeros for what is no version. */
function numbersOf(version: string): number[] {
  const parts = semanticVersion.exec(version);
  return parts ? parts.slice(1, 4).map(Number) : [0, 0, 0];
}

function compareVersions(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((number, i) => number !== other[i]);
  return differing < 0 ? 0 : one[differing]! - other[differing]!;
}
