import type { Draft } from '../../draft.ts';
import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  DaemonSet as DaemonSetType,
  DaemonSetSpec,
  DaemonSetUpdateStrategy,
  RollingUpdateDaemonSet,
} from '../../generated/apps/v1.ts';
import { validateNonNegativeIntOrPercent, validateNotMoreThan100Percent } from '../../int-or-string.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { containerColumns, labelsText } from '../columns.ts';
import { podTemplateWarnings } from '../core/pod-template.ts';
import {
  defaultPodTemplate,
  readSelector,
  selectsEverything,
  validateLongRunningTemplate,
  validateSelectorMatches,
} from './pod-template-rules.ts';
import { amount } from './rollout-amount.ts';
import { validateCollisionCount, validateCounts } from './status-counts.ts';

const columns: readonly Column<DaemonSetType>[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', cell: ({ status }) => status?.desiredNumberScheduled ?? 0 },
  { name: 'Current', type: 'integer', cell: ({ status }) => status?.currentNumberScheduled ?? 0 },
  { name: 'Ready', type: 'integer', cell: ({ status }) => status?.numberReady ?? 0 },
  { name: 'Up-to-date', type: 'integer', cell: ({ status }) => status?.updatedNumberScheduled ?? 0 },
  { name: 'Available', type: 'integer', cell: ({ status }) => status?.numberAvailable ?? 0 },
  { name: 'Node Selector', type: 'string', cell: ({ spec }) => labelsText(spec?.template.spec?.nodeSelector) },
  ageColumn,
  ...containerColumns<DaemonSetType>(({ spec }) => spec.template.spec?.containers ?? []),
  { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => formatLabelSelector(spec.selector) },
];

export const DaemonSet = defineKind<DaemonSetType>({
  ...generatedKind('apps', 'v1', 'DaemonSet'),
  shortNames: ['ds'],
  categories: ['all'],
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate,
    prepareForUpdate,
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: (next, old) => validateImmutable(next.spec.selector, old.spec.selector, 'spec.selector'),
    validateStatusUpdate: (next, old) => validateStatus(next, old),
    warnings: (object, old) =>
      old && semanticallyEqual(object.spec, old.spec) ? [] : podTemplateWarnings(object.spec.template, old?.spec.template, 'spec.template'),
  },
});

function setDefaults(object: Draft<DaemonSetType>): void {
  const spec = (object.spec ??= {} as Draft<DaemonSetSpec>);
  defaultPodTemplate(spec);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.maxUnavailable ??= 1;
    strategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
}

/** Where apps/v1 keeps what older versions had as `spec.templateGeneration`: it counts changes of the template. */
const templateGeneration = 'deprecated.daemonset.template.generation';

const templateGenerationOf = ({ metadata }: DaemonSetType): number => Number(metadata.annotations?.[templateGeneration] ?? 0) || 0;

function prepareForCreate(object: Draft<DaemonSetType>): void {
  setTemplateGeneration(object, Math.max(1, templateGenerationOf(object)));
  object.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
}

function prepareForUpdate(object: Draft<DaemonSetType>, old: DaemonSetType): void {
  const changed = !semanticallyEqual(object.spec.template, old.spec.template);
  setTemplateGeneration(object, templateGenerationOf(old) + (changed ? 1 : 0));
}

function setTemplateGeneration(object: Draft<DaemonSetType>, generation: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [templateGeneration]: String(generation) };
}

function validateSpec(spec: DaemonSetSpec): FieldError[] {
  const selector = readSelector(spec.selector);
  return [
    ...validateLabelSelector(spec.selector, {}, 'spec.selector'),
    ...(selector ? validateSelectorMatches(selector, spec.template, 'spec.template') : []),
    ...(spec.selector && selectsEverything(spec.selector)
      ? [invalid('spec.selector', spec.selector, 'empty selector is invalid for daemonset')]
      : []),
    ...validateLongRunningTemplate(spec.template, 'DaemonSet', 'spec.template'),
    ...validateNonNegative(spec.minReadySeconds ?? 0, 'spec.minReadySeconds'),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...validateNonNegative(spec.revisionHistoryLimit ?? 0, 'spec.revisionHistoryLimit'),
  ];
}

function validateUpdateStrategy({ type, rollingUpdate }: DaemonSetUpdateStrategy, path: string): FieldError[] {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const shown = { Type: type ?? '', RollingUpdate: rollingUpdate ? inGo(rollingUpdate) : null };
    return [notSupported(path, shown, ['RollingUpdate', 'OnDelete'])];
  }
  return rollingUpdate ? validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`) : [required(`${path}.rollingUpdate`)];
}

/** With the names of Go's fields: the internal type has no others. */
const inGo = ({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDaemonSet) => ({ MaxUnavailable: maxUnavailable, MaxSurge: maxSurge });

function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDaemonSet, path: string): FieldError[] {
  const problems = [
    ...validateNonNegativeIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateNonNegativeIntOrPercent(maxSurge, `${path}.maxSurge`),
    ...validateNotMoreThan100Percent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateNotMoreThan100Percent(maxSurge, `${path}.maxSurge`),
  ];
  const takesDown = amount(maxUnavailable) !== 0;
  const surges = amount(maxSurge) !== 0;
  if (takesDown && surges) problems.push(invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!takesDown && !surges) problems.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return problems;
}

function validateStatus(next: DaemonSetType, old: DaemonSetType): FieldError[] {
  return [
    ...validateCounts(next.status ?? ({} as NonNullable<DaemonSetType['status']>), [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ]),
    ...validateCollisionCount(next.status?.collisionCount, old.status?.collisionCount),
  ];
}
