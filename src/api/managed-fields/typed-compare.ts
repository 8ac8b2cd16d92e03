import { deepEqual, isObject, member, type JsonObject } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { fieldElement, type PathElement } from './field-path.ts';
import { FieldSetBuilder, recursiveDifference, type FieldSet } from './field-set.ts';
import { deducedSchema, elementOf, itemSchema, lastingFields, memberSchema, shapeOf, type Shape } from './typed-shape.ts';

/** How two objects of one type differ. No path is in two of the sets, but for elements that one of them has several times. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compareTyped(before: unknown, after: unknown, schema: Schema): Comparison {
  const comparing = new Comparing();
  comparing.values(before, after, schema);
  return comparing.result;
}

export const ignoring = ({ added, modified, removed }: Comparison, ignored: FieldSet): Comparison => ({
  added: recursiveDifference(added, ignored),
  modified: recursiveDifference(modified, ignored),
  removed: recursiveDifference(removed, ignored),
});

class Comparing {
  readonly #added = new FieldSetBuilder();
  readonly #modified = new FieldSetBuilder();
  readonly #removed = new FieldSetBuilder();
  readonly #path: PathElement[] = [];

  get result(): Comparison {
    return { added: this.#added.set, modified: this.#modified.set, removed: this.#removed.set };
  }

  /** Undefined is absent; one of the two is there. */
  values(before: unknown, after: unknown, schema: Schema): void {
    if (before === after) return;
    const left = shapeOf(schema, before);
    const right = shapeOf(schema, after);
    const present = before !== undefined && after !== undefined;
    // One that changed from one kind to another is compared as both.
    if (present && left !== right) this.#shaped(left, before, after, schema);
    const whole = this.#shaped(after === undefined ? left : right, before, after, schema);
    if (whole) return;
    if (before === undefined) this.#added.add(this.#path);
    else if (after === undefined) this.#removed.add(this.#path);
  }

  /** True when compared as a whole. */
  #shaped(shape: Shape, before: unknown, after: unknown, schema: Schema): boolean {
    if (shape.atomic) return this.#wholes(before, after);
    if (shape.kind === 'list') {
      const left = Array.isArray(before) ? before : [];
      const right = Array.isArray(after) ? after : [];
      // Of two that are empty, one may be null or absent: only a comparison as wholes sees that.
      if (left.length === 0 && right.length === 0) return this.#wholes(before, after);
      this.#lists(left, right, schema);
      return false;
    }
    const left = isObject(before) ? before : undefined;
    const right = isObject(after) ? after : undefined;
    if (hasNothing(left, schema) && hasNothing(right, schema)) return this.#wholes(before, after);
    this.#maps(left, right, schema);
    return false;
  }

  #wholes(before: unknown, after: unknown): true {
    if (before === undefined) this.#added.add(this.#path);
    else if (after === undefined) this.#removed.add(this.#path);
    else if (!deepEqual(before, after)) this.#modified.add(this.#path);
    return true;
  }

  #maps(left: JsonObject | undefined, right: JsonObject | undefined, schema: Schema): void {
    const lasting = lastingFields(schema);
    for (const [name, zero] of lasting)
      this.#member(name, left && (member(left, name) ?? zero), right && (member(right, name) ?? zero), schema);
    for (const name in left) if (!lasting.has(name)) this.#member(name, left[name], right && member(right, name), schema);
    for (const name in right)
      if (!lasting.has(name) && (!left || member(left, name) === undefined)) this.#member(name, undefined, right[name], schema);
  }

  #member(name: string, before: unknown, after: unknown, schema: Schema): void {
    if (before === after) return;
    this.#below(fieldElement(name), before, after, memberSchema(schema, name) ?? deducedSchema);
  }

  #below(element: PathElement, before: unknown, after: unknown, schema: Schema): void {
    this.#path.push(element);
    this.values(before, after, schema);
    this.#path.pop();
  }

  #lists(left: readonly unknown[], right: readonly unknown[], schema: Schema): void {
    const before = byElement(left, schema);
    const after = byElement(right, schema);
    for (const [element, items] of before) this.#items(element, items, after.get(element) ?? [], schema);
    for (const [element, items] of after) if (!before.has(element)) this.#items(element, [], items, schema);
  }

  /** Elements that stand there several times are compared as wholes. */
  #items(element: PathElement, before: readonly unknown[], after: readonly unknown[], schema: Schema): void {
    const path = [...this.#path, element];
    if (before.length > 1 && after.length > 1) {
      if (!deepEqual(before, after)) this.#modified.add(path);
    } else if (before.length > 1) {
      if (after.length > 0) this.#below(element, undefined, after[0], itemSchema(schema));
      this.#removed.add(path);
    } else if (after.length > 1) {
      if (before.length > 0) this.#below(element, before[0], undefined, itemSchema(schema));
      this.#added.add(path);
    } else this.#below(element, before[0], after[0], itemSchema(schema));
  }
}

/** An object with lasting fields is never empty. */
const hasNothing = (object: JsonObject | undefined, schema: Schema): boolean =>
  !object || (Object.keys(object).length === 0 && lastingFields(schema).size === 0);

function byElement(list: readonly unknown[], schema: Schema): Map<PathElement, unknown[]> {
  const items = new Map<PathElement, unknown[]>();
  for (const item of list) {
    const element = elementOf(schema, item);
    const same = items.get(element);
    if (same) same.push(item);
    else items.set(element, [item]);
  }
  return items;
}
