import { goText } from '../../codec/go-text.ts';
import type { Schema } from '../schema.ts';
import { deepEqual, isObject, member, setMember, type JsonObject } from './json-object.ts';
import { elementKind, sortedByOrder } from './list-order.ts';
import { listMetadata, objectMetadata, type PatchMetadata } from './patch-metadata.ts';
import { deleteListPrefix, directive, elementOrderPrefix, retainKeysDirective } from './strategic-directives.ts';
import { listOfLists, noMergeKey, plain, wrongType } from './strategic-errors.ts';

/** What of a difference goes into the patch. */
export type DiffScope = 'everything' | 'changes' | 'deletions';

interface Diffing {
  readonly scope: DiffScope;
  /** Say the order of merged lists (`$setElementOrder`)? */
  readonly order: boolean;
  /** Is this level one that `$retainKeys` guards? */
  readonly retainKeys: boolean;
}

/**
 * The strategic merge patch that makes `modified` of `original`: apimachinery's diffMaps. Throws ApiError
 * where the two have elements without their merge key, or fields that the type does not have.
 */
export const createStrategicMergePatch = (original: JsonObject, modified: JsonObject, schema: Schema): JsonObject =>
  diffObjects(original, modified, schema, { scope: 'everything', order: true, retainKeys: false });

/** A part of the difference, for patches that are made of several. */
export const partialPatch = (original: JsonObject, modified: JsonObject, schema: Schema, scope: DiffScope, order: boolean): JsonObject =>
  diffObjects(original, modified, schema, { scope, order, retainKeys: false });

function diffObjects(original: JsonObject, modified: JsonObject, schema: Schema, diffing: Diffing): JsonObject {
  const patch: JsonObject = {};
  const wantsChanges = diffing.scope !== 'deletions';
  for (const [name, value] of Object.entries(modified)) {
    const before = member(original, name);
    if (name === directive && before !== undefined) diffDirective(before, value, patch);
    else if (isObject(before) && isObject(value)) diffObjectMember(name, before, value, patch, schema, diffing);
    else if (Array.isArray(before) && Array.isArray(value)) diffListMember(name, before, value, patch, schema, diffing);
    else if (wantsChanges && (!Object.hasOwn(original, name) || before !== value)) setMember(patch, name, value);
  }
  if (diffing.scope !== 'changes')
    for (const name of Object.keys(original)) if (!Object.hasOwn(modified, name)) setMember(patch, name, null);
  if (diffing.retainKeys) addRetainKeys(original, modified, patch);
  return patch;
}

function diffDirective(before: unknown, value: unknown, patch: JsonObject): void {
  if (typeof before !== 'string' || typeof value !== 'string') throw plain(`invalid value for special key: ${directive}`);
  if (before !== value) patch[directive] = value;
}

/** Lists what is to stay, when something changes or something is to go. */
function addRetainKeys(original: JsonObject, modified: JsonObject, patch: JsonObject): void {
  const kept = Object.keys(modified).filter((name) => modified[name] !== null);
  const loses = Object.keys(original).some((name) => original[name] !== null && !Object.hasOwn(modified, name));
  if (kept.length > 0 && (Object.keys(patch).length > 0 || loses)) patch[retainKeysDirective] = kept.sort();
}

/** Undefined when the type does not know the field and the values are the same, so that it does not matter. */
function metadataUnlessEqual(before: unknown, value: unknown, look: () => PatchMetadata): PatchMetadata | undefined {
  try {
    return look();
  } catch (error) {
    if (deepEqual(before, value)) return undefined;
    throw error;
  }
}

function diffObjectMember(name: string, before: JsonObject, value: JsonObject, patch: JsonObject, schema: Schema, diffing: Diffing): void {
  const field = metadataUnlessEqual(before, value, () => objectMetadata(schema, name));
  if (!field) return;
  if (field.strategy === 'replace') {
    if (diffing.scope !== 'deletions') setMember(patch, name, value);
    return;
  }
  const below = diffObjects(before, value, field.schema, { ...diffing, retainKeys: field.retainKeys });
  if (Object.keys(below).length > 0) setMember(patch, name, below);
}

function diffListMember(
  name: string,
  before: readonly unknown[],
  value: readonly unknown[],
  patch: JsonObject,
  schema: Schema,
  diffing: Diffing,
): void {
  const field = metadataUnlessEqual(before, value, () => listMetadata(schema, name));
  if (!field) return;
  if (field.strategy !== 'merge') {
    if (diffing.scope !== 'deletions' && !deepEqual(before, value)) setMember(patch, name, value);
    return;
  }
  const { changes, deletions, order } = diffLists(before, value, field, { ...diffing, retainKeys: field.retainKeys });
  if (changes.length > 0) setMember(patch, name, changes);
  if (deletions.length > 0) setMember(patch, `${deleteListPrefix}/${name}`, deletions);
  if (order.length > 0) setMember(patch, `${elementOrderPrefix}/${name}`, order);
}

