import type { FileSystem } from '../machine/files.ts';
import { StoreEngine, type StoreEnv } from './engine.ts';
import { CommitLog } from './log/commit-log.ts';
import { type LogSizes, defaultLogSizes } from './log/log-sizes.ts';
import { recover } from './log/recovery.ts';
import { Replay } from './log/replay.ts';
import { ReserveFile } from './log/reserve-file.ts';
import { defaultLimits, type StoreLimits } from './store.ts';

export interface EmbeddedStoreOptions {
  readonly files: FileSystem;
  /** Made when it is not there. Only one store may have it open: the caller holds the lock. */
  readonly folder: string;
  readonly env: StoreEnv;
  readonly limits?: Partial<StoreLimits>;
  readonly sizes?: Partial<LogSizes>;
}

/**
 * A store that keeps everything in memory and every write in a log on disk: durable before anybody
 * is told. After a restart leases begin their whole TTL anew, as etcd's do. The first failure of the
 * disk, other than being full, stops it for good: it has to be opened again.
 */
export class EmbeddedStore extends StoreEngine {
  private constructor(env: StoreEnv, limits: StoreLimits) {
    super(env, limits);
  }

  /**
   * Throws `CorruptError` when something that was durable is damaged or missing, `UnknownFormatError`
   * when a later version wrote it, and whatever the file system throws.
   */
  static async open({ files, folder, env, limits, sizes: given }: EmbeddedStoreOptions): Promise<EmbeddedStore> {
    const store = new EmbeddedStore(env, { ...defaultLimits, ...limits });
    const sizes = { ...defaultLogSizes, ...given };
    const { log, rng } = env;
    const startMs = env.clock.monotonic();
    try {
      const recovered = await recover({ files, folder, sizes, rng, log }, new Replay(store.state, store.leaseTable));
      const reserve = new ReserveFile(files, folder, sizes.snapshotReserveBytes, log);
      store.start(new CommitLog({ files, folder, ...recovered, sizes, reserve, listener: store, view: () => store.view(), log }));
    } catch (error) {
      store.leaseTable.stop();
      throw error;
    }
    log.verbose(1, 'opened the store', {
      folder,
      revision: store.revision,
      keys: store.status().keys,
      ms: Math.round(env.clock.monotonic() - startMs),
    });
    return store;
  }
}
