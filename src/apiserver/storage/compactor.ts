import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StoppedError, type Store } from '../../store/store.ts';

/** Upstream's `--etcd-compaction-interval`. */
export const defaultCompactionIntervalMs = 5 * 60_000;

/**
 * Every interval, forgets the history that was already old at the last one: so revisions stay
 * readable for between one and two intervals. Returns what stops it.
 */
export function startCompactor(store: Store, clock: Clock, log: Log, intervalMs: number): () => void {
  let cancel = () => {};
  let stopped = false;
  const round = (oldRevision: number) => {
    cancel = clock.after(intervalMs, () => {
      const revision = store.revision;
      compact(oldRevision)
        .catch((error: unknown) => log.error(error, 'Compacting the store failed', { revision: oldRevision }))
        .finally(() => {
          if (!stopped) round(revision);
        });
    });
  };
  const compact = async (revision: number) => {
    if (revision <= store.compactRevision || store.status().failure) return;
    try {
      await store.compact(revision);
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    }
  };
  round(0);
  return () => {
    stopped = true;
    cancel();
  };
}
