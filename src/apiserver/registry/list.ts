import type { ApiResult, ListOptions } from '../../api/call.ts';
import { badRequest, expired } from '../../api/errors.ts';
import { listKindOf, type Kind } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { selects, selectsAll, type Selection } from '../cache/selection.ts';
import type { StoredObject } from '../cache/stored-object.ts';
import { CompactedError, FutureRevisionError, type Key, type KeyRange } from '../../store/store.ts';
import { rangeOf } from '../storage/keys.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { storageError } from '../storage/storage-error.ts';
import { ContinueExpiredError, decodeContinue, encodeContinue } from './continue-token.ts';
import { checkListOptions } from './read-options.ts';
import type { RequestTo } from './request.ts';
import { futureRevisionWaitMs, parseRevision, tooLargeResourceVersion } from './resource-version.ts';
import { selectionOf } from './selection.ts';

export interface ObjectsPage {
  readonly objects: readonly StoredObject[];
  /** The revision that the page shows. */
  readonly revision: number;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export async function list({ call, kind, storage, namespace }: RequestTo<'list'>): Promise<ApiResult> {
  const page = await readPage(storage, kind, selectionOf(kind, namespace, call.options ?? {}), call.options ?? {});
  return {
    type: 'list',
    of: kind,
    list: {
      apiVersion: apiVersionOf(kind),
      kind: listKindOf(kind),
      metadata: {
        resourceVersion: String(page.revision),
        ...(page.continue && { continue: page.continue }),
        ...(page.remainingItemCount !== undefined && { remainingItemCount: page.remainingItemCount }),
      },
      items: kind === storage.family.kind ? page.objects : page.objects.map((object) => object.as(kind)),
    },
  };
}

/** What one list call asks of the storage, after its options are understood. */
interface Plan {
  readonly range: KeyRange;
  /** 0: all. */
  readonly limit: number;
  /** Exactly this revision; absent: what the cache has. */
  readonly exact?: number;
  /** The list continues an earlier one: what to say when history is gone. */
  readonly continued: boolean;
}

/** Upstream's table of resourceVersion × resourceVersionMatch × limit × continue. */
export async function readPage(storage: ResourceStorage, kind: Kind, selection: Selection, options: ListOptions): Promise<ObjectsPage> {
  checkListOptions(options);
  const plan = await planOf(storage, selection, options);
  const { cache } = storage;
  if (plan.exact === undefined || (plan.exact <= cache.revision && plan.exact >= cache.changedRevision))
    return readCache(storage, kind, selection, plan);
  return readHistory(storage, kind, selection, plan, plan.exact);
}

async function planOf(storage: ResourceStorage, selection: Selection, options: ListOptions): Promise<Plan> {
  const { cache, family } = storage;
  const range = rangeOf(family.space, selection.namespace);
  const limit = Math.max(0, options.limit ?? 0);
  if (options.continue) {
    const token = decodeContinue(family.space.prefix, options.continue);
    if (options.resourceVersion && options.resourceVersion !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    await current(storage);
    const from = { start: token.startKey < range.start ? range.start : token.startKey, end: range.end };
    return { range: from, limit, continued: true, ...(token.revision > 0 && { exact: token.revision }) };
  }
  const wanted = parseRevision(options.resourceVersion);
  if (wanted === 0) {
    // "0" means anything that is at hand, and upstream's cache answers it whole whatever the limit.
    await current(storage);
    return { range, limit: options.resourceVersion === '0' ? 0 : limit, continued: false };
  }
  const exactly = options.resourceVersionMatch === 'Exact' || (!options.resourceVersionMatch && limit > 0);
  await current(storage);
  if (!(await cache.reaches(wanted, futureRevisionWaitMs))) throw tooLargeResourceVersion(options.resourceVersion!, cache.revision);
  return { range, limit, continued: false, ...(exactly && { exact: wanted }) };
}

const current = (storage: ResourceStorage): Promise<void> =>
  storage.cache.current().catch((error: unknown) => {
    throw storageError(error);
  });

function readCache(storage: ResourceStorage, kind: Kind, selection: Selection, { range, limit, exact }: Plan): ObjectsPage {
  const { cache, family } = storage;
  const objects: StoredObject[] = [];
  const all = selectsAll(selection);
  const revision = exact ?? cache.revision;
  for (const object of cache.objects.scan(range)) {
    if (!all && !selects(selection, object, kind)) continue;
    if (limit > 0 && objects.length === limit) {
      // The rest may hold nothing that is selected; then upstream, too, sends a token that leads to an empty page.
      const startKey = `${objects.at(-1)!.key}\0`;
      return {
        objects,
        revision,
        continue: encodeContinue(family.space.prefix, { startKey, revision }),
        ...(all && { remainingItemCount: cache.objects.count(range) - limit }),
      };
    }
    objects.push(object);
  }
  return { objects, revision };
}

/** Reads a past revision from the store, in pages while selectors throw things away. */
async function readHistory(
  storage: ResourceStorage,
  kind: Kind,
  selection: Selection,
  { range, limit, continued }: Plan,
  revision: number,
): Promise<ObjectsPage> {
  const { prefix } = storage.family.space;
  const objects: StoredObject[] = [];
  const all = selectsAll(selection);
  let from: Key = range.start;
  for (;;) {
    const page = await historyPage(storage, { start: from, end: range.end }, revision, limit, continued);
    for (const entry of page.entries) {
      from = `${entry.key}\0`;
      const object = storage.cache.adopt(entry);
      if (!all && !selects(selection, object, kind)) continue;
      objects.push(object);
      if (limit > 0 && objects.length === limit) break;
    }
    const last = page.entries.at(-1);
    const more = page.more || (last !== undefined && from <= last.key);
    if (!more) return { objects, revision };
    if (limit > 0 && objects.length === limit)
      return {
        objects,
        revision,
        continue: encodeContinue(prefix, { startKey: from, revision }),
        ...(all && { remainingItemCount: page.count - limit }),
      };
  }
}

async function historyPage(storage: ResourceStorage, range: KeyRange, revision: number, limit: number, continued: boolean) {
  try {
    return await storage.history(range, revision, limit);
  } catch (error) {
    if (error instanceof CompactedError)
      throw continued
        ? new ContinueExpiredError(storage.family.space.prefix, range.start)
        : expired('The resourceVersion for the provided list is too old.');
    if (error instanceof FutureRevisionError) throw tooLargeResourceVersion(revision, storage.cache.revision);
    throw storageError(error);
  }
}
