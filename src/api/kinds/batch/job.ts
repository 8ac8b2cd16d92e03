import type { Draft } from '../../draft.ts';
import { invalid, required, type FieldError } from '../../field-error.ts';
import type { Job as JobType, JobSpec } from '../../generated/batch/v1.ts';
import { ageColumn, defineKind, humanDuration, nameColumn, type Column } from '../../kind.ts';
import { formatLabelSelector, matchesLabels } from '../../label-selector.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { dns1123Label } from '../../validation/names.ts';
import { defaultPodTemplate, podNameWarnings, readSelector } from '../apps/pod-template-rules.ts';
import { containerColumns } from '../columns.ts';
import { isTrue } from '../conditions.ts';
import { podTemplateWarnings } from '../core/pod-template.ts';
import { validateJobSpec } from './job-spec.ts';
import { validateJobStatusUpdate } from './job-status.ts';
import { validateJobSpecUpdate } from './job-update.ts';

const columns: readonly Column<JobType>[] = [
  nameColumn,
  { name: 'Status', type: 'string', cell: statusCell },
  { name: 'Completions', type: 'string', cell: completionsCell },
  { name: 'Duration', type: 'string', cell: durationCell },
  ageColumn,
  ...containerColumns<JobType>(({ spec }) => spec.template.spec?.containers ?? []),
  { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => formatLabelSelector(spec.selector) },
];

export const Job = defineKind<JobType>({
  ...generatedKind('batch', 'v1', 'Job'),
  categories: ['all'],
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      if (!object.spec.manualSelector) generateSelector(object);
      object.status = {};
    },
    validate: (object) => [...validateJobSpec(object.spec, 'spec'), ...validateHostnames(object)],
    validateCreate: validateGeneratedSelector,
    validateUpdate: validateJobSpecUpdate,
    validateStatusUpdate: validateJobStatusUpdate,
    warnings,
    // Kept as it was before garbage collection: pods of a deleted job stay unless the deletion says otherwise.
    defaultPropagation: 'orphan',
  },
});

function setDefaults(object: Draft<JobType>): void {
  const spec = (object.spec ??= {} as Draft<JobSpec>);
  defaultPodTemplate(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  const labels = spec.template.metadata?.labels;
  if (labels && Object.keys(object.metadata.labels ?? {}).length === 0) object.metadata.labels = { ...labels };
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  defaultPodFailurePolicy(spec);
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

export function defaultPodFailurePolicy(spec: Draft<JobSpec>): void {
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
}

/** The labels by which a Job's pods are known, new and old; each with what its value is. */
const generatedLabels = {
  'controller-uid': 'uid',
  'job-name': 'name',
  'batch.kubernetes.io/controller-uid': 'uid',
  'batch.kubernetes.io/job-name': 'name',
} as const;
const selectedLabel = 'batch.kubernetes.io/controller-uid';

/** Nothing that is there is overwritten: what disagrees is found by validation. */
function generateSelector({ metadata, spec }: Draft<JobType>): void {
  spec.template.metadata ??= {};
  const labels = (spec.template.metadata.labels ??= {});
  for (const [label, source] of Object.entries(generatedLabels)) labels[label] ??= metadata[source] ?? '';
  spec.selector ??= {};
  spec.selector.matchLabels = { [selectedLabel]: metadata.uid ?? '', ...spec.selector.matchLabels };
}

function validateGeneratedSelector({ metadata, spec }: JobType): FieldError[] {
  if (spec.manualSelector || !spec.selector) return [];
  const labels = spec.template.metadata?.labels ?? {};
  const problems: FieldError[] = metadata.uid ? [] : [required('metadata.uid')];
  const expected: Record<string, string> = {};
  for (const [label, source] of Object.entries(generatedLabels)) {
    const value = (expected[label] = metadata[source] ?? '');
    const path = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) problems.push(required(path, `must be '${value}'`));
    else if (labels[label] !== value) problems.push(invalid(path, labels, `must be '${value}'`));
  }
  const selector = readSelector(spec.selector);
  if (selector && !matchesLabels(selector, expected))
    problems.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  return problems;
}

/** The pods of an Indexed Job have their index behind its name. */
function validateHostnames({ metadata, spec }: JobType): FieldError[] {
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions < 0) return [];
  const longest = `${metadata.name}-${spec.completions - 1}`;
  if (dns1123Label(longest).length === 0) return [];
  return [invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${longest}`)];
}

function warnings(object: JobType, old?: JobType): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = object.spec;
  const tooManyIndexes = completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000;
  return [
    ...(old ? [] : podNameWarnings(object.metadata.name)),
    ...(tooManyIndexes
      ? [
          'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
        ]
      : []),
    ...(old && semanticallyEqual(object.spec, old.spec) ? [] : podTemplateWarnings(template, old?.spec.template, 'spec.template')),
  ];
}

function statusCell({ metadata, status }: JobType): string {
  const is = (type: string) => isTrue(status?.conditions, type);
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running';
}

function completionsCell({ spec, status }: JobType): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: JobType, nowMs: number): string {
  if (!status?.startTime) return '';
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(endMs - Date.parse(status.startTime));
}
