import { goJson } from '../../codec/go-json.ts';

/**
 * One step of a field's path, in the text that FieldsV1 has for it: `f:name` for a member, `k:{"name":"x"}`
 * for the element of a list that has these keys, `v:"x"` for the element of a set, `i:3` for a place. Two
 * steps are the same exactly when their texts are: key and value texts are canonical (sorted names, Go's JSON).
 */
export type PathElement = string;
export type FieldPath = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  let element = fieldElements.get(name);
  if (element === undefined) {
    if (fieldElements.size >= mostFieldElements) fieldElements.clear();
    fieldElements.set(name, (element = `f:${name}`));
  }
  return element;
}

/** The same few names come again and again; one text for each is found and compared faster than new ones. */
const fieldElements = new Map<string, PathElement>();
const mostFieldElements = 5000;

export const valueElement = (value: unknown): PathElement => `v:${goJson(value)}`;
/** `fields` need not be sorted. */
export const keyElement = (fields: readonly (readonly [string, unknown])[]): PathElement =>
  `k:{${[...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${goJson(value)}`)
    .join(',')}}`;

/** The name of an `f:` step; undefined for others. */
export const fieldName = (element: PathElement): string | undefined => (element.startsWith('f:') ? element.slice(2) : undefined);

/**
 * Reads a step as it stands in somebody's FieldsV1 and makes it canonical. Undefined for kinds of steps
 * that only a later version knows, which are dropped. Throws a plain Error for malformed ones.
 */
export function parseElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  switch (text[0]) {
    case 'f':
      return text;
    case 'k':
      return keyElement(keyFields(text));
    case 'v':
      return valueElement(JSON.parse(text.slice(2)));
    case 'i':
      if (!/^i:[+-]?\d+$/.test(text)) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(text.slice(2))}: invalid syntax`);
      return `i:${Number(text.slice(2))}`;
    default:
      return undefined;
  }
}

/** `.spec`, `[name="x"]`, `[="x"]`, `[3]`: as conflicts and errors show steps. */
export function elementText(element: PathElement): string {
  switch (element[0]) {
    case 'f':
      return `.${element.slice(2)}`;
    case 'k':
      return `[${keyFields(element)
        .map(([name, value]) => `${name}=${valueText(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${valueText(JSON.parse(element.slice(2)))}]`;
    default:
      return `[${element.slice(2)}]`;
  }
}

export const pathText = (path: FieldPath): string => path.map(elementText).join('');

/** The order of FieldsV1: members by name, then keys, then values, then places. */
export function compareElements(a: PathElement, b: PathElement): number {
  const kind = a[0]!;
  if (kind !== b[0]) return 'fkvi'.indexOf(kind) - 'fkvi'.indexOf(b[0]!);
  if (kind === 'f') return a < b ? -1 : a > b ? 1 : 0;
  if (kind === 'v') return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
  if (kind === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  return compareKeys(keyFields(a), keyFields(b));
}

type KeyFields = [name: string, value: unknown][];

function keyFields(element: PathElement): KeyFields {
  const fields: unknown = JSON.parse(element.slice(2));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new Error(`not an object: ${element.slice(2)}`);
  return Object.entries(fields);
}

function compareKeys(a: KeyFields, b: KeyFields): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [leftName, left] = a[at]!;
    const [rightName, right] = b[at]!;
    if (leftName !== rightName) return leftName < rightName ? -1 : 1;
    const order = compareValues(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers before strings before booleans before anything else. */
function compareValues(a: unknown, b: unknown): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  const [left, right] = rank(a) === 3 ? [goJson(a), goJson(b)] : [a as string, b as string];
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(value: unknown): number {
  const known = ['number', 'string', 'boolean'].indexOf(typeof value);
  return known < 0 ? 3 : known;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Object.entries(value)
    .map(([name, held]) => `${name}=${valueText(held)}`)
    .join('');
}
