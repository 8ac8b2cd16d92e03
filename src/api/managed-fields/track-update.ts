import type { KubeObject, ManagedFieldsEntry } from '../meta.ts';
import { deepEqual } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { capped } from './cap-managers.ts';
import { difference, emptySet, isEmpty, union } from './field-set.ts';
import {
  managerId,
  putManager,
  readManagers,
  withEntryTime,
  withTime,
  writeManagers,
  type Manager,
  type ManagerId,
  type ManagerName,
  type Managers,
} from './managers.ts';
import { reconciled, setOfNames, unownable, withoutLost } from './ownership.ts';
import { soleOwner } from './same-owner.ts';
import { compareTyped, ignoring, type Comparison } from './typed-compare.ts';
import { ElementError } from './typed-shape.ts';

export interface Update<O extends KubeObject> {
  /** What is stored; undefined when the object is created. */
  readonly live: KubeObject | undefined;
  /** What is to be stored, after whatever patch made it; a copy of its own is answered. */
  readonly next: O;
  readonly schema: Schema;
  /** `fieldManager`, or what comes before the user agent's first slash; '' is written as `unknown`. */
  readonly manager: string;
  /** The version in which the request came. */
  readonly apiVersion: string;
  /** '' or absent for the resource itself. */
  readonly subresource?: string;
  readonly nowMs: number;
  /** Paths that this request cannot change, such as `['status']`: nobody comes to own them by it. */
  readonly ignoredFields?: readonly (readonly string[])[];
}

/**
 * Writes down who changed what by a create, an update or a patch (not an apply): the manager comes to
 * own all that is added or modified, and everyone else loses it. `next` may carry `managedFields` of
 * its own: valid ones replace the live ones, `[]` and `[{}]` reset them. Objects whose managedFields
 * were reset are no longer tracked until the next apply. Mirrors apimachinery's managedfields and
 * structured-merge-diff, save that entries of other versions are read as if of this one.
 */
export function trackUpdate<O extends KubeObject>(update: Update<O>): O {
  const { live, next, manager, apiVersion, subresource = '', nowMs } = update;
  const name: ManagerName = { name: manager === '' ? 'unknown' : manager, operation: 'Update', apiVersion, subresource };
  const entries = live?.metadata.managedFields;
  const comparison = comparisonOf(update);
  if (entries && comparison && (subresource !== '' || sameEntries(entries, next.metadata.managedFields))) {
    const own = soleOwner(entries, name, comparison);
    if (own) return withManagedFields(next, withEntryTime(entries, own, nowMs));
  }
  const before = managersBefore(entries, next.metadata.managedFields, subresource);
  // Only a creation starts the tracking.
  const tracks = before.size > 0 || !live?.metadata.uid;
  const after = tracks ? capped(managersAfter(before, comparison, update.schema, name, nowMs)) : before;
  return withManagedFields(next, writeManagers(after));
}

/** A client that sends none leaves those there are. */
const sameEntries = (live: readonly ManagedFieldsEntry[], next: readonly ManagedFieldsEntry[] | undefined): boolean =>
  next === undefined || deepEqual(live, next);

/** A subresource cannot set managedFields; neither can a client that sends none or bad ones. */
function managersBefore(
  live: readonly ManagedFieldsEntry[] | undefined,
  next: readonly ManagedFieldsEntry[] | undefined,
  subresource: string,
): Managers {
  if (subresource === '') {
    if (next && isReset(next)) return new Map();
    const sent = next === live ? undefined : validManagers(next);
    if (sent && sent.size > 0) return sent;
  }
  return validManagers(live) ?? new Map();
}

const isReset = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0);

function validManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  try {
    return readManagers(entries);
  } catch {
    return undefined;
  }
}

/** `live` undefined is an object with nothing in it. */
export const trackedManagers = (change: Compared, before: Managers, name: ManagerName, nowMs: number): Map<ManagerId, Manager> =>
  managersAfter(before, comparisonOf(change), change.schema, name, nowMs);

type Compared = Pick<Update<KubeObject>, 'live' | 'next' | 'schema' | 'ignoredFields'>;

function comparisonOf({ live, next, schema, ignoredFields = [] }: Compared): Comparison | undefined {
  const all = compared(live ? withoutManagedFields(live) : {}, withoutManagedFields(next), schema);
  return all && ignoredFields.length > 0 ? ignoring(all, setOfNames(ignoredFields)) : all;
}

function managersAfter(
  before: Managers,
  comparison: Comparison | undefined,
  schema: Schema,
  name: ManagerName,
  nowMs: number,
): Map<ManagerId, Manager> {
  if (!comparison) return new Map(before);
  const managers = withoutLost(reconciled(before, schema), nobody, comparison);
  const gained = difference(union(comparison.modified, comparison.added), unownable);
  if (isEmpty(gained)) return managers;
  const id = managerId(name);
  const fields = union(managers.get(id)?.fields ?? emptySet, gained);
  putManager(managers, id, withTime({ ...name, fields }, nowMs));
  return managers;
}

/** Undefined for objects in which nobody can own anything: as upstream, those are written, and owners stay who they are. */
function compared(live: unknown, next: unknown, schema: Schema): Comparison | undefined {
  try {
    return compareTyped(live, next, schema);
  } catch (error) {
    if (error instanceof ElementError) return undefined;
    throw error;
  }
}

/** No manager has this id. */
const nobody: ManagerId = '';

export function withManagedFields<O extends KubeObject>(object: O, entries: readonly ManagedFieldsEntry[] | undefined): O {
  // What somebody applies may come without metadata, whatever the type says.
  const { managedFields: _old, ...metadata }: KubeObject['metadata'] = object.metadata ?? {};
  return { ...object, metadata: entries ? { ...metadata, managedFields: entries } : metadata };
}

/** For comparing: bookkeeping is nobody's field. */
export const withoutManagedFields = (object: KubeObject): KubeObject => withManagedFields(object, undefined);
