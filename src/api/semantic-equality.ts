import { invalid, type FieldError } from './field-error.ts';
import { immutableField } from './validation/metadata.ts';

/**
 * Do two JSON values mean the same to Kubernetes? The order of keys does not matter, and an absent
 * value, null and an empty list are one (apimachinery's equality.Semantic, as far as it shows in
 * JSON). An empty object is something: `emptyDir: {}`.
 */
export function semanticallyEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isNothing(one) || isNothing(other)) return isNothing(one) && isNothing(other);
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => semanticallyEqual(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  for (const key in one) if (!semanticallyEqual(one[key], other[key])) return false;
  for (const key in other) if (!Object.hasOwn(one, key) && !isNothing(other[key])) return false;
  return true;
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export const validateImmutable = (next: unknown, old: unknown, path: string): FieldError[] =>
  semanticallyEqual(next, old) ? [] : [invalid(path, next, immutableField)];
