import { goText } from '../../codec/go-text.ts';
import type { Schema } from '../schema.ts';
import { deepEqual, isObject, member, type JsonObject } from './json-object.ts';
import { elementKind } from './list-order.ts';
import { listMetadata, objectMetadata, type PatchMetadata } from './patch-metadata.ts';
import { directive, retainKeysDirective } from './strategic-directives.ts';

/** Do two strategic merge patches of one object want different things of the same field? strategicpatch.MergingMapsHaveConflicts. */
export function haveConflicts(left: JsonObject, right: JsonObject, schema: Schema): boolean {
  return objectsConflict(left, right, schema, '');
}

function objectsConflict(left: JsonObject, right: JsonObject, schema: Schema, strategy: PatchMetadata['strategy']): boolean {
  // A directive is about the whole object, so both have the same one or none.
  if (member(left, directive) !== member(right, directive)) return true;
  if (strategy === 'replace') return false;
  return Object.keys(left).some((name) => {
    if (name === directive || name === retainKeysDirective || !Object.hasOwn(right, name)) return false;
    return valuesConflict(left[name], right[name], () =>
      Array.isArray(left[name]) ? listMetadata(schema, name) : objectMetadata(schema, name),
    );
  });
}

function valuesConflict(left: unknown, right: unknown, look: () => PatchMetadata): boolean {
  if (isObject(left)) return !isObject(right) || conflictsBelow(left, right, look());
  if (!Array.isArray(left)) return !deepEqual(left, right);
  return !Array.isArray(right) || listsConflict(left, right, look());
}

const conflictsBelow = (left: JsonObject, right: JsonObject, { schema, strategy }: PatchMetadata): boolean =>
  objectsConflict(left, right, schema, strategy);

function listsConflict(left: readonly unknown[], right: readonly unknown[], field: PatchMetadata): boolean {
  const isKeyed = elementKind(left, right) === 'map';
  if (field.strategy === 'merge') return isKeyed && keyedConflict(left as JsonObject[], right as JsonObject[], field);
  if (left.length !== right.length) return true;
  const [ours, theirs] = isKeyed ? [left, right] : [sortedTexts(left), sortedTexts(right)];
  return ours.some((element, index) => valuesConflict(element, theirs[index], () => ({ ...field, strategy: '', mergeKey: '' })));
}

function keyedConflict(left: readonly JsonObject[], right: readonly JsonObject[], { schema, mergeKey }: PatchMetadata): boolean {
  const theirs = new Map(right.map((element) => [goText(member(element, mergeKey)), element]));
  return left.some((element) => {
    const other = theirs.get(goText(member(element, mergeKey)));
    return other !== undefined && objectsConflict(element, other, schema, '');
  });
}

const sortedTexts = (list: readonly unknown[]): string[] => [...new Set(list.map(goText))].sort();
