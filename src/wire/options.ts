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
  if (flag(query, 'export')) throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  return { resourceVersion: first(query, 'resourceVersion'), query };
}

/** `sendInitialEvents` is for watches alone; a list that asks for it is refused by whoever serves it. */
export function listOptions(query: Query): ListOptions & Pick<WatchOptions, 'sendInitialEvents'> {
  return {
    labelSelector: first(query, 'labelSelector'),
    fieldSelector: first(query, 'fieldSelector'),
    limit: integer(query, 'limit'),
    continue: first(query, 'continue'),
    resourceVersion: first(query, 'resourceVersion'),
    resourceVersionMatch: first(query, 'resourceVersionMatch'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  };
}

export function watchOptions(query: Query): WatchOptions {
  return { ...listOptions(query), allowWatchBookmarks: flag(query, 'allowWatchBookmarks') };
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
  const uid = first(query, 'uid');
  const resourceVersion = first(query, 'resourceVersion');
  return {
    dryRun: query.get('dryRun'),
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    orphanDependents: flag(query, 'orphanDependents'),
    propagationPolicy: first(query, 'propagationPolicy'),
    ignoreStoreReadErrorWithClusterBreakingPotential: flag(query, 'ignoreStoreReadErrorWithClusterBreakingPotential'),
    ...((uid || resourceVersion) && { preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) } }),
  };
}

/** Go's strconv.ParseInt of 64 bits, and its sentences. */
function integer(query: Query, name: string): number | undefined {
  const text = first(query, name);
  if (text === undefined) return undefined;
  const refuse = (why: string) => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw refuse('invalid syntax');
  // Past 2^53 a number is only about right, which is right enough for limits and seconds.
  if (text.length > mostDigits || BigInt.asIntN(64, BigInt(text.replace('+', ''))) !== BigInt(text.replace('+', '')))
    throw refuse('value out of range');
  return Number(text);
}

/** More are leading zeros, or too many. */
const mostDigits = 100;
