import type { Schema } from '../schema.ts';
import { fieldElement, type FieldPath } from './field-path.ts';
import { difference, fieldSet, intersection, isEmpty, union, type FieldSet } from './field-set.ts';
import { putManager, withFields, type Manager, type ManagerId, type Managers } from './managers.ts';
import type { Comparison } from './typed-compare.ts';
import { reconciledFields } from './typed-field-set.ts';

const named = (...names: string[]): FieldPath => names.map(fieldElement);

/** What nobody owns: identity and what the server keeps. */
export const unownable: FieldSet = fieldSet(
  named('apiVersion'),
  named('kind'),
  named('metadata'),
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (field) => named('metadata', field),
  ),
);

/** Paths such as `['status']` as a set. */
export const setOfNames = (all: readonly (readonly string[])[]): FieldSet => fieldSet(...all.map((names) => named(...names)));

/** Fields that others than `self` own and the change gives another value. */
export function conflictsOf(managers: Managers, self: ManagerId, { added, modified }: Comparison): Map<ManagerId, FieldSet> {
  const changed = union(modified, added);
  const conflicts = new Map<ManagerId, FieldSet>();
  for (const [id, { fields }] of managers) {
    const taken = id === self ? undefined : intersection(fields, changed);
    if (taken && !isEmpty(taken)) conflicts.set(id, taken);
  }
  return conflicts;
}

/** What others than `self` still own when the change takes from them what it changes and what it removes. */
export function withoutLost(managers: Managers, self: ManagerId, comparison: Comparison): Map<ManagerId, Manager> {
  const lost = union(union(comparison.modified, comparison.added), comparison.removed);
  const left = new Map<ManagerId, Manager>();
  for (const [id, manager] of managers) {
    if (id === self) left.set(id, manager);
    else putManager(left, id, withFields(manager, difference(manager.fields, lost)));
  }
  return left;
}

/** The managers as today's schema would have them. */
export function reconciled(managers: Managers, schema: Schema): Map<ManagerId, Manager> {
  return new Map([...managers].map(([id, manager]) => [id, withFields(manager, reconciledFields(manager.fields, schema))]));
}
