import { deepEqual, isObject, member, setMember, type JsonObject } from './json-object.ts';
import { badElementOrder, badPrimitiveList, badRetainKeys, plain, unknownDirective } from './strategic-errors.ts';

export const directive = '$patch';
export const retainKeysDirective = '$retainKeys';
export const deleteListPrefix = '$deleteFromPrimitiveList';
export const elementOrderPrefix = '$setElementOrder';

/**
 * `apply`: the patch is carried out on a document. `combine`: the "document" is itself a patch, and
 * directives and nulls are kept for when the result is carried out.
 */
export type MergeMode = 'apply' | 'combine';

/** What an object with `$patch` makes of the one it patches. */
export function directed(patch: JsonObject): JsonObject {
  const { [directive]: what, ...rest } = patch;
  if (what === 'replace') return rest;
  if (what === 'delete') return {};
  throw unknownDirective(what, patch);
}

export const isDeletion = (element: unknown): boolean => isObject(element) && member(element, directive) === 'delete';

/** Drops from `merged` all that the patch's `$retainKeys` does not list, and the directive from `patch`. */
export function retainKeys(merged: JsonObject, patch: JsonObject, mode: MergeMode): void {
  if (!Object.hasOwn(patch, retainKeysDirective)) return;
  const listed = patch[retainKeysDirective];
  delete patch[retainKeysDirective];
  if (mode === 'combine') {
    const before = member(merged, retainKeysDirective);
    if (before !== undefined && !deepEqual(before, listed)) throw plain('the retainKeys lists of two patches are not deep equal');
    merged[retainKeysDirective] = listed;
    return;
  }
  if (!Array.isArray(listed)) throw badRetainKeys();
  const kept = new Set<unknown>(listed);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || name.startsWith(deleteListPrefix) || name.startsWith(elementOrderPrefix)) continue;
    if (!kept.has(name)) throw badRetainKeys();
  }
  for (const name of Object.keys(merged)) if (!kept.has(name)) delete merged[name];
}

/** `finalizers` of `$deleteFromPrimitiveList/finalizers`. */
export function fieldNamed(name: string, prefix: string): string {
  const slash = name.indexOf('/');
  if (slash < 0 || name.slice(0, slash) !== prefix) throw prefix === deleteListPrefix ? badPrimitiveList() : badElementOrder();
  return name.slice(slash + 1);
}

/** Undefined for an object that carries `$patch`: there is nothing for it to work on. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  return Object.hasOwn(value, directive) ? undefined : mapMembers(value, withoutDirectives);
}

/** Nulls of objects go, however deep; nulls that are elements of a list stay. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isObject(value) ? mapMembers(value, (held) => (held === null ? undefined : withoutNulls(held))) : value;
}

/** Undefined drops the member. */
function mapMembers(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  const changed: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const now = change(value);
    if (now !== undefined) setMember(changed, name, now);
  }
  return changed;
}
