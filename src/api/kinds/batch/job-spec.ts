import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.ts';
import type { JobSpec } from '../../generated/batch/v1.ts';
import { validateDomainPrefixedPath } from '../../validation/domain-names.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { readSelector, validateSelectorMatches } from '../apps/pod-template-rules.ts';
import { validatePodTemplateSpec } from '../core/pod-template.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policies.ts';

const maxManagedByBytes = 63;
/** Caps the length of `status.completedIndexes` and `status.failedIndexes`. */
const maxIndexed = 100_000;
/** Above so many completions the limits below hold for jobs that retry by index. */
const manyCompletions = 100_000;
const maxAmongMany = 10_000;

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** Of a Job, whose selector is known by now. */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const selector = readSelector(spec.selector);
  return [
    ...validateCommonSpec(spec, path),
    ...(spec.selector ? validateLabelSelector(spec.selector, {}, `${path}.selector`) : [required(`${path}.selector`)]),
    ...(selector ? validateSelectorMatches(selector, spec.template, `${path}.template`) : []),
  ];
}

/** Of a CronJob's template: each Job makes its own selector. */
export function validateJobTemplateSpec(spec: JobSpec, path: string): FieldError[] {
  const problems = validateCommonSpec(spec, path);
  if (spec.selector) problems.push(invalid(`${path}.selector`, spec.selector, '`selector` will be auto-generated'));
  if (spec.manualSelector) problems.push(notSupported(`${path}.manualSelector`, true, ['nil', 'false']));
  return problems;
}

function validateCommonSpec(spec: JobSpec, path: string): FieldError[] {
  return [
    ...counts.flatMap((name) => validateNonNegative(spec[name] ?? 0, `${path}.${name}`)),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...validateManagedBy(spec.managedBy, `${path}.managedBy`),
    ...validateCompletionMode(spec, path),
    ...(spec.podFailurePolicy ? validatePodFailurePolicy(spec, `${path}.podFailurePolicy`) : []),
    ...validateSuccess(spec, `${path}.successPolicy`),
    ...validatePodReplacement(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplateSpec(spec.template, `${path}.template`),
    ...validateRestartPolicy(spec, `${path}.template.spec.restartPolicy`),
  ];
}

function validateManagedBy(managedBy: string | undefined, path: string): FieldError[] {
  if (managedBy === undefined) return [];
  const problems = validateDomainPrefixedPath(managedBy, path);
  return utf8Length(managedBy) > maxManagedByBytes ? [...problems, tooLong(path, maxManagedByBytes)] : problems;
}

function validateCompletionMode(spec: JobSpec, path: string): FieldError[] {
  const mode = spec.completionMode ?? 'NonIndexed';
  if (mode === 'Indexed') return validateIndexed(spec, path);
  if (mode !== 'NonIndexed') return [notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed'])];
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalid(`${path}.${name}`, spec[name], 'requires indexed completion mode'));
}

function validateIndexed(spec: JobSpec, path: string): FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes } = spec;
  const problems: FieldError[] = [];
  if (completions === undefined) problems.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism > maxIndexed)
    problems.push(
      invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${maxIndexed} when completion mode is Indexed`),
    );
  if (maxFailedIndexes !== undefined) {
    const at = `${path}.maxFailedIndexes`;
    if (completions !== undefined && maxFailedIndexes > completions)
      problems.push(invalid(at, maxFailedIndexes, 'must be less than or equal to completions'));
    if (maxFailedIndexes > maxIndexed) problems.push(invalid(at, maxFailedIndexes, `must be less than or equal to ${maxIndexed}`));
  }
  const many = (completions ?? 0) > manyCompletions && spec.backoffLimitPerIndex !== undefined;
  return many ? [...problems, ...validateManyIndexes(spec, path)] : problems;
}

function validateManyIndexes({ parallelism = 0, maxFailedIndexes }: JobSpec, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const limit = `must be less than or equal to ${maxAmongMany} when completions are above ${manyCompletions} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined)
    problems.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`));
  if (parallelism > maxAmongMany) problems.push(invalid(`${path}.parallelism`, parallelism, limit));
  if ((maxFailedIndexes ?? 0) > maxAmongMany) problems.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, limit));
  return problems;
}

function validateSuccess(spec: JobSpec, path: string): FieldError[] {
  if (!spec.successPolicy) return [];
  if (spec.completionMode === 'Indexed') return validateSuccessPolicy(spec, path);
  // With the names of Go's fields: the internal type has no others.
  const shown = {
    Rules: (spec.successPolicy.rules ?? []).map(({ succeededIndexes, succeededCount }) => ({
      SucceededIndexes: succeededIndexes ?? null,
      SucceededCount: succeededCount ?? null,
    })),
  };
  return [invalid(path, shown, 'requires indexed completion mode')];
}

function validatePodReplacement({ podReplacementPolicy, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  if (podReplacementPolicy === undefined) return [];
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return supported.includes(podReplacementPolicy) ? [] : [notSupported(path, podReplacementPolicy, supported)];
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, path: string): FieldError[] {
  const policy: string = template.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(path, policy, ['OnFailure', 'Never'])];
  if (podFailurePolicy && policy !== 'Never')
    return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
  return [];
}
