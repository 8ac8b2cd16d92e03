import type { ManagedFieldsEntry } from '../meta.ts';
import { isObject } from '../patch/json-object.ts';
import { isEmpty, type FieldSet } from './field-set.ts';
import type { ManagerName } from './managers.ts';
import type { Comparison } from './typed-compare.ts';

/**
 * Where a manager changes only fields that are his alone, nothing about who owns what changes but the
 * time: most writes of a cluster are such (signs of life, statuses), and they need not read and write
 * every set. Answers his entry, or undefined where it takes a closer look. `entries` are valid.
 */
export function soleOwner(
  entries: readonly ManagedFieldsEntry[],
  name: ManagerName,
  { added, modified, removed }: Comparison,
): ManagedFieldsEntry | undefined {
  if (!isEmpty(added) || !isEmpty(removed) || isEmpty(modified)) return undefined;
  const own = entries.find((entry) => isOf(entry, name));
  if (!own || !hasAll(own.fieldsV1, modified)) return undefined;
  return entries.every((entry) => entry === own || !hasAny(entry.fieldsV1, modified)) ? own : undefined;
}

const isOf = ({ manager = '', operation, apiVersion, subresource = '' }: ManagedFieldsEntry, name: ManagerName): boolean =>
  manager === name.name && operation === name.operation && apiVersion === name.apiVersion && subresource === name.subresource;

/** Steps are written as sets name them; one that is written otherwise counts as not there. */
function hasAll(fields: unknown, set: FieldSet): boolean {
  if (!isObject(fields)) return false;
  for (const [element, below] of set.children) {
    const step = fields[element];
    if (step === undefined || (below.member && !isMember(step)) || !hasAll(step, below)) return false;
  }
  return true;
}

function hasAny(fields: unknown, set: FieldSet): boolean {
  if (!isObject(fields)) return false;
  for (const [element, below] of set.children) {
    const step = fields[element];
    if (step !== undefined && ((below.member && isMember(step)) || hasAny(step, below))) return true;
  }
  return false;
}

/** A step with nothing below it is there for its own sake. */
function isMember(step: unknown): boolean {
  if (!isObject(step) || '.' in step) return true;
  for (const _below in step) return false;
  return true;
}
