import { isObject } from '../patch/json-object.ts';
import { parseElement, type PathElement } from './field-path.ts';
import { emptySet, setOf, sortedElements, type FieldSet } from './field-set.ts';

/** `{"f:spec":{".":{},"f:replicas":{}}}` as a set. Throws a plain Error for steps that are malformed. */
export function fromFieldsV1(fields: unknown): FieldSet {
  if (fields === undefined || fields === null) return emptySet;
  if (!isObject(fields)) throw new Error('ReadMapCB: expect { or n');
  return read(fields, false);
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

/** The reverse: steps sorted, `.` where a path is in the set along with paths below it. */
export function toFieldsV1(set: FieldSet): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const element of sortedElements(set)) fields[element] = toFieldsV1(set.children.get(element)!);
  return fields;
}
