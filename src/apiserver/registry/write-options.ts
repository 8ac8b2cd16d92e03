import type { DeleteOptions, PatchOptions, WriteOptions } from '../../api/call.ts';
import { invalidObject } from '../../api/errors.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { validateFieldManager } from '../../api/validation/metadata.ts';

/** apimachinery's ValidateCreateOptions and ValidateUpdateOptions; throws 422 naming `kind`. */
export function checkWriteOptions(kind: 'CreateOptions' | 'UpdateOptions', options: WriteOptions): void {
  refuse(kind, [...managerProblems(options), ...dryRunProblems(options), ...validationProblems(options)]);
}

export function checkPatchOptions(options: PatchOptions, isApply: boolean): void {
  const problems: FieldError[] = [];
  if (!isApply && options.force !== undefined) problems.push(forbidden('force', 'may not be specified for non-apply patch'));
  if (isApply && !options.fieldManager) problems.push(required('fieldManager', 'is required for apply patch'));
  refuse('PatchOptions', [...problems, ...managerProblems(options), ...dryRunProblems(options), ...validationProblems(options)]);
}

export function checkDeleteOptions({ propagationPolicy, orphanDependents, dryRun }: DeleteOptions): void {
  const problems: FieldError[] = [];
  if (propagationPolicy !== undefined && orphanDependents !== undefined)
    problems.push(invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (propagationPolicy !== undefined && !propagations.includes(propagationPolicy))
    problems.push(notSupported('propagationPolicy', propagationPolicy, [...propagations, 'nil']));
  refuse('DeleteOptions', [...problems, ...dryRunProblems({ dryRun })]);
}

export const isDryRun = ({ dryRun }: { readonly dryRun?: readonly string[] }): boolean => dryRun !== undefined && dryRun.length > 0;

const propagations = ['Foreground', 'Background', 'Orphan'];

function refuse(kind: string, problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', problems);
}

const managerProblems = ({ fieldManager }: WriteOptions): FieldError[] =>
  fieldManager ? validateFieldManager(fieldManager, 'fieldManager') : [];

const dryRunProblems = ({ dryRun = [] }: Pick<WriteOptions, 'dryRun'>): FieldError[] =>
  dryRun.some((value) => value !== 'All') ? [notSupported('dryRun', dryRun, ['All'])] : [];

const validationProblems = ({ fieldValidation }: WriteOptions): FieldError[] =>
  fieldValidation === undefined || fieldValidation === '' || ['Ignore', 'Warn', 'Strict'].includes(fieldValidation)
    ? []
    : [notSupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn'])];
