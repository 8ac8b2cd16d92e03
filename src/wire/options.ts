import { badRequest } from '../api/errors.ts';
import type { DeleteOptions, GetOptions, ListOptions, PatchOptions, WatchOptions, WriteOptions } from '../api/call.ts';

export type Query = ReadonlyMap<string, readonly string[]>;

export const first = (query: Query, name: string): string | undefined => query.get(name)?.[0];

/** `watch`, `watch=1`, `watch=true`; `0` and `false` are no. As Go's Convert_Slice_string_To_bool. */
export function flag(query: Query, name: string): boolean | undefined {
  const value = first(query, name);
  if (value === undefined) return undefined;
  return value !== '0' && value.toLowerCase() !== 'false';
}

export function getOptions(query: Query): GetOptions {
  return { resourceVersion: first(query, 'resourceVersion'), query };
}

export function listOptions(query: Query): ListOptions {
  return {
    labelSelector: first(query, 'labelSelector'),
    fieldSelector: first(query, 'fieldSelector'),
    limit: integer(query, 'limit'),
    continue: first(query, 'continue'),
    resourceVersion: first(query, 'resourceVersion'),
    resourceVersionMatch: first(query, 'resourceVersionMatch'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
  };
}

export function watchOptions(query: Query): WatchOptions {
  return {
    ...listOptions(query),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  };
}

export function writeOptions(query: Query): WriteOptions {
  return {
    dryRun: query.get('dryRun'),
    fieldManager: first(query, 'fieldManager'),
    fieldValidation: first(query, 'fieldValidation'),
  };
}

export function patchOptions(query: Query): PatchOptions {
  return { ...writeOptions(query), force: flag(query, 'force') };
}

/** What a delete without a body says in its query. */
export function deleteOptions(query: Query): DeleteOptions {
  return {
    dryRun: query.get('dryRun'),
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    orphanDependents: flag(query, 'orphanDependents'),
    propagationPolicy: first(query, 'propagationPolicy'),
    ignoreStoreReadErrorWithClusterBreakingPotential: flag(query, 'ignoreStoreReadErrorWithClusterBreakingPotential'),
  };
}

function integer(query: Query, name: string): number | undefined {
  const text = first(query, name);
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}
