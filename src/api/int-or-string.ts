import { invalid, type FieldError } from './field-error.ts';
import { notNegative } from './validation/metadata.ts';
import { percent } from './validation/names.ts';

/** A number, or a text such as `25%` or a port's name (apimachinery's util/intstr). */
export type IntOrString = number | string;

export const intOrStringText = (value: IntOrString): string => String(value);

/** The number before the percent sign; undefined for whatever is no percentage. */
export function percentValue(value: IntOrString): number | undefined {
  if (typeof value === 'number' || percent(value).length > 0) return undefined;
  return Number(value.slice(0, -1));
}

/**
 * The share that `value` stands for out of `total`: a percentage of it, or the number itself.
 * Throws where the text is no percentage, in upstream's words.
 */
export function scaledIntOrPercent(value: IntOrString, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) throw new Error('invalid value for IntOrString: invalid type: string is not a percentage');
  const number = value.slice(0, -1);
  if (!/^[+-]?[0-9]+$/.test(number)) {
    throw new Error(
      `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`,
    );
  }
  const share = (Number(number) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** Of rollout limits and disruption budgets: a percentage, or a number not below zero. */
export function validateNonNegativeIntOrPercent(value: IntOrString, path: string): FieldError[] {
  if (typeof value === 'string') return percent(value).map((problem) => invalid(path, value, problem));
  return value < 0 ? [invalid(path, value, notNegative)] : [];
}

export function validateNotMoreThan100Percent(value: IntOrString, path: string): FieldError[] {
  const share = percentValue(value);
  return share !== undefined && share > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
}
