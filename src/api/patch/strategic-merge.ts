import type { Schema } from '../schema.ts';
import { deepEqual, isObject, member, setMember, type JsonObject } from './json-object.ts';
import { elementKind, inOrder, partition, requireElementsInOrder } from './list-order.ts';
import { listMetadata, objectMetadata, type PatchMetadata } from './patch-metadata.ts';
import {
  deleteListPrefix,
  directed,
  directive,
  elementOrderPrefix,
  fieldNamed,
  retainKeys,
  withoutDirectives,
  withoutNulls,
  type MergeMode,
} from './strategic-directives.ts';
import { badElementOrder, noMergeKey, plain, unknownDirective, wrongType } from './strategic-errors.ts';

/** One level: directives first, then lists that have an order directive, then everything else. Changes neither argument. */
export function mergeObjects(original: JsonObject, patch: JsonObject, schema: Schema, mode: MergeMode): JsonObject {
  if (Object.hasOwn(patch, directive)) return directed(patch);
  const merged = { ...original };
  const rest = { ...patch };
  retainKeys(merged, rest, mode);
  mergeOrderedLists(merged, rest, schema, mode);
  for (const [name, value] of Object.entries(rest)) {
    if (!name.startsWith(deleteListPrefix)) mergeMember(merged, name, value, schema, mode);
    else if (mode === 'combine') setMember(merged, name, value);
    else deleteFromList(merged, fieldNamed(name, deleteListPrefix), value, schema);
  }
  return merged;
}

/** Carries out `$setElementOrder/…` together with the list it orders, and takes both out of `patch`. */
function mergeOrderedLists(merged: JsonObject, patch: JsonObject, schema: Schema, mode: MergeMode): void {
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith(elementOrderPrefix)) continue;
    if (mode === 'combine') {
      const before = member(merged, name);
      if (before !== undefined && !deepEqual(before, order)) throw badElementOrder();
      setMember(merged, name, order);
    }
    delete patch[name];
    if (!Array.isArray(order)) throw wrongType('[]interface {}', order);
    const field = fieldNamed(name, elementOrderPrefix);
    const ordered = orderedList(listMember(merged, field), listMember(patch, field), order, () => listMetadata(schema, field), mode);
    if (ordered) setMember(merged, field, ordered);
    if (ordered) delete patch[field];
  }
}

function listMember(object: JsonObject, name: string): unknown[] | undefined {
  if (!Object.hasOwn(object, name)) return undefined;
  const value = object[name];
  if (!Array.isArray(value)) throw wrongType('[]interface {}', value);
  return value;
}

/** Undefined when there is no list to order. */
function orderedList(
  original: unknown[] | undefined,
  patch: unknown[] | undefined,
  order: readonly unknown[],
  metadata: () => PatchMetadata,
  mode: MergeMode,
): unknown[] | undefined {
  const field = metadata();
  const { mergeKey } = field;
  requireElementsInOrder(patch ?? [], order, mergeKey);
  if (!original && !patch) return undefined;
  const merged = !patch ? original! : original ? mergeField(original, patch, field, mode) : (withoutDirectives(patch) as unknown[]);
  const { listed, others } = partition(merged, order, mergeKey);
  const kind = elementKind(original ?? [], patch ?? []);
  return inOrder({ elements: listed, order }, { elements: others, order: original ?? [] }, kind === 'map' ? mergeKey : undefined);
}

const mergeField = (original: unknown[], patch: unknown[], { schema, strategy, mergeKey }: PatchMetadata, mode: MergeMode): unknown[] =>
  strategy === 'merge' ? mergeLists(original, patch, schema, mergeKey, mode) : patch;

function mergeMember(merged: JsonObject, name: string, value: unknown, schema: Schema, mode: MergeMode): void {
  if (value === null) {
    delete merged[name];
    if (mode === 'apply') return;
  }
  const original = member(merged, name);
  if (isObject(original) && isObject(value)) {
    const below = objectMetadata(schema, name);
    setMember(merged, name, below.strategy === 'replace' ? value : mergeObjects(original, value, below.schema, mode));
  } else if (Array.isArray(original) && Array.isArray(value))
    setMember(merged, name, mergeField(original, value, listMetadata(schema, name), mode));
  else takeOver(merged, name, value, mode);
}

/** What is not there yet, or is of another type: the patch's value, without what only a merge can use. */
function takeOver(merged: JsonObject, name: string, value: unknown, mode: MergeMode): void {
  const taken = withoutDirectives(mode === 'apply' ? withoutNulls(value) : value);
  if (taken === undefined) delete merged[name];
  else setMember(merged, name, taken);
}

function deleteFromList(merged: JsonObject, field: string, value: unknown, schema: Schema): void {
  const original = member(merged, field);
  if (value === null) delete merged[field];
  if (!Array.isArray(original) || !Array.isArray(value)) return;
  const below = listMetadata(schema, field);
  const ofObjects = original.length + value.length > 0 && elementKind(original, value) === 'map';
  const unwanted = new Set<unknown>(value);
  const kept = ofObjects
    ? mergeLists(original, value, below.schema, below.mergeKey, 'apply')
    : original.filter((element) => !unwanted.has(element));
  setMember(merged, field, kept);
}

function mergeLists(original: unknown[], patch: unknown[], schema: Schema, mergeKey: string, mode: MergeMode): unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (elementKind(original, patch) !== 'map') {
    const { listed, others } = partition([...new Set([...original, ...patch])], patch, mergeKey);
    return inOrder({ elements: listed, order: patch }, { elements: others, order: original }, undefined);
  }
  if (mergeKey === '') throw plain('cannot merge lists without merge key for struct');
  const { live, changes } = withoutSpecialElements(original as JsonObject[], patch as JsonObject[], mergeKey);
  const { listed, others } = partition(mergeElements(live, changes, schema, mergeKey, mode), changes, mergeKey);
  return inOrder({ elements: listed, order: changes }, { elements: others, order: live }, mergeKey);
}

/** Carries out the elements that carry `$patch`: deletions, or replacement of the whole list by the other elements. */
function withoutSpecialElements(
  original: readonly JsonObject[],
  patch: readonly JsonObject[],
  mergeKey: string,
): { live: readonly JsonObject[]; changes: readonly JsonObject[] } {
  let live = original;
  let replaces = false;
  for (const element of patch) {
    if (!Object.hasOwn(element, directive)) continue;
    const what = element[directive];
    if (what === 'replace') replaces = true;
    else if (what === 'delete') {
      if (!Object.hasOwn(element, mergeKey)) throw noMergeKey(element, mergeKey);
      live = live.filter((candidate) => member(candidate, mergeKey) !== element[mergeKey]);
    } else if (what === 'merge') throw plain('merging lists cannot yet be specified in the patch');
    else throw unknownDirective(what, element);
  }
  const changes = patch.filter((element) => !Object.hasOwn(element, directive));
  return replaces ? { live: changes, changes: [] } : { live, changes };
}

function mergeElements(
  live: readonly JsonObject[],
  changes: readonly JsonObject[],
  schema: Schema,
  mergeKey: string,
  mode: MergeMode,
): JsonObject[] {
  const merged = [...live];
  for (const change of changes) {
    if (!Object.hasOwn(change, mergeKey)) throw noMergeKey(change, mergeKey);
    const at = merged.findIndex((element) => member(element, mergeKey) === change[mergeKey]);
    if (at < 0) merged.push(change);
    else merged[at] = mergeObjects(merged[at]!, change, schema, mode);
  }
  return merged;
}
