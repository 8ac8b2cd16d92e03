import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { NameCheck } from './names.ts';

/** The details a name check finds, as errors of the field. */
export const validateText = (value: string, path: string, check: NameCheck): FieldError[] =>
  check(value).map((detail) => invalid(path, value, detail));

/** As `validateText`, for a value that may not be left out. */
export const validateRequiredText = (value: string | undefined, path: string, check: NameCheck): FieldError[] =>
  value ? validateText(value, path, check) : [required(path)];

export const validatePresent = (value: string | undefined, path: string): FieldError[] => (value ? [] : [required(path)]);

/** `allowed` in the order in which the error is to name them. */
export const validateSupported = (value: string, path: string, allowed: readonly string[]): FieldError[] =>
  allowed.includes(value) ? [] : [notSupported(path, value, allowed)];

export const validateRequiredSupported = (value: string | undefined, path: string, allowed: readonly string[]): FieldError[] =>
  value ? validateSupported(value, path, allowed) : [required(path)];

export const validateOptionalSupported = (value: string | undefined, path: string, allowed: readonly string[]): FieldError[] =>
  value === undefined ? [] : validateSupported(value, path, allowed);
