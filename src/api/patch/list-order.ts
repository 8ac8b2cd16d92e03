import { goText } from '../../codec/go-text.ts';
import { isObject, member } from './json-object.ts';
import { directive, elementOrderPrefix, isDeletion } from './strategic-directives.ts';
import { listOfLists, noMergeKey, plain, wrongType } from './strategic-errors.ts';

/** Elements, and the list by whose order they are to go. */
export interface Ordered {
  readonly elements: readonly unknown[];
  readonly order: readonly unknown[];
}

/**
 * The order of a merged list: the patch's elements in the patch's order, the server's own in the
 * live list's order, the two interleaved so that the live order holds where it can. Objects go by
 * their merge key; without one, elements go by themselves.
 */
export function inOrder(patch: Ordered, server: Ordered, mergeKey: string | undefined): unknown[] {
  const identity = mergeKey === undefined ? (element: unknown) => element : keyed(mergeKey);
  return interleave(sorted(server, mergeKey, identity), sorted(patch, mergeKey, identity), indexIn(server.order, identity));
}

/** The elements by the order of another list; deletions, if any, at the end. */
export function sortedByOrder(list: Ordered, mergeKey: string | undefined): unknown[] {
  return sorted(list, mergeKey, mergeKey === undefined ? (element: unknown) => element : keyed(mergeKey));
}

type Identity = (element: unknown) => unknown;
type IndexIn = (element: unknown) => number | undefined;

const keyed =
  (mergeKey: string): Identity =>
  (element) =>
    isObject(element) ? member(element, mergeKey) : undefined;

function indexIn(order: readonly unknown[], identity: Identity): IndexIn {
  const indexes = new Map<unknown, number>();
  order.forEach((element, index) => {
    const key = identity(element);
    if (!indexes.has(key)) indexes.set(key, index);
  });
  return (element) => indexes.get(identity(element));
}

function sorted({ elements, order }: Ordered, mergeKey: string | undefined, identity: Identity): unknown[] {
  if (mergeKey === undefined) return insertionSorted(elements, indexIn(order, identity));
  for (const element of [...elements, ...order]) requireKey(element, mergeKey);
  const deletions = elements.filter(isDeletion);
  return [
    ...insertionSorted(
      elements.filter((element) => !isDeletion(element)),
      indexIn(order, identity),
    ),
    ...deletions,
  ];
}

/** As Go's stable sort does for short lists, since upstream's comparison is no order where an index is missing: such elements go first. */
function insertionSorted(elements: readonly unknown[], indexOf: IndexIn): unknown[] {
  const sorted = elements.map((element) => ({ element, index: indexOf(element) }));
  for (let end = 1; end < sorted.length; end++)
    for (let at = end; at > 0; at--) {
      const { index: left } = sorted[at - 1]!;
      const { index: right } = sorted[at]!;
      if (left !== undefined && right !== undefined && right >= left) break;
      [sorted[at - 1], sorted[at]] = [sorted[at]!, sorted[at - 1]!];
    }
  return sorted.map(({ element }) => element);
}

/** Each server element goes before the first patch element that follows it in the live list. */
function interleave(serverElements: readonly unknown[], patchElements: readonly unknown[], liveIndex: IndexIn): unknown[] {
  const merged: unknown[] = [];
  let next = 0;
  for (const element of patchElements) {
    const patchIndex = liveIndex(element);
    while (next < serverElements.length) {
      const serverIndex = liveIndex(serverElements[next]);
      if (patchIndex === undefined || serverIndex === undefined || serverIndex >= patchIndex) break;
      merged.push(serverElements[next++]);
    }
    merged.push(element);
  }
  return [...merged, ...serverElements.slice(next)];
}

/** Which elements of a list another one names, by the merge key, or by themselves where that is ''. */
export function partition(
  elements: readonly unknown[],
  by: readonly unknown[],
  mergeKey: string,
): { listed: unknown[]; others: unknown[] } {
  const names = new Set<unknown>(mergeKey === '' ? by : by.map((element, index) => requireObject(element, index, mergeKey)));
  const parts: { listed: unknown[]; others: unknown[] } = { listed: [], others: [] };
  for (const element of elements) {
    if (mergeKey !== '') requireKey(element, mergeKey);
    const name = mergeKey === '' ? element : keyed(mergeKey)(element);
    parts[names.has(name) ? 'listed' : 'others'].push(element);
  }
  return parts;
}

/**
 * Refuses a patch whose elements stand in another order than its `$setElementOrder` says, or are not
 * in there. Deletions may be left out of it.
 */
export function requireElementsInOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  if (mergeKey !== '') for (const element of patch) if (!isObject(element)) throw wrongType('map[string]interface {}', element);
  const rest = mergeKey === '' ? patch : patch.filter((element) => !isDeletion(element));
  let next = 0;
  let place = 0;
  while (next < rest.length && place < order.length) {
    if (isObject(rest[next]) && Object.hasOwn(rest[next] as object, directive)) {
      next++;
      continue;
    }
    if (sameElement(rest[next], order[place], mergeKey)) next++;
    place++;
  }
  if (next < rest.length && place >= order.length)
    throw plain(`The order in patch list:\n${goText(patch)}\n doesn't match ${elementOrderPrefix} list:\n${goText(order)}\n`);
}

function sameElement(left: unknown, right: unknown, mergeKey: string): boolean {
  if (mergeKey === '') return left === right;
  requireKey(left, mergeKey);
  requireKey(right, mergeKey);
  return keyed(mergeKey)(left) === keyed(mergeKey)(right);
}

/** `map` for objects, else a name for the one type that all elements have. Throws where they differ, and for lists of lists. */
export function elementKind(...lists: readonly (readonly unknown[])[]): string {
  let kind: string | undefined;
  for (const element of lists.flat()) {
    const next = kindOf(element);
    if (kind === undefined && next === 'list') throw listOfLists();
    if (kind !== undefined && kind !== next) throw plain(`list element types are not identical: ${goText(lists)}`);
    kind = next;
  }
  if (kind === undefined) throw plain('no elements in any of the given slices');
  return kind;
}

function kindOf(element: unknown): string {
  if (Array.isArray(element)) return 'list';
  if (isObject(element)) return 'map';
  if (typeof element === 'number') return Number.isInteger(element) ? 'int64' : 'float64';
  return element === null ? 'nil' : typeof element === 'bigint' ? 'int64' : typeof element;
}

function requireKey(element: unknown, mergeKey: string): void {
  if (!isObject(element)) throw wrongType('map[string]interface {}', element);
  if (!Object.hasOwn(element, mergeKey)) throw noMergeKey(element, mergeKey);
}

function requireObject(element: unknown, index: number, mergeKey: string): unknown {
  if (!isObject(element)) throw plain(`value for key ${index} is not a map`);
  return member(element, mergeKey);
}
