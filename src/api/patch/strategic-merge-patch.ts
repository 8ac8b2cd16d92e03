import { badRequest } from '../errors.ts';
import type { Schema } from '../schema.ts';
import { jsonTypeName } from '../../codec/go-text.ts';
import { isObject } from './json-object.ts';
import { mergeObjects } from './strategic-merge.ts';

/**
 * Applies a strategic merge patch and answers the new document; neither argument is changed. `schema`
 * is the document's: it tells how lists merge. Directives (`$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList/…`, `$setElementOrder/…`), order and sentences are those of apimachinery's
 * strategicpatch. Throws ApiError: 400 for malformed directives, 422 for lists of lists, and 500
 * without a reason where upstream has no code for it, such as a missing merge key.
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, schema: Schema): unknown {
  if (patch !== null && !isObject(patch))
    throw badRequest(`json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`);
  return mergeObjects(isObject(document) ? document : {}, patch ?? {}, schema, 'apply');
}
