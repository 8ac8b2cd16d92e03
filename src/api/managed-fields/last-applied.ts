import { goJson } from '../../codec/go-json.ts';
import { parseJson } from '../../codec/json.ts';
import type { KubeObject } from '../meta.ts';
import type { Schema } from '../schema.ts';
import { difference, union, type FieldSet } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';
import { mentionedFields } from './typed-field-set.ts';
import { typeProblem } from './typed-validate.ts';

/** Where client-side apply keeps what it applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** Beyond it the object would be refused, so the annotation is rather left out. */
const maxAnnotationsBytes = 256 * 1024;

const lastAppliedOf = (object: KubeObject): string => object.metadata?.annotations?.[lastAppliedAnnotation] ?? '';

/**
 * Fields that client-side apply wrote and nobody changed since: `kubectl apply --server-side` may take them
 * over although another manager is down for them. Undefined where the annotation is absent or of no use.
 */
export function fieldsOfClientSideApply(live: KubeObject, schema: Schema, apiVersion: string): FieldSet | undefined {
  const text = lastAppliedOf(live);
  if (text === '') return undefined;
  const applied = readApplied(text);
  if (applied === undefined || applied.apiVersion !== apiVersion || typeProblem(applied, schema) !== undefined) return undefined;
  const { added, modified, removed } = compareTyped(applied, live, schema);
  return difference(mentionedFields(applied, schema), union(union(added, modified), removed));
}

function readApplied(text: string): KubeObject | undefined {
  try {
    const applied = parseJson(text);
    return typeof applied === 'object' && applied !== null ? (applied as KubeObject) : undefined;
  } catch {
    return undefined;
  }
}

/** An object that has the annotation gets it anew, from what is being applied on the server. */
export function withLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  if (lastAppliedOf(object) === '') return object;
  const annotations: Record<string, string> = { ...object.metadata.annotations, [lastAppliedAnnotation]: appliedText(applied) };
  if (bytesOf(annotations) > maxAnnotationsBytes) delete annotations[lastAppliedAnnotation];
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Without the annotation itself, lest it grow with each apply. */
function appliedText(applied: KubeObject): string {
  const { annotations }: KubeObject['metadata'] = applied.metadata ?? {};
  if (!annotations) return `${goJson(applied)}\n`;
  const { [lastAppliedAnnotation]: _itself, ...others } = annotations;
  return `${goJson({ ...applied, metadata: { ...applied.metadata, annotations: others } })}\n`;
}

function bytesOf(annotations: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  let total = 0;
  for (const [name, value] of Object.entries(annotations)) total += encoder.encode(name).length + encoder.encode(value).length;
  return total;
}
