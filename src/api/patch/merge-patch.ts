import { badRequest } from '../errors.ts';
import { jsonTypeName } from '../../codec/go-text.ts';
import { isObject, member, setMember, type JsonObject } from './json-object.ts';

/**
 * Applies an RFC 7386 merge patch and answers the new document; neither argument is changed. As
 * evanphx/json-patch does, it also drops null members of objects inside new lists. Throws a 400
 * ApiError for a patch that is no object.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (patch === null || patch === undefined) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch))
    throw badRequest(`error decoding patch: json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`);
  return isObject(document) ? mergeObjects(document, patch) : withoutNulls(patch);
}

function mergeObjects(document: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...document };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else setMember(merged, name, mergeMember(member(document, name), value));
  }
  return merged;
}

function mergeMember(current: unknown, value: unknown): unknown {
  if (!isObject(current)) return withoutNulls(value);
  // What is put in an object's place comes as it is, nulls included: upstream's own oddity.
  return isObject(value) ? mergeObjects(current, value) : value;
}

/** Nulls of objects go, however deep; nulls that are elements of a list stay. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [name, held] of Object.entries(value)) if (held !== null) setMember(kept, name, withoutNulls(held));
  return kept;
}
