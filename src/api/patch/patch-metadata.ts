import type { Field, Schema } from '../schema.ts';
import { plain } from './strategic-errors.ts';

/** How a field is patched, and what lies below it: a struct, or the elements of a list. */
export interface PatchMetadata {
  readonly schema: Schema;
  /** The patch strategy proper, retainKeys aside; '' for the default. */
  readonly strategy: '' | 'merge' | 'replace';
  readonly retainKeys: boolean;
  /** '' for lists that have none. */
  readonly mergeKey: string;
}

/** Of a field that holds an object. Throws where the type has no such field, or has no fields (a map). */
export function objectMetadata(schema: Schema, name: string): PatchMetadata {
  const field = fieldOf(schema, name);
  return metadataOf(field, field.schema);
}

/** Of a field that holds a list; `schema` is that of its elements. */
export function listMetadata(schema: Schema, name: string): PatchMetadata {
  const field = fieldOf(schema, name);
  if (field.schema.type !== 'list') throw plain('expected slice or array type, but got: struct');
  const items = field.schema.items ?? { type: 'any' };
  if (items.type === 'list') throw plain('unexpected slice of slice');
  return metadataOf(field, items);
}

function metadataOf(field: Field, schema: Schema): PatchMetadata {
  const strategies = (field.patchStrategy ?? '').split(',');
  return {
    schema,
    strategy: strategies.includes('merge') ? 'merge' : strategies.includes('replace') ? 'replace' : '',
    retainKeys: strategies.includes('retainKeys'),
    mergeKey: field.patchMergeKey ?? '',
  };
}

function fieldOf(schema: Schema, name: string): Field {
  if (schema.type !== 'object' && schema.type !== 'any')
    throw plain(`merging an object in json but data type is not struct, instead is: ${goKinds[schema.type] ?? schema.type}`);
  const field = schema.fields?.get(name) ?? foldedField(schema, name);
  if (!field) throw plain(`unable to find api field in struct ${structName(schema)} for the json field ${JSON.stringify(name)}`);
  return field;
}

/** Go's JSON library takes a name in any case when none fits exactly. */
function foldedField(schema: Schema, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  for (const [known, field] of schema.fields ?? []) if (known.toLowerCase() === wanted) return field;
  return undefined;
}

const goKinds: Partial<Record<Schema['type'], string>> = { list: 'slice', boolean: 'bool', integer: 'int64', number: 'float64' };

/** `PodSpec` of `io.k8s.api.core.v1.PodSpec`; a value of any shape is a RawExtension in Go. */
const structName = (schema: Schema): string => schema.name?.split('.').at(-1) ?? (schema.type === 'any' ? 'RawExtension' : '');
