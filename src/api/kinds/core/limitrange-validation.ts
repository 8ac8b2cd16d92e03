import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type { LimitRange, LimitRangeItem } from '../../generated/core/v1.ts';
import { compareQuantities, quantityOf, quantityText, scaledValue, type Quantity } from '../../quantity.ts';
import { validateText } from '../../validation/field-checks.ts';
import { qualifiedName } from '../../validation/names.ts';
import { isOvercommitAllowed, validateContainerResourceName, validateResourceName } from './resource-names.ts';
import { quantityFrom } from './resource-quantities.ts';

const limitTypes: readonly string[] = ['Pod', 'Container', 'PersistentVolumeClaim'];

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const limits = spec?.limits ?? [];
  return limits.flatMap((limit, i) => {
    const path = `spec.limits[${i}]`;
    const problems = validateType(limit.type, `${path}.type`);
    if (limits.findIndex(({ type }) => type === limit.type) < i) problems.push(duplicate(`${path}.type`, limit.type));
    return [...problems, ...validateLimit(limit, path)];
  });
}

function validateType(type: string, path: string): FieldError[] {
  const problems = validateText(type, path, qualifiedName);
  if (problems.length > 0 || type.includes('/') || limitTypes.includes(type)) return problems;
  return [invalid(path, type, 'must be a standard limit type or fully qualified')];
}

const amountFields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type AmountField = (typeof amountFields)[number];

function validateLimit(limit: LimitRangeItem, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const isPod = limit.type === 'Pod';
  const used = amountFields.filter((field) => !isPod || (field !== 'default' && field !== 'defaultRequest'));
  if (isPod) {
    for (const field of ['default', 'defaultRequest'] as const) {
      if (hasEntries(limit[field])) problems.push(forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
    }
  }
  const checkName = isPod || limit.type === 'Container' ? validateContainerResourceName : validateResourceName;
  for (const field of used) {
    for (const name of Object.keys(limit[field] ?? {})) problems.push(...checkName(name, `${path}.${field}[${name}]`));
  }
  if (limit.type === 'PersistentVolumeClaim' && !limit.min?.['storage'] && !limit.max?.['storage']) {
    problems.push(required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided'));
  }
  const names = new Set(used.flatMap((field) => Object.keys(limit[field] ?? {})));
  return [...problems, ...[...names].flatMap((name) => validateAmounts(name, amountsOf(limit, used, name), path))];
}

const hasEntries = (list: Readonly<Record<string, string>> | undefined): boolean => Object.keys(list ?? {}).length > 0;

type Amounts = Readonly<Partial<Record<AmountField, Quantity>>>;

const amountsOf = (limit: LimitRangeItem, used: readonly AmountField[], name: string): Amounts =>
  Object.fromEntries(
    used.filter((field) => limit[field]?.[name] !== undefined).map((field) => [field, quantityFrom(limit[field]?.[name])]),
  );

/** What may not be above what: the sentence names both, and stands on the field `at`. */
const orders: readonly { low: AmountField; high: AmountField; at: AmountField; shown: AmountField; words: readonly [string, string] }[] = [
  { low: 'min', high: 'max', at: 'min', shown: 'min', words: ['min value', 'max value'] },
  { low: 'min', high: 'defaultRequest', at: 'defaultRequest', shown: 'defaultRequest', words: ['min value', 'default request value'] },
  { low: 'defaultRequest', high: 'max', at: 'defaultRequest', shown: 'defaultRequest', words: ['default request value', 'max value'] },
  {
    low: 'defaultRequest',
    high: 'default',
    at: 'defaultRequest',
    shown: 'defaultRequest',
    words: ['default request value', 'default limit value'],
  },
  { low: 'min', high: 'default', at: 'default', shown: 'min', words: ['min value', 'default value'] },
  { low: 'default', high: 'max', at: 'default', shown: 'max', words: ['default value', 'max value'] },
];

function validateAmounts(name: string, amounts: Amounts, path: string): FieldError[] {
  const wrong = (field: AmountField, shown: Quantity, detail: string) => invalid(`${path}.${field}[${name}]`, quantityText(shown), detail);
  const problems = orders.flatMap(({ low, high, at, shown, words }) => {
    const [one, other] = [amounts[low], amounts[high]];
    if (!one || !other || compareQuantities(one, other) <= 0) return [];
    return [wrong(at, amounts[shown]!, `${words[0]} ${quantityText(one)} is greater than ${words[1]} ${quantityText(other)}`)];
  });
  const { min, max, default: limit, defaultRequest: request, maxLimitRequestRatio: ratio } = amounts;
  if (ratio && compareQuantities(ratio, quantityOf(1)) < 0) {
    problems.push(wrong('maxLimitRequestRatio', ratio, `ratio ${quantityText(ratio)} is less than 1`));
  }
  if (ratio && min && max) {
    const bound = milli(max) / milli(min);
    if (milli(ratio) / 1000 > bound) {
      problems.push(wrong('maxLimitRequestRatio', ratio, `ratio ${quantityText(ratio)} is greater than max/min = ${bound.toFixed(6)}`));
    }
  }
  if (!isOvercommitAllowed(name) && limit && request && compareQuantities(limit, request) !== 0) {
    const detail = `default value ${quantityText(limit)} must equal to defaultRequest value ${quantityText(request)} in ${name}`;
    problems.push(wrong('defaultRequest', request, detail));
  }
  return problems;
}

const milli = (quantity: Quantity): number => Number(scaledValue(quantity, -3));
