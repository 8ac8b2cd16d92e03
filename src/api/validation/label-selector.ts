import { forbidden, invalid, required, type FieldError } from '../field-error.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../meta.ts';
import { labelValue, qualifiedName } from './names.ts';

export interface LabelSelectorOptions {
  /** Objects stored before values were checked may keep theirs. */
  readonly allowInvalidValues?: boolean;
}

/** apimachinery's ValidateLabelSelector; an absent selector has no problems. */
export function validateLabelSelector(selector: LabelSelector | undefined, options: LabelSelectorOptions, path: string): FieldError[] {
  if (!selector) return [];
  return [
    ...validateLabels(selector.matchLabels, `${path}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((one, i) => validateRequirement(one, options, `${path}.matchExpressions[${i}]`)),
  ];
}

function validateRequirement(requirement: LabelSelectorRequirement, options: LabelSelectorOptions, path: string): FieldError[] {
  const values = requirement.values ?? [];
  const problems: FieldError[] = [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) problems.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        problems.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    default:
      problems.push(invalid(`${path}.operator`, requirement.operator, 'not a valid selector operator'));
  }
  problems.push(...validateLabelName(requirement.key, `${path}.key`));
  if (!options.allowInvalidValues) {
    problems.push(...values.flatMap((value, i) => labelValue(value).map((problem) => invalid(`${path}.values[${i}]`, value, problem))));
  }
  return problems;
}

export const validateLabelName = (name: string, path: string): FieldError[] =>
  qualifiedName(name ?? '').map((problem) => invalid(path, name ?? '', problem));

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([name, value]) => [
    ...validateLabelName(name, path),
    ...labelValue(value).map((problem) => invalid(path, value, problem)),
  ]);
}
