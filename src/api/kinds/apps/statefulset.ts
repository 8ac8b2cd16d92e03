import type { Draft } from '../../draft.ts';
import type { FieldError } from '../../field-error.ts';
import type { StatefulSet as StatefulSetType, StatefulSetSpec } from '../../generated/apps/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { dns1123Label, nameIsDns1123Label } from '../../validation/names.ts';
import { invalid } from '../../field-error.ts';
import { containerColumns } from '../columns.ts';
import { validateVolumeClaimSpec } from '../core/volume-claim-spec-validation.ts';
import { podTemplateWarnings } from '../core/pod-template.ts';
import { defaultPodTemplate } from './pod-template-rules.ts';
import { validateStatefulSetSpec, validateStatefulSetSpecUpdate } from './statefulset-spec.ts';
import { validateCollisionCount, validateCounts, validatePart } from './status-counts.ts';

const columns: readonly Column<StatefulSetType>[] = [
  nameColumn,
  { name: 'Ready', type: 'string', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
  ageColumn,
  ...containerColumns<StatefulSetType>(({ spec }) => spec.template.spec?.containers ?? []),
];

export const StatefulSet = defineKind<StatefulSetType>({
  ...generatedKind('apps', 'v1', 'StatefulSet'),
  shortNames: ['sts'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { spec: 'spec.replicas', status: 'status.replicas', selector: 'spec.selector' },
  },
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      object.status = { replicas: 0, availableReplicas: 0 };
    },
    nameProblems: nameIsDns1123Label,
    validate: ({ spec }) => validateStatefulSetSpec(spec),
    validateCreate: ({ spec }) => [...validateServiceName(spec.serviceName ?? ''), ...validateClaims(spec)],
    validateUpdate: (next, old) => validateStatefulSetSpecUpdate(next.spec, old.spec),
    validateStatusUpdate: (next, old) => validateStatus(next, old),
    warnings,
  },
});

function setDefaults(object: Draft<StatefulSetType>): void {
  const spec = (object.spec ??= {} as Draft<StatefulSetSpec>);
  defaultPodTemplate(spec);
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.partition ??= 0;
    strategy.rollingUpdate.maxUnavailable ??= 1;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    claim.spec ??= {};
    claim.spec.volumeMode ??= 'Filesystem';
    claim.status ??= {};
    claim.status.phase ??= 'Pending';
  }
}

const validateServiceName = (name: string): FieldError[] =>
  name === '' ? [] : dns1123Label(name).map((problem) => invalid('spec.serviceName', name, problem));

const validateClaims = ({ volumeClaimTemplates = [] }: StatefulSetSpec): FieldError[] =>
  volumeClaimTemplates.flatMap((claim, index) => validateVolumeClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${index}].spec`));

function validateStatus(next: StatefulSetType, old: StatefulSetType): FieldError[] {
  const status = next.status ?? { replicas: 0 };
  return [
    ...validateCounts(status, [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ]),
    ...validatePart('readyReplicas', status.readyReplicas, 'status.replicas', status.replicas),
    ...validatePart('currentReplicas', status.currentReplicas, 'status.replicas', status.replicas),
    ...validatePart('updatedReplicas', status.updatedReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'status.readyReplicas', status.readyReplicas),
    ...validateCollisionCount(status.collisionCount, old.status?.collisionCount),
  ];
}

function warnings(object: StatefulSetType, old?: StatefulSetType): string[] {
  const limit = object.spec.revisionHistoryLimit ?? 0;
  return [
    ...(old && semanticallyEqual(object.spec, old.spec)
      ? []
      : podTemplateWarnings(object.spec.template, old?.spec.template, 'spec.template')),
    ...(limit < 0 ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'] : []),
  ];
}
