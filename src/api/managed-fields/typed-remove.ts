import { isObject, setMember, type JsonObject } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { fieldElement } from './field-path.ts';
import { isEmpty, type FieldSet } from './field-set.ts';
import { deducedSchema, elementOf, itemSchema, memberSchema, shapeOf } from './typed-shape.ts';

/** The value without the members and elements in the set. What is left with nothing in it becomes null. */
export function removeFields(value: unknown, unwanted: FieldSet, schema: Schema): unknown {
  if (isEmpty(unwanted)) return value;
  const shape = shapeOf(schema, value);
  if (shape.kind === 'scalar') return value;
  if (shape.atomic) return null;
  if (shape.kind === 'list') return Array.isArray(value) ? withoutItems(value, unwanted, schema) : null;
  return isObject(value) ? withoutMembers(value, unwanted, schema) : null;
}

function withoutMembers(object: JsonObject, unwanted: FieldSet, schema: Schema): JsonObject | null {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const below = unwanted.children.get(fieldElement(name));
    if (below?.member) continue;
    setMember(kept, name, below ? removeFields(value, below, memberSchema(schema, name) ?? deducedSchema) : value);
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function withoutItems(list: readonly unknown[], unwanted: FieldSet, schema: Schema): unknown[] | null {
  const kept = list.flatMap((item) => {
    const below = unwanted.children.get(elementOf(schema, item));
    if (below?.member) return [];
    return [below ? removeFields(item, below, itemSchema(schema)) : item];
  });
  return kept.length > 0 ? kept : null;
}
