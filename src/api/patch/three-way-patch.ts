import { stringifyYaml } from '../../codec/yaml.ts';
import type { Schema } from '../schema.ts';
import { deepEqual, isObject, member, setMember, type JsonObject } from './json-object.ts';
import { applyMergePatch } from './merge-patch.ts';
import { haveConflicts } from './patch-conflicts.ts';
import { partialPatch } from './strategic-diff.ts';
import { mergeObjects } from './strategic-merge.ts';

/** Somebody else changed what the patch changes, and the patch is not to overwrite it. */
export class PatchConflictError extends Error {
  override name = 'PatchConflictError';
}

export interface ThreeWay {
  /** What was applied last time; empty when nothing was. */
  readonly original: JsonObject;
  /** What is applied now. */
  readonly modified: JsonObject;
  /** The live object. */
  readonly current: JsonObject;
}

/**
 * The strategic merge patch of client-side apply: what `modified` adds and changes against the live
 * object, and what it no longer has of `original`. With `overwrite` false, throws `PatchConflictError`
 * where the live object was changed otherwise since. Mirrors strategicpatch.CreateThreeWayMergePatch.
 */
export function createThreeWayStrategicPatch({ original, modified, current }: ThreeWay, schema: Schema, overwrite = true): JsonObject {
  const changes = partialPatch(current, modified, schema, 'changes', true);
  const deletions = partialPatch(original, modified, schema, 'deletions', true);
  const patch = mergeObjects(deletions, changes, schema, 'combine');
  if (overwrite) return patch;
  const others = partialPatch(original, current, schema, 'everything', false);
  if (haveConflicts(patch, others, schema))
    throw new PatchConflictError(
      `patch:\n${stringifyYaml(patch)}\nconflicts with changes made from original to current:\n${stringifyYaml(others)}\n`,
    );
  return patch;
}

/** The same as a JSON merge patch, for types whose lists nobody knows how to merge (custom resources). */
export function createThreeWayMergePatch({ original, modified, current }: ThreeWay): JsonObject {
  const changes = nullsOf(createMergePatch(current, modified), false);
  const deletions = nullsOf(createMergePatch(original, modified), true);
  return applyMergePatch(deletions, changes) as JsonObject;
}

/** The JSON merge patch that makes `modified` of `original`. Nulls of `modified` cannot be said. */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [name, value] of Object.entries(modified)) {
    const before = member(original, name);
    if (isObject(before) && isObject(value)) {
      const below = createMergePatch(before, value);
      if (Object.keys(below).length > 0) setMember(patch, name, below);
    } else if (!Object.hasOwn(original, name) || !deepEqual(before, value)) setMember(patch, name, value);
  }
  for (const name of Object.keys(original)) if (!Object.hasOwn(modified, name)) setMember(patch, name, null);
  return patch;
}

/** Only the nulls of a patch, or all but them. An empty object is a value, and no patch of nothing. */
function nullsOf(patch: JsonObject, keepNulls: boolean): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(patch)) {
    if (isObject(value) && Object.keys(value).length > 0) {
      const below = nullsOf(value, keepNulls);
      if (Object.keys(below).length > 0) setMember(kept, name, below);
    } else if ((value === null) === keepNulls) setMember(kept, name, value);
  }
  return kept;
}
