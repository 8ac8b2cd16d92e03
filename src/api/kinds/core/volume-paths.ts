import { invalid, type FieldError } from '../../field-error.ts';

export const isAbsolutePath = (path: string): boolean => path.startsWith('/');

export function validateNoBacksteps(target: string, path: string): FieldError[] {
  return target.split('/').includes('..') ? [invalid(path, target, "must not contain '..'")] : [];
}

/** Relative, and never upwards. */
export function validateLocalDescendingPath(target: string, path: string): FieldError[] {
  const problems = isAbsolutePath(target) ? [invalid(path, target, 'must be a relative path')] : [];
  return [...problems, ...validateNoBacksteps(target, path)];
}

/** As above, and no name that begins with two dots, which atomic writers keep for themselves. */
export function validateLocalNonReservedPath(target: string, path: string): FieldError[] {
  const problems = validateLocalDescendingPath(target, path);
  if (target.startsWith('..') && !target.startsWith('../')) problems.push(invalid(path, target, "must not start with '..'"));
  return problems;
}

/** 0 to 0777. */
export function validateFileMode(mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
