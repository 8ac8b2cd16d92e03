import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { WatchCache } from './watch-cache.ts';

/** Where a kind's objects are, in memory. */
export type CacheOf = (kind: Kind) => WatchCache;

/**
 * Tells of every object there is, and then of each change, within the write that makes it: whoever
 * was answered finds it taken account of. Resolves once it has told of all there is.
 */
export async function follow<O extends KubeObject>(
  cacheOf: CacheOf,
  kind: Kind<O>,
  change: (isThere: boolean, object: O) => void,
): Promise<void> {
  const cache = cacheOf(kind);
  await cache.current();
  const request = { kind, selection: {}, bookmarks: false, sendInitial: true, markInitialEnd: false };
  cache
    .watch(request, {
      frame: ({ type, object }) => change(type !== 'DELETED', object as O),
      // The cache has stopped, and the server with it.
      end() {},
    })
    .resume();
}
