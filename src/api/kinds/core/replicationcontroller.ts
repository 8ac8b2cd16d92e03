import type { PodTemplateSpec, ReplicationController as ReplicationControllerType, Volume } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { podNameWarnings } from '../apps/pod-template-rules.ts';
import { containerColumns, labelsText } from '../columns.ts';
import { defaultPodTemplateSpec } from './pod-defaults.ts';
import { podTemplateWarnings, validatePodTemplateSpec } from './pod-template.ts';

type Labels = Readonly<Record<string, string>>;

export const ReplicationController = defineKind<ReplicationControllerType>({
  ...generatedKind('', 'v1', 'ReplicationController'),
  shortNames: ['rc'],
  categories: ['all'],
  subresources: { status: true, scale: { spec: 'spec.replicas', status: 'status.replicas', selector: 'spec.selector' } },
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', cell: ({ spec }) => spec.replicas ?? 0 },
    { name: 'Current', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', cell: ({ status }) => status?.readyReplicas ?? 0 },
    ageColumn,
    ...containerColumns<ReplicationControllerType>(({ spec }) => spec.template?.spec?.containers ?? []),
    { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => labelsText(spec.selector) },
  ],
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      object.status = { replicas: 0 };
    },
    validate: ({ spec }) => validateSpec(spec),
    validateStatusUpdate: validateStatus,
    warnings,
    defaultPropagation: 'orphan',
  },
});

/** The template's labels select its pods, and mark the controller too, unless something else is said. */
function setDefaults(object: Draft<ReplicationControllerType>): void {
  object.spec ??= {};
  const { spec } = object;
  spec.replicas ??= 1;
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (isEmpty(spec.selector)) spec.selector = { ...labels };
    if (isEmpty(object.metadata.labels)) object.metadata.labels = { ...labels };
  }
  if (spec.template) {
    spec.template.spec ??= { containers: [] };
    defaultPodTemplateSpec(spec.template);
  }
}

function warnings({ metadata, spec }: ReplicationControllerType, old?: ReplicationControllerType): string[] {
  if (old && semanticallyEqual(spec, old.spec)) return [];
  const named = old ? [] : podNameWarnings(metadata.name);
  return [...named, ...podTemplateWarnings(spec.template, old?.spec.template, 'spec.template')];
}

const isEmpty = (labels: Labels | undefined): boolean => Object.keys(labels ?? {}).length === 0;

function validateSpec(spec: ReplicationControllerType['spec']): FieldError[] {
  const { minReadySeconds = 0, replicas = 0, selector, template } = spec;
  return [
    ...validateNonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...(isEmpty(selector) ? [required('spec.selector')] : []),
    ...validateNonNegative(replicas, 'spec.replicas'),
    ...(template ? validateTemplate(template, selector ?? {}, replicas) : [required('spec.template')]),
  ];
}

function validateTemplate(template: PodTemplateSpec, selector: Labels, replicas: number): FieldError[] {
  const path = 'spec.template';
  const labels = template.metadata?.labels ?? {};
  const problems: FieldError[] = [];
  if (!isEmpty(selector) && !Object.entries(selector).every(([key, value]) => labels[key] === value)) {
    problems.push(invalid(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`'));
  }
  problems.push(...validatePodTemplateSpec(template, path));
  if (replicas > 1) problems.push(...validateSharedDisks(template.spec?.volumes ?? [], `${path}.spec.volumes`));
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') problems.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicationController is not Supported';
    problems.push(forbidden(`${path}.spec.activeDeadlineSeconds`, detail));
  }
  return problems;
}

/** One disk cannot be written by many pods. */
function validateSharedDisks(volumes: readonly Volume[], path: string): FieldError[] {
  return volumes.flatMap(({ gcePersistentDisk }, i) => {
    if (!gcePersistentDisk || gcePersistentDisk.readOnly) return [];
    const detail = 'must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines if it is read-only';
    return [invalid(`${path}[${i}].gcePersistentDisk.readOnly`, false, detail)];
  });
}

function validateStatus({ status }: ReplicationControllerType): FieldError[] {
  const counts = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const;
  const problems = counts.flatMap((field) => validateNonNegative(status[field] ?? 0, `status.${field}`));
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0;
    if (count > status.replicas) problems.push(invalid(`status.${field}`, count, 'cannot be greater than status.replicas'));
  }
  const { availableReplicas = 0, readyReplicas = 0 } = status;
  if (availableReplicas > readyReplicas) {
    problems.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
  return problems;
}
