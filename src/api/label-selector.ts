import { badRequest } from './errors.ts';
import { checkedRequirement, int64, type LabelOperator, type LabelRequirement } from './label-requirement.ts';
import { parseRequirements } from './label-selector-grammar.ts';
import type { LabelSelector } from './meta.ts';

export type Labels = Readonly<Record<string, string>>;

/** What apimachinery calls labels.Nothing(): no label may be absent and present. A LabelSelector that is absent means this. */
export const matchesNothing: readonly LabelRequirement[] = [
  { key: '', operator: 'exists', values: [] },
  { key: '', operator: '!', values: [] },
];

/**
 * Reads `a in (b,c), !d, e!=f, g>1, exists`, as in the query parameter `labelSelector`. The answer is
 * sorted by key. Throws a 400 ApiError with apimachinery's sentence.
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return parseRequirements(text).sort(byKey);
}

/**
 * The requirements of an API object's selector; an absent one selects nothing, an empty one everything.
 * Throws a 400 ApiError where apimachinery's LabelSelectorAsSelector would fail.
 */
export function selectorOf(selector: LabelSelector | undefined): LabelRequirement[] {
  if (!selector) return [...matchesNothing];
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => checkedRequirement(key, '=', [value]));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const known = objectOperators[operator];
    if (!known) throw badRequest(`${JSON.stringify(operator)} is not a valid label selector operator`);
    return checkedRequirement(key, known, values);
  });
  return [...exact, ...expressions].sort(byKey);
}

/** The requirements of a plain map, such as a Service's selector: every pair must be there. Nothing is validated. */
export const selectorOfLabels = (labels: Labels | undefined): LabelRequirement[] =>
  Object.entries(labels ?? {})
    .map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }))
    .sort(byKey);

export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels | undefined): boolean {
  for (const requirement of requirements) if (!matches(requirement, labels)) return false;
  return true;
}

/** Canonical text: the requirements in their order, values sorted. `parseLabelSelector` reads it back; what selects nothing has no text. */
export const labelSelectorText = (requirements: readonly LabelRequirement[]): string =>
  requirements
    .filter(({ key }) => key !== '')
    .map(requirementText)
    .join(',');

/** apimachinery's FormatLabelSelector, what `kubectl get -o wide` shows: `<none>` for everything and for nothing. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  try {
    const text = selector ? labelSelectorText(selectorOf(selector)) : '';
    return text === '' ? '<none>' : text;
  } catch {
    return '<error>';
  }
}

const objectOperators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

const byKey = (a: LabelRequirement, b: LabelRequirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

function matches({ key, operator, values }: LabelRequirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return value !== undefined && compares(operator, int64(value), int64(values[0] ?? ''));
  }
}

function compares(operator: 'gt' | 'lt', left: bigint | undefined, right: bigint | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return operator === 'gt' ? left > right : left < right;
}

const symbols: Readonly<Record<string, string>> = { '=': '=', '==': '==', '!=': '!=', gt: '>', lt: '<' };

function requirementText({ key, operator, values }: LabelRequirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  const sorted = [...values].sort().join(',');
  return operator === 'in' || operator === 'notin' ? `${key} ${operator} (${sorted})` : `${key}${symbols[operator]}${sorted}`;
}
