import type { Draft } from '../../draft.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { ReplicaSet as ReplicaSetType, ReplicaSetSpec, ReplicaSetStatus } from '../../generated/apps/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { containerColumns } from '../columns.ts';
import { podTemplateWarnings } from '../core/pod-template.ts';
import {
  defaultPodTemplate,
  podNameWarnings,
  readSelector,
  validateLongRunningTemplate,
  validateRequiredSelector,
  validateSelectorMatches,
} from './pod-template-rules.ts';
import { validateCounts, validatePart } from './status-counts.ts';

const columns: readonly Column<ReplicaSetType>[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', cell: ({ spec }) => spec.replicas ?? 0 },
  { name: 'Current', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
  { name: 'Ready', type: 'integer', cell: ({ status }) => status?.readyReplicas ?? 0 },
  ageColumn,
  ...containerColumns<ReplicaSetType>(({ spec }) => spec.template?.spec?.containers ?? []),
  { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => formatLabelSelector(spec.selector) },
];

export const ReplicaSet = defineKind<ReplicaSetType>({
  ...generatedKind('apps', 'v1', 'ReplicaSet'),
  shortNames: ['rs'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { spec: 'spec.replicas', status: 'status.replicas', selector: 'spec.selector' },
  },
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      object.status = { replicas: 0 };
    },
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: (next, old) => validateImmutable(next.spec.selector, old.spec.selector, 'spec.selector'),
    validateStatusUpdate: ({ status }) => validateStatus(status ?? { replicas: 0 }),
    warnings,
  },
});

function setDefaults(object: Draft<ReplicaSetType>): void {
  const spec = (object.spec ??= {} as Draft<ReplicaSetSpec>);
  defaultPodTemplate(spec);
  spec.replicas ??= 1;
}

function validateSpec(spec: ReplicaSetSpec): FieldError[] {
  const selector = readSelector(spec.selector);
  return [
    ...validateNonNegative(spec.replicas ?? 0, 'spec.replicas'),
    ...validateNonNegative(spec.minReadySeconds ?? 0, 'spec.minReadySeconds'),
    // Upstream names the wrong owner here.
    ...validateRequiredSelector(spec.selector, 'deployment', 'spec.selector'),
    ...(selector
      ? [
          ...validateSelectorMatches(selector, spec.template!, 'spec.template'),
          ...validateLongRunningTemplate(spec.template!, 'ReplicaSet', 'spec.template'),
        ]
      : [invalid('spec.selector', spec.selector, 'invalid label selector')]),
  ];
}

/** Shared with ReplicationController, whose status has the same counts. */
export function validateStatus(status: ReplicaSetStatus): FieldError[] {
  return [
    ...validateCounts(status, [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ]),
    ...validatePart('fullyLabeledReplicas', status.fullyLabeledReplicas, 'status.replicas', status.replicas),
    ...validatePart('readyReplicas', status.readyReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'readyReplicas', status.readyReplicas),
  ];
}

function warnings(object: ReplicaSetType, old?: ReplicaSetType): string[] {
  if (old && semanticallyEqual(object.spec, old.spec)) return [];
  return [
    ...(old ? [] : podNameWarnings(object.metadata.name)),
    ...podTemplateWarnings(object.spec.template, old?.spec.template, 'spec.template'),
  ];
}
