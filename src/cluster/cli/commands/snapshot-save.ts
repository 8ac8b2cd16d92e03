import { resolve } from 'node:path';
import { silentLog } from '../../../base/log.ts';
import { seededRng } from '../../../base/rng.ts';
import { realClock } from '../../../machine/real/clock.ts';
import { realFiles } from '../../../machine/real/files.ts';
import { sha256Stream } from '../../../machine/real/sha256-stream.ts';
import { EmbeddedStore } from '../../../store/embedded-store.ts';
import { saveSnapshot, type SavedSnapshot } from '../../../store/snapshot/save-snapshot.ts';
import { askSnapshot, type WantedSnapshot } from '../../daemon/control-socket.ts';
import { daemonStatus } from '../../daemon/launch.ts';
import type { ClusterHome } from '../../home.ts';
import { LockedError, takeLock } from '../../process-lock.ts';
import { bytesText } from '../../snapshots/tables.ts';
import { CommandError, wantsJson } from '../command.ts';
import { existingCluster, lockCluster } from '../existing-cluster.ts';
import type { SnapshotInvocation } from './snapshot.ts';

export async function saveFile({ flags, io }: SnapshotInvocation, [file = '']: readonly string[]): Promise<number> {
  const { home, state } = existingCluster(flags.name, io);
  const wanted = { path: resolve(file), liveOnly: flags['live-only'] };
  using _ = await lockCluster(home);
  io.progress('Saving');
  const saved = await save(home, state.spec.dataFolder, wanted);
  if (wantsJson(flags.output)) io.out(JSON.stringify(saved, null, 2));
  else io.out(`Saved cluster ${JSON.stringify(home.name)} at revision ${saved.revision} to ${saved.path}, ${bytesText(saved.sizeBytes)}.`);
  return 0;
}

async function save(home: ClusterHome, dataFolder: string, wanted: WantedSnapshot): Promise<SavedSnapshot> {
  try {
    const running = await daemonStatus(home);
    const saved = running && (await askSnapshot(home.controlSocket, wanted));
    return saved ?? (await saveStopped(home, dataFolder, wanted));
  } catch (error) {
    if (error instanceof LockedError)
      throw new CommandError(`cluster ${JSON.stringify(home.name)} runs, in process ${error.owner.pid}, but does not answer`, {
        cause: error,
      });
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Of a cluster that does not run, and is kept from starting meanwhile. */
async function saveStopped(home: ClusterHome, folder: string, { path, liveOnly }: WantedSnapshot): Promise<SavedSnapshot> {
  using _ = takeLock(home.daemonLock);
  await using store = await EmbeddedStore.open({
    files: realFiles,
    folder,
    env: { clock: realClock, rng: seededRng(Date.now() % 2 ** 32), log: silentLog },
  });
  return await saveSnapshot({ store, files: realFiles, path, newSha256: sha256Stream, liveOnly });
}
