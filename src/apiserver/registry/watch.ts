import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import type { ApiResult, Subscription, WatchOptions, WatchSink } from '../../api/call.ts';
import { ApiError, internal } from '../../api/errors.ts';
import type { WatchRequest } from '../cache/watch-cache.ts';
import type { Watcher } from '../cache/watcher.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { storageError } from '../storage/storage-error.ts';
import { checkWatchOptions } from './read-options.ts';
import type { RequestTo } from './request.ts';
import { futureRevisionWaitMs, parseRevision, tooLargeResourceVersion } from './resource-version.ts';
import { selectionOf } from './selection.ts';

export interface WatchDeps {
  readonly clock: Clock;
  /** Not the chance that names are made of: one more watch must not make other names. */
  readonly watchRng: Rng;
  /** A watch without a timeout of its own lasts between this and twice it (`--min-request-timeout`). */
  readonly minWatchSeconds: number;
}

export async function watch({ call, kind, storage, namespace }: RequestTo<'watch'>, deps: WatchDeps): Promise<ApiResult> {
  const options = withDefaults(call.options ?? {});
  checkWatchOptions(options);
  const selection = selectionOf(kind, namespace, options);
  const revision = parseRevision(options.resourceVersion);
  const bookmarks = options.allowWatchBookmarks === true;
  const request: WatchRequest = {
    kind,
    selection,
    bookmarks,
    sendInitial: options.sendInitialEvents === true,
    markInitialEnd: options.sendInitialEvents === true && bookmarks,
    ...(options.sendInitialEvents !== true && revision > 0 && { after: revision }),
  };
  const late = await readiness(storage, options.sendInitialEvents === true ? revision : 0);
  const timeoutMs = 1000 * (options.timeoutSeconds || deps.minWatchSeconds * (1 + deps.watchRng.next()));
  return {
    type: 'watch',
    of: kind,
    start: (sink) => {
      if (late) return endedWatch(sink, late);
      return begin(storage, request, sink, { clock: deps.clock, timeoutMs, signal: call.signal });
    },
  };
}

/** Upstream's SetListOptionsDefaults: a watch from nowhere in particular begins with what there is. */
function withDefaults(options: WatchOptions): WatchOptions {
  const fromNowhere = !options.resourceVersion || options.resourceVersion === '0';
  if (options.sendInitialEvents !== undefined || options.resourceVersionMatch || !fromNowhere) return options;
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
}

/** Waits for the cache; what a client hears only once its watch stands, as upstream has it, is resolved to. */
async function readiness(storage: ResourceStorage, revision: number): Promise<ApiError | undefined> {
  try {
    await storage.cache.current();
    if (await storage.cache.reaches(revision, futureRevisionWaitMs)) return undefined;
    return tooLargeResourceVersion(revision, storage.cache.revision);
  } catch (error) {
    throw storageError(error);
  }
}

interface Lifetime {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

function begin(storage: ResourceStorage, request: WatchRequest, sink: WatchSink, { clock, timeoutMs, signal }: Lifetime): Subscription {
  let watcher: Watcher;
  try {
    watcher = storage.cache.watch(request, {
      frame: (frame) => sink.frame(frame),
      end: (error) => {
        release();
        sink.end(error);
      },
    });
  } catch (error) {
    return endedWatch(sink, error instanceof ApiError ? error : internal(error));
  }
  const cancelTimeout = clock.after(timeoutMs, () => {
    if (request.bookmarks) watcher.bookmark(storage.cache.bookmark(request.kind));
    watcher.end();
  });
  const cancel = () => {
    release();
    watcher.cancel();
  };
  function release(): void {
    cancelTimeout();
    signal?.removeEventListener('abort', cancel);
  }
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  watcher.resume();
  return { resume: () => watcher.resume(), cancel };
}

/** Once a request has passed the checks, later refusals come as the watch's end: an ERROR event on the wire. */
function endedWatch(sink: WatchSink, error: ApiError): Subscription {
  sink.end(error);
  return { resume() {}, cancel() {} };
}
