import { invalid, type FieldError } from '../../field-error.ts';
import { validateNonNegative } from '../../validation/metadata.ts';

/** None of these counts in a status may be below zero; an absent one is none. */
export const validateCounts = <Status>(status: Status, names: readonly (keyof Status & string)[]): FieldError[] =>
  names.flatMap((name) => validateNonNegative(Number(status[name] ?? 0), `status.${name}`));

/** A part may not be more than its whole; `whole` as the sentence names it. */
export const validatePart = (name: string, part = 0, whole: string, count = 0): FieldError[] =>
  part > count ? [invalid(`status.${name}`, part, `cannot be greater than ${whole}`)] : [];

export const validateCollisionCount = (next: number | undefined, old: number | undefined): FieldError[] =>
  (next ?? 0) < (old ?? 0) ? [invalid('status.collisionCount', next ?? 0, 'cannot be decremented')] : [];
