import type { KubeObject, ManagedFieldsEntry } from '../meta.ts';
import { deepEqual } from '../patch/json-object.ts';
import { withManagedFields, withoutManagedFields } from './track-update.ts';

/**
 * A write that would change nothing but the times of managedFields keeps the times there were, so that
 * it is no write at all. Answers `next` itself otherwise. To be asked once admission is through.
 */
export function withoutTimestampNoise<O extends KubeObject>(next: O, old: KubeObject): O {
  const entries = next.metadata.managedFields ?? [];
  const before = old.metadata.managedFields ?? [];
  if (entries.length === 0 || entries.length !== before.length) return next;
  if (entries.every((entry, index) => entry.time === before[index]!.time)) return next;
  if (!deepEqual(entries.map(timeless), before.map(timeless))) return next;
  return deepEqual(withoutManagedFields(next), withoutManagedFields(old)) ? withManagedFields(next, before) : next;
}

function timeless(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const { time: _time, ...rest } = entry;
  return rest;
}
