import type { Draft } from '../../draft.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { Deployment as DeploymentType, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment } from '../../generated/apps/v1.ts';
import { validateNonNegativeIntOrPercent, validateNotMoreThan100Percent } from '../../int-or-string.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { labelSelectorText } from '../../label-selector.ts';
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
import { amount } from './rollout-amount.ts';
import { validateCollisionCount, validateCounts, validatePart } from './status-counts.ts';

const columns: readonly Column<DeploymentType>[] = [
  nameColumn,
  { name: 'Ready', type: 'string', cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}` },
  { name: 'Up-to-date', type: 'string', cell: ({ status }) => status?.updatedReplicas ?? 0 },
  { name: 'Available', type: 'string', cell: ({ status }) => status?.availableReplicas ?? 0 },
  ageColumn,
  ...containerColumns<DeploymentType>(({ spec }) => spec.template.spec?.containers ?? []),
  { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => selectorCell(spec) },
];

export const Deployment = defineKind<DeploymentType>({
  ...generatedKind('apps', 'v1', 'Deployment'),
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: {
    status: true,
    scale: { spec: 'spec.replicas', status: 'status.replicas', selector: 'spec.selector' },
  },
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      object.status = {};
    },
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: (next, old) => validateImmutable(next.spec.selector, old.spec.selector, 'spec.selector'),
    validateStatusUpdate: (next, old) => validateStatus(next, old),
    warnings,
    generationFields: ['spec', 'metadata.annotations'],
  },
});

function setDefaults(object: Draft<DeploymentType>): void {
  const spec = (object.spec ??= {} as Draft<DeploymentSpec>);
  defaultPodTemplate(spec);
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.maxUnavailable ??= '25%';
    strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

function validateSpec(spec: DeploymentSpec): FieldError[] {
  const selector = readSelector(spec.selector);
  const { minReadySeconds = 0, revisionHistoryLimit, progressDeadlineSeconds } = spec;
  return [
    ...validateNonNegative(spec.replicas ?? 0, 'spec.replicas'),
    ...validateRequiredSelector(spec.selector, 'deployment', 'spec.selector'),
    ...(selector
      ? [
          ...validateSelectorMatches(selector, spec.template, 'spec.template'),
          ...validateLongRunningTemplate(spec.template, 'ReplicaSet', 'spec.template'),
        ]
      : [invalid('spec.selector', spec.selector, 'invalid label selector')]),
    ...validateStrategy(spec.strategy ?? {}, 'spec.strategy'),
    ...validateNonNegative(minReadySeconds, 'spec.minReadySeconds'),
    ...validateNonNegative(revisionHistoryLimit ?? 0, 'spec.revisionHistoryLimit'),
    ...(progressDeadlineSeconds === undefined ? [] : validateDeadline(progressDeadlineSeconds, minReadySeconds)),
  ];
}

function validateDeadline(seconds: number, minReadySeconds: number): FieldError[] {
  const path = 'spec.progressDeadlineSeconds';
  const problems = validateNonNegative(seconds, path);
  return seconds <= minReadySeconds ? [...problems, invalid(path, seconds, 'must be greater than minReadySeconds')] : problems;
}

function validateStrategy(strategy: DeploymentStrategy, path: string): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate')
    return rollingUpdate ? [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")] : [];
  if (type === 'RollingUpdate')
    return rollingUpdate
      ? validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`)
      : [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
  // Shown with the names of Go's fields, as the internal type has no others.
  const shown = { Type: type, RollingUpdate: rollingUpdate ? inGo(rollingUpdate) : null };
  return [notSupported(path, shown, ['Recreate', 'RollingUpdate'])];
}

const inGo = ({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDeployment) => ({ MaxUnavailable: maxUnavailable, MaxSurge: maxSurge });

function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDeployment, path: string): FieldError[] {
  const problems = [
    ...validateNonNegativeIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateNonNegativeIntOrPercent(maxSurge, `${path}.maxSurge`),
  ];
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0)
    problems.push(invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return [...problems, ...validateNotMoreThan100Percent(maxUnavailable, `${path}.maxUnavailable`)];
}

function validateStatus(next: DeploymentType, old: DeploymentType): FieldError[] {
  const status = next.status ?? {};
  return [
    ...validateCounts(status, [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ]),
    ...validatePart('updatedReplicas', status.updatedReplicas, 'status.replicas', status.replicas),
    ...validatePart('readyReplicas', status.readyReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'status.replicas', status.replicas),
    ...validatePart('availableReplicas', status.availableReplicas, 'readyReplicas', status.readyReplicas),
    ...validateCollisionCount(status.collisionCount, old.status?.collisionCount),
  ];
}

function warnings(object: DeploymentType, old?: DeploymentType): string[] {
  if (old && semanticallyEqual(object.spec, old.spec)) return [];
  return [
    ...(old ? [] : podNameWarnings(object.metadata.name)),
    ...podTemplateWarnings(object.spec.template, old?.spec.template, 'spec.template'),
  ];
}

function selectorCell(spec: DeploymentSpec): string {
  const selector = readSelector(spec.selector);
  if (!selector) return '<invalid>';
  return spec.selector ? labelSelectorText(selector) : '';
}
