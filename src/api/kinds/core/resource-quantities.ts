import type { Draft } from '../../draft.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import { compareQuantities, parseQuantity, quantityOf, quantityText, roundedUp, scaledValue, type Quantity } from '../../quantity.ts';
import { notNegative } from '../../validation/metadata.ts';
import { isIntegerResource } from './resource-names.ts';

/** As the API has it: `{ cpu: '500m' }`. A quantity may be written as a number. */
export type ResourceList = Readonly<Record<string, string | number>>;

/** The quantities have passed decoding, which refuses what is none. */
export const quantityFrom = (written: string | number | undefined): Quantity => parseQuantity(String(written ?? '0'));

export const resourceEntries = (list: ResourceList | undefined): [name: string, quantity: Quantity][] =>
  Object.entries(list ?? {}).map(([name, written]) => [name, quantityFrom(written)]);

export function validateNonNegativeQuantity(quantity: Quantity, path: string): FieldError[] {
  return compareQuantities(quantity, quantityOf(0)) < 0 ? [invalid(path, quantityText(quantity), notNegative)] : [];
}

export function validatePositiveQuantity(quantity: Quantity, path: string): FieldError[] {
  return compareQuantities(quantity, quantityOf(0)) > 0 ? [] : [invalid(path, quantityText(quantity), 'must be greater than zero')];
}

/** Not below zero, and whole for what cannot be divided. */
export function validateResourceQuantity(name: string, quantity: Quantity, path: string): FieldError[] {
  const problems = validateNonNegativeQuantity(quantity, path);
  if (isIntegerResource(name) && scaledValue(quantity, -3) % 1000n !== 0n) {
    problems.push(invalid(path, quantityText(quantity), 'must be an integer'));
  }
  return problems;
}

/** Resource lists keep thousandths; what is finer is rounded up. */
export function roundResources(list: Draft<Record<string, string>>): void {
  for (const [name, written] of Object.entries<string | number>(list))
    list[name] = quantityText(roundedUp(parseQuantity(String(written)), -3));
}
