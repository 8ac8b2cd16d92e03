import { invalid, required, type FieldError } from '../../field-error.ts';
import type { CrossVersionObjectReference } from '../../generated/autoscaling/v2.ts';
import { pathSegmentName } from '../../validation/names.ts';

export function validateReference(reference: CrossVersionObjectReference | undefined, path: string): FieldError[] {
  return (['kind', 'name'] as const).flatMap((field) => {
    const value = reference?.[field];
    return value ? pathSegmentName(value).map((problem) => invalid(`${path}.${field}`, value, problem)) : [required(`${path}.${field}`)];
  });
}
