import { JsonPathError } from './json-path-error.ts';

type Kind = 'boolean' | 'integer' | 'float' | 'string';

/** The comparisons of filters, with Go's strictness: no number is compared with a string, nor a whole number with a fraction. */
export function compares(operator: string, left: unknown, right: unknown): boolean {
  switch (operator) {
    case '<':
      return isLess(left, right);
    case '>':
      return !isLess(left, right) && !isEqual(left, right);
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<=':
      return isLess(left, right) || isEqual(left, right);
    case '>=':
      return !isLess(left, right);
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`);
  }
}

function isEqual(left: unknown, right: unknown): boolean {
  if (kindOf(left) !== kindOf(right)) throw new JsonPathError('incompatible types for comparison');
  // A bigint is an integer that a number cannot hold exactly, so the two differ.
  return left === right;
}

function isLess(left: unknown, right: unknown): boolean {
  if (kindOf(left) !== kindOf(right)) throw new JsonPathError('incompatible types for comparison');
  if (typeof left === 'boolean') throw new JsonPathError('invalid type for comparison');
  return (left as string) < (right as string);
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value as Kind;
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  throw new JsonPathError('invalid type for comparison');
}
