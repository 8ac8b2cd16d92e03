import { ApiError, badRequest } from '../errors.ts';
import { parseApiVersion, type KubeObject } from '../meta.ts';
import { deepEqual } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { applyConflict } from './conflict-error.ts';
import {
  difference,
  hasPath,
  isEmpty,
  paths,
  fieldSet,
  intersection,
  recursiveDifference,
  union,
  emptySet,
  type FieldSet,
} from './field-set.ts';
import { fieldsOfClientSideApply, withLastApplied } from './last-applied.ts';
import { managerId, putManager, readManagers, withTime, writeManagers, type Manager, type ManagerId, type Managers } from './managers.ts';
import { conflictsOf, reconciled, setOfNames, unownable, withoutLost } from './ownership.ts';
import { trackedManagers, withManagedFields, withoutManagedFields } from './track-update.ts';
import { compareTyped, ignoring } from './typed-compare.ts';
import { mentionedFields, withNamedFields } from './typed-field-set.ts';
import { mergeTyped } from './typed-merge.ts';
import { removeFields } from './typed-remove.ts';
import { typeProblem } from './typed-validate.ts';

export interface Apply {
  /** What is stored; undefined when nothing is, and the apply creates it. */
  readonly live: KubeObject | undefined;
  /** The configuration, decoded but not defaulted: what it does not say, it does not own. */
  readonly applied: KubeObject;
  readonly schema: Schema;
  /** `fieldManager`, which apply requires. */
  readonly manager: string;
  /** Take over what others own. */
  readonly force: boolean;
  /** The version in which the request came, which is the configuration's. */
  readonly apiVersion: string;
  /** The kind that is applied; not checked when absent. */
  readonly kind?: string;
  readonly subresource?: string;
  readonly nowMs: number;
  /** Paths that this request cannot change, such as `['status']`: nobody comes to own them by it. */
  readonly ignoredFields?: readonly (readonly string[])[];
}

/**
 * Server-side apply: lays the configuration over the live object, takes away what the manager applied
 * last time and no longer does (unless somebody else owns it too), and writes down what it owns now.
 * The answer is to be decoded and defaulted like any body: what is gone may stand in it as null. An
 * apply that changes nothing answers an object equal to the live one, managedFields and their times
 * included.
 *
 * Throws ApiError: 409 with a cause for each field that others own, unless `force`; 400 for a wrong
 * kind or managedFields in the configuration; 500 without a reason, as upstream has it, for a
 * configuration that is not of the type. Mirrors apimachinery's managedfields and structured-merge-diff,
 * save that entries of other versions are read as if of this one.
 */
export function applyConfiguration(apply: Apply): KubeObject {
  requireApplicable(apply);
  const before = reconciled(managersOf(apply), apply.schema);
  try {
    return applied(apply, before, apply.force);
  } catch (error) {
    if (!(error instanceof Conflicts)) throw error;
    const rest = conflictsWithOthers(apply, error.conflicts);
    if (rest.size > 0) throw applyConflict(rest, before);
    return applied(apply, before, true);
  }
}

class Conflicts extends Error {
  override name = 'Conflicts';
  readonly conflicts: ReadonlyMap<ManagerId, FieldSet>;
  constructor(conflicts: ReadonlyMap<ManagerId, FieldSet>) {
    super('conflicts');
    this.conflicts = conflicts;
  }
}

