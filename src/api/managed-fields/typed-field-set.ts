import { isObject } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { fieldElement, fieldName, type PathElement } from './field-path.ts';
import { FieldSetBuilder, setOf, withMember, type FieldSet } from './field-set.ts';
import { deducedSchema, elementOf, isNamedField, itemSchema, memberSchema, shapeOf } from './typed-shape.ts';

/** Every leaf and every list element that the value mentions: what its applier owns. The value is taken to be valid. */
export function mentionedFields(value: unknown, schema: Schema): FieldSet {
  const builder = new FieldSetBuilder();
  mention(value, schema, [], builder);
  return builder.set;
}

function mention(value: unknown, schema: Schema, path: PathElement[], found: FieldSetBuilder): void {
  const shape = shapeOf(schema, value);
  if (shape.atomic) found.add(path);
  else if (Array.isArray(value)) mentionItems(value, schema, path, found);
  else if (isObject(value)) mentionMembers(value, schema, path, found);
}

function mentionMembers(object: Record<string, unknown>, schema: Schema, path: PathElement[], found: FieldSetBuilder): void {
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    path.push(fieldElement(name));
    mention(value, memberSchema(schema, name) ?? deducedSchema, path, found);
    // Entries of maps are owned themselves; so are fields with nothing in them, or nobody would own them.
    if (value === null || isEmptyObject(value) || !isNamedField(schema, name)) found.add(path);
    path.pop();
  }
}

const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

function mentionItems(list: readonly unknown[], schema: Schema, path: PathElement[], found: FieldSetBuilder): void {
  const elements = list.map((item) => elementOf(schema, item));
  const counts = new Map<PathElement, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  elements.forEach((element, index) => {
    path.push(element);
    // Elements that stand there twice are owned as a whole.
    if (counts.get(element) === 1) mention(list[index], itemSchema(schema), path, found);
    found.add(path);
    path.pop();
  });
}

/** The set, with every named field in it that has something below it in it: a set of `a.b.c` then has `a` too, if `a` is a field. */
export function withNamedFields(set: FieldSet, schema: Schema): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [element, below] of set.children) {
    const name = fieldName(element);
    const next = name === undefined ? itemSchema(schema) : (memberSchema(schema, name) ?? deducedSchema);
    const named = below.children.size > 0 ? withNamedFields(below, next) : below;
    children.set(element, name !== undefined && isNamedField(schema, name) ? withMember(named) : named);
  }
  return setOf(children, set.member);
}

/**
 * The set as today's schema would have it: what has become atomic is owned as a whole. The same
 * set where nothing changes.
 */
export function reconciledFields(set: FieldSet, schema: Schema): FieldSet {
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [element, below] of set.children) {
    if (below.children.size === 0) continue;
    const name = fieldName(element);
    const next = name === undefined ? itemSchema(schema) : memberSchema(schema, name);
    // Members that the schema does not know stay; so do those whose shape only a value can tell.
    if (!next || next.type === 'any') continue;
    const shape = shapeOf(next, undefined);
    const reconciled = shape.atomic && shape.kind !== 'scalar' ? setOf(new Map(), true) : reconciledFields(below, next);
    if (reconciled === below) continue;
    children ??= new Map(set.children);
    children.set(element, reconciled);
  }
  return children ? setOf(children, set.member) : set;
}
