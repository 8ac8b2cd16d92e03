import type { Draft } from '../../api/draft.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** An object seen as its top-level fields. */
type Parts = Record<string, unknown>;

const partsOf = (object: KubeObject): Parts => object as unknown as Parts;

export const hasStatus = (kind: Kind): boolean => kind.subresources.status === true;

/**
 * Puts a status in; where there is none, the empty one that Go would write, or nothing for kinds whose
 * status is a pointer, and for custom resources.
 */
export function setStatus(kind: Kind, object: Draft<KubeObject>, status: unknown): void {
  const parts = partsOf(object);
  if (status !== undefined) parts['status'] = status;
  else if (isWrittenEmpty(kind)) parts['status'] = {};
  else delete parts['status'];
}

function isWrittenEmpty({ publishedSchema, schema }: Kind): boolean {
  const field = schema().fields?.get('status');
  return !publishedSchema && (field?.default !== undefined || field?.required === true);
}

export const statusOf = (object: KubeObject): unknown => partsOf(object)['status'];

/** Everything of `next` but its metadata and status is `old`'s, shared with it: what a write through `/status` cannot change. */
export function keepAllButStatus(next: Draft<KubeObject>, old: KubeObject): void {
  const parts = partsOf(next);
  for (const name of Object.keys(parts)) if (name !== 'metadata' && name !== 'status') delete parts[name];
  for (const [name, value] of Object.entries(partsOf(old))) if (name !== 'metadata' && name !== 'status') parts[name] = value;
}

/** Does the kind count `metadata.generation`? Those with a status do, unless they say otherwise. */
export function countsGeneration(kind: Kind): boolean {
  const { generationFields } = kind.strategy;
  return generationFields ? generationFields.length > 0 : hasStatus(kind);
}

/** Did something change that the generation counts? */
export function changesGeneration(kind: Kind, next: KubeObject, old: KubeObject): boolean {
  const fields = kind.strategy.generationFields ?? ['spec'];
  return fields.some((path) => !semanticallyEqual(at(next, path), at(old, path)));
}

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Parts | undefined)?.[name];
  return value;
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export const timestampOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
