import { isObject } from '../patch/json-object.ts';
import { parseElement, type PathElement } from './field-path.ts';
import { emptySet, setOf, sortedElements, type FieldSet } from './field-set.ts';

/** `{"f:spec":{".":{},"f:replicas":{}}}` as a set; not to be changed after. Throws a plain Error for steps that are malformed. */
export function fromFieldsV1(fields: unknown): FieldSet {
  if (fields === undefined || fields === null) return emptySet;
  if (!isObject(fields)) throw new Error('ReadMapCB: expect { or n');
  const known = setsOf.get(fields);
  if (known) return known;
  const set = read(fields, false);
  remember(fields, set);
  return set;
}

/** An object that was written is often written again soon: the sets of its writers are kept for a while. */
const setsOf = new Map<object, FieldSet>();
/** Of sets that were written, whose text is ours. */
const fieldsOf = new WeakMap<FieldSet, Record<string, unknown>>();
const mostRemembered = 4096;

function remember(fields: Record<string, unknown>, set: FieldSet): void {
  setsOf.set(fields, set);
  if (setsOf.size > mostRemembered) setsOf.delete(setsOf.keys().next().value!);
}

function read(fields: Record<string, unknown>, isStep: boolean): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  let member = false;
  for (const name in fields) {
    if (name === '.') {
      member = isStep;
      continue;
    }
    const element = parseElement(name);
    if (element === undefined) continue;
    const below = fields[name];
    children.set(element, read(isObject(below) ? below : {}, true));
  }
  // A step with nothing below it is there for its own sake.
  return setOf(children, member || (isStep && children.size === 0));
}

/** The reverse: steps sorted, `.` where a path is in the set along with paths below it. The answer is shared: it is not to be changed. */
export function toFieldsV1(set: FieldSet): Record<string, unknown> {
  const known = fieldsOf.get(set);
  if (known) return known;
  const fields = written(set);
  fieldsOf.set(set, fields);
  remember(fields, set);
  return fields;
}

function written(set: FieldSet): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const element of sortedElements(set)) fields[element] = written(set.children.get(element)!);
  return fields;
}