/** Throws as `applyConfiguration` does for what cannot be applied at all; for a configuration that is not decoded yet, too. */
export function requireApplicable({ applied, schema, apiVersion, kind }: Pick<Apply, 'applied' | 'schema' | 'apiVersion' | 'kind'>): void {
  const { group, version } = parseApiVersion(applied.apiVersion ?? '') ?? { group: '', version: applied.apiVersion ?? '' };
  const type = `${group}/${version}, Kind=${applied.kind ?? ''}`;
  if (applied.apiVersion !== apiVersion || (kind !== undefined && applied.kind !== kind)) throw badRequest(`invalid object type: ${type}`);
  const { name = '', namespace = '', managedFields }: KubeObject['metadata'] = applied.metadata ?? {};
  if (managedFields !== undefined && managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  const problem = typeProblem(applied, schema);
  const what = `${namespace}/${name}; ${group === '' ? `/${version}` : `${group}/${version}`}, Kind=${applied.kind ?? ''}`;
  if (problem !== undefined) throw new ApiError(500, '', `failed to create typed patch object (${what}): ${problem}`);
}

/** All that an object has which nobody tracked is `before-first-apply`'s. */
function managersOf({ live, schema, apiVersion, subresource = '', nowMs, ignoredFields }: Apply): Managers {
  const managers = decoded(live);
  if (managers.size > 0 || !live) return managers;
  const name = { name: 'before-first-apply', operation: 'Update', apiVersion, subresource } as const;
  return trackedManagers({ live: undefined, next: live, schema, ignoredFields }, managers, name, nowMs);
}

function decoded(live: KubeObject | undefined): Managers {
  try {
    return readManagers(live?.metadata.managedFields);
  } catch (error) {
    throw new ApiError(500, '', `failed to decode managed fields: ${error instanceof Error ? error.message : String(error)}`, undefined, {
      cause: error,
    });
  }
}

function applied(apply: Apply, before: Managers, force: boolean): KubeObject {
  const { applied: config, schema, manager, apiVersion, subresource = '', nowMs, ignoredFields = [] } = apply;
  const live = apply.live && withoutManagedFields(apply.live);
  const name = { name: manager === '' ? 'unknown' : manager, operation: 'Apply', apiVersion, subresource } as const;
  const self = managerId(name);
  const ignored = setOfNames(ignoredFields);
  const fields = recursiveDifference(mentionedFields(config, schema), ignored);
  const previous = before.get(self);
  const owners = new Map(before).set(self, { ...name, fields });
  const merged = mergeTyped(live, config, schema);
  const next = pruned(merged, owners, previous?.fields ?? emptySet, schema) as KubeObject;
  const comparison = ignoring(compareTyped(live ?? {}, next, schema), ignored);
  const conflicts = conflictsOf(owners, self, comparison);
  if (!force && conflicts.size > 0) throw new Conflicts(conflicts);
  const managers = withoutLost(owners, self, comparison);
  const unchanged = live !== undefined && deepEqual(live, next);
  putManager(managers, self, applier({ ...name, fields: difference(fields, unownable) }, previous, unchanged, nowMs));
  const result = withManagedFields(unchanged ? live : next, writeManagers(managers));
  return manager === 'kubectl' ? withLastApplied(result, config) : result;
}

/** An apply that changes nothing leaves the time as it was, which for a new manager is none. */
function applier(now: Manager, previous: Manager | undefined, unchanged: boolean, nowMs: number): Manager {
  if (!unchanged) return withTime(now, nowMs);
  const same = previous && previous.apiVersion === now.apiVersion && sameFields(previous.fields, now.fields);
  return same ? previous : { ...now, ...(previous?.time !== undefined && { time: previous.time }) };
}

const sameFields = (a: FieldSet, b: FieldSet): boolean => isEmpty(difference(a, b)) && isEmpty(difference(b, a));

/**
 * Without what `last` had and nobody claims now. Three steps, as upstream: all of `last` goes; what any
 * manager owns comes back; what was not the applier's to take comes back too.
 */
function pruned(merged: unknown, owners: Managers, last: FieldSet, schema: Schema): unknown {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet) => withNamedFields(set, schema);
  const all = named(mentionedFields(merged, schema));
  const owned = [...owners.values()].reduce((sum, { fields }) => union(sum, fields), emptySet);
  const bare = removeFields(merged, named(last), schema);
  const claimed = union(named(mentionedFields(bare, schema)), named(owned));
  const withOwned = removeFields(merged, difference(all, claimed), schema);
  const gone = difference(all, named(mentionedFields(withOwned, schema)));
  return removeFields(merged, intersection(gone, named(last)), schema);
}

/** `kubectl` takes over without force what client-side apply had written. */
function conflictsWithOthers(apply: Apply, conflicts: ReadonlyMap<ManagerId, FieldSet>): ReadonlyMap<ManagerId, FieldSet> {
  const { live, schema, manager, apiVersion } = apply;
  const allowed = manager === 'kubectl' && live ? fieldsOfClientSideApply(live, schema, apiVersion) : undefined;
  if (!allowed) return conflicts;
  const rest = new Map<ManagerId, FieldSet>();
  for (const [id, fields] of conflicts) {
    const kept = paths(fields).filter((path) => !hasPath(allowed, path));
    if (kept.length > 0) rest.set(id, fieldSet(...kept));
  }
  return rest;
}
