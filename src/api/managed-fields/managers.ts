import type { ManagedFieldsEntry } from '../meta.ts';
import { isEmpty, type FieldSet } from './field-set.ts';
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

/** Who wrote what of an object: `metadata.managedFields`, read. */
export type Managers = ReadonlyMap<ManagerId, Manager>;

/**
 * What makes two entries one manager's: name, operation, subresource, and for updates the version.
 * Applies are one manager's whatever the version.
 */
export type ManagerId = string;

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  /** RFC 3339, whole seconds; absent for entries that never had one. */
  readonly time?: string;
  /** The entry it was read from, as long as nothing about it changed. */
  readonly entry?: ManagedFieldsEntry;
}

export type ManagerName = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

/** Sorts as upstream's identifiers do, which are the entry's JSON. */
export const managerId = ({ name, operation, apiVersion, subresource }: ManagerName): ManagerId =>
  JSON.stringify({
    ...(name !== '' && { manager: name }),
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource !== '' && { subresource }),
  });

/** Throws a plain Error, in upstream's words, for entries that are not valid. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | null | undefined): Map<ManagerId, Manager> {
  const managers = new Map<ManagerId, Manager>();
  for (const [index, entry] of (entries ?? []).entries()) {
    const { manager: name = '', operation, apiVersion = '', subresource = '', time } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new Error('apiVersion must not be empty');
    requireFieldsType(entry.fieldsType, index);
    const called = { name, operation, apiVersion, subresource };
    managers.set(managerId(called), { ...called, fields: fromFieldsV1(entry.fieldsV1), ...(time && { time }), entry });
  }
  return managers;
}

function requireFieldsType(type: string | undefined, index: number): void {
  if (type === 'FieldsV1') return;
  throw new Error(
    (type ?? '') === ''
      ? `missing fieldsType in managed fields entry ${index}`
      : `invalid fieldsType ${JSON.stringify(type)} in managed fields entry ${index}`,
  );
}

/** Why the entries are not valid; undefined when they are. Admission undoes what made them so. */
export function managedFieldsProblem(entries: readonly ManagedFieldsEntry[] | null | undefined): string | undefined {
  try {
    readManagers(entries);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Entries in the API's order; undefined for none. Managers that did not change keep the entries they came from. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(inEntryOrder).map((manager) => manager.entry ?? entryOf(manager));
}

const entryOf = ({ name, operation, apiVersion, subresource, fields, time }: Manager): ManagedFieldsEntry => ({
  ...(name !== '' && { manager: name }),
  operation,
  apiVersion,
  ...(time !== undefined && { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: toFieldsV1(fields),
  ...(subresource !== '' && { subresource }),
});

/** The entries in their order, after a write by which `own` has owned since now what it owned before. */
export function withEntryTime(entries: readonly ManagedFieldsEntry[], own: ManagedFieldsEntry, nowMs: number): ManagedFieldsEntry[] {
  const written = entries.map((entry) => (entry === own ? { ...entry, time: timestamp(nowMs) } : entry));
  if (written.length === 1) return written;
  const placeOf = ({ manager: name = '', operation = 'Update', apiVersion = '', subresource = '', time }: ManagedFieldsEntry): Place => ({
    name,
    operation,
    apiVersion,
    subresource,
    ...(time && { time }),
  });
  return written
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .sort((a, b) => inEntryOrder(a.place, b.place))
    .map(({ entry }) => entry);
}

type Place = ManagerName & Pick<Manager, 'time'>;

function inEntryOrder(a: Place, b: Place): number {
  return (
    byText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    byText(a.name, b.name) ||
    byText(a.apiVersion, b.apiVersion) ||
    byText(a.subresource, b.subresource)
  );
}

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whole seconds since 1970; 0 for no time. */
export const secondsOf = ({ time }: Pick<Manager, 'time'>): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));

/** The same manager when the fields are the same. */
export function withFields(manager: Manager, fields: FieldSet): Manager {
  if (fields === manager.fields) return manager;
  const { entry: _stale, ...rest } = manager;
  return { ...rest, fields };
}

export function withTime(manager: Manager, nowMs: number): Manager {
  const { entry: _stale, ...rest } = manager;
  return { ...rest, time: timestamp(nowMs) };
}

/** Puts the manager in its place; one that owns nothing goes. */
export function putManager(managers: Map<ManagerId, Manager>, id: ManagerId, manager: Manager): void {
  if (isEmpty(manager.fields)) managers.delete(id);
  else managers.set(id, manager);
}

const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