interface ListDiff {
  readonly changes: readonly unknown[];
  /** Of scalars; deleted objects are among the changes. */
  readonly deletions: readonly unknown[];
  readonly order: readonly unknown[];
}
const noDiff: ListDiff = { changes: [], deletions: [], order: [] };

function diffLists(before: readonly unknown[], value: readonly unknown[], field: PatchMetadata, diffing: Diffing): ListDiff {
  if (before.length === 0) return diffing.scope === 'deletions' ? noDiff : { ...noDiff, changes: value };
  const kind = elementKind(before, value);
  if (kind === 'list') throw listOfLists();
  return kind === 'map' ? diffKeyedLists(before, value, field, diffing) : diffScalars(before, value, diffing);
}

function diffKeyedLists(before: readonly unknown[], value: readonly unknown[], field: PatchMetadata, diffing: Diffing): ListDiff {
  const { mergeKey } = field;
  const { changed, deleted } = diffElements(keyedElements(before, mergeKey), keyedElements(value, mergeKey), field, diffing);
  const changes = [...sortedByOrder({ elements: changed, order: value }, mergeKey), ...deleted];
  const sameOrder =
    before.length === value.length && before.every((element, index) => keyOf(element, mergeKey) === keyOf(value[index], mergeKey));
  const saysOrder =
    (diffing.scope !== 'deletions' && (changes.length > 0 || !sameOrder)) || (diffing.scope !== 'changes' && changes.length > 0);
  const order = diffing.order && saysOrder ? value.map((element) => ({ [mergeKey]: keyOf(element, mergeKey) })) : [];
  return { changes, deletions: [], order };
}

type KeyedElement = readonly [key: string, element: JsonObject];
const keyOf = (element: unknown, mergeKey: string): unknown => (isObject(element) ? member(element, mergeKey) : undefined);

/** By the text of their keys, sorted. */
function keyedElements(list: readonly unknown[], mergeKey: string): KeyedElement[] {
  return list
    .map((element): KeyedElement => {
      if (!isObject(element)) throw wrongType('map[string]interface {}', element);
      if (!Object.hasOwn(element, mergeKey)) throw noMergeKey(element, mergeKey);
      return [goText(element[mergeKey]), element];
    })
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function diffElements(
  before: readonly KeyedElement[],
  after: readonly KeyedElement[],
  { schema, mergeKey }: PatchMetadata,
  diffing: Diffing,
): { changed: JsonObject[]; deleted: JsonObject[] } {
  const changed: JsonObject[] = [];
  const deleted: JsonObject[] = [];
  let l = 0;
  let r = 0;
  while (l < before.length || r < after.length) {
    const [oldKey, old] = before[l] ?? [];
    const [newKey, now] = after[r] ?? [];
    if (old && now && oldKey === newKey) {
      const below = diffObjects(old, now, schema, diffing);
      if (Object.keys(below).length > 0) changed.push({ ...below, [mergeKey]: now[mergeKey] });
      l++;
      r++;
    } else if (now && (!old || oldKey! > newKey!)) {
      if (diffing.scope !== 'deletions') changed.push(now);
      r++;
    } else {
      if (diffing.scope !== 'changes') deleted.push({ [mergeKey]: old![mergeKey], [directive]: 'delete' });
      l++;
    }
  }
  return { changed, deleted };
}

function diffScalars(before: readonly unknown[], value: readonly unknown[], { scope, order }: Diffing): ListDiff {
  const sorted = [...before].sort(byGoText);
  const added = withoutMatches([...value].sort(byGoText), sorted);
  const deleted = withoutMatches(sorted, [...value].sort(byGoText));
  const changes = scope === 'deletions' ? [] : sortedByOrder({ elements: added, order: value }, undefined);
  const deletions = scope === 'changes' ? [] : [...new Set(deleted)];
  // Upstream has sorted the original in place by now, so an order that is not alphabetical is always said.
  const saysOrder = deletions.length > 0 || (scope !== 'deletions' && !deepEqual(sorted, value));
  return { changes, deletions, order: order && saysOrder ? value : [] };
}

function byGoText(a: unknown, b: unknown): number {
  const [left, right] = [goText(a), goText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What of one sorted list is left when each element of the other has taken one that is its like. */
function withoutMatches(list: readonly unknown[], others: readonly unknown[]): unknown[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(goText(other), (counts.get(goText(other)) ?? 0) + 1);
  return list.filter((element) => {
    const left = counts.get(goText(element)) ?? 0;
    if (left > 0) counts.set(goText(element), left - 1);
    return left === 0;
  });
}
