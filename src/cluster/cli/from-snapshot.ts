import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { allKinds } from '../../api/kinds/all.ts';
import { seededRng } from '../../base/rng.ts';
import { FileError } from '../../machine/files.ts';
import { realFiles } from '../../machine/real/files.ts';
import { sha256Stream } from '../../machine/real/sha256-stream.ts';
import { restoreFolder } from '../../store/snapshot/restore-folder.ts';
import { openSnapshot } from '../../store/snapshot/snapshot-file.ts';
import { CorruptError } from '../../store/store.ts';
import type { ClusterHome } from '../home.ts';
import type { FromConfig } from '../kind-config.ts';
import { adoptSnapshot, type AdoptedSnapshot } from '../snapshots/adopt-snapshot.ts';
import type { Decrypt } from '../snapshots/decryption.ts';
import { defaultNodes } from '../spec.ts';
import type { ClusterState } from '../state.ts';
import { CommandError, UsageError, type Io } from './command.ts';
import { readDecryption } from './decryption-config.ts';

/** A snapshot of which `up` makes a cluster. */
export interface ClusterSnapshot {
  /** What the cluster is to be like, as if a file had said it: its nodes, and where its Services have their addresses. */
  readonly config: FromConfig;
  /** Puts everything into the data folder of a prepared cluster that never ran. Refuses one that did. */
  fill(home: ClusterHome, state: ClusterState, io: Io): Promise<void>;
}

/** Reads it whole, before anything is made. Rejects with CommandError for what cannot be read. */
export async function readClusterSnapshot(path: string, given: ReadonlySet<string>, decryptionConfig = ''): Promise<ClusterSnapshot> {
  if (path === '') throw new UsageError('--from-snapshot needs a file');
  for (const other of ['config', 'workers'])
    if (given.has(other)) throw new UsageError(`--from-snapshot and --${other} exclude each other: the snapshot has the nodes`);
  const adopted = await adopt(resolve(path), readDecryption(decryptionConfig));
  return {
    config: configOf(adopted),
    async fill(home, { phase, spec }, { interrupted }) {
      if (phase === 'created')
        throw new CommandError(
          `cluster ${JSON.stringify(home.name)} is there already, and a snapshot makes a new one; 'slipway down --name ${home.name}' first, or choose another --name`,
        );
      try {
        rmSync(spec.dataFolder, { recursive: true, force: true });
        const rng = seededRng(randomBytes(4).readUInt32LE());
        await restoreFolder(adopted.content, { files: realFiles, folder: spec.dataFolder, rng, signal: interrupted });
      } catch (error) {
        // A later `up` must not take half of it for a cluster.
        rmSync(spec.dataFolder, { recursive: true, force: true });
        rmSync(home.folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

async function adopt(path: string, decrypt: Decrypt): Promise<AdoptedSnapshot> {
  try {
    await using file = await openSnapshot({ files: realFiles, path, newSha256: sha256Stream });
    return await adoptSnapshot(file, allKinds, decrypt);
  } catch (error) {
    if (error instanceof CorruptError || error instanceof FileError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

function configOf({ nodes, serviceSubnet, leftOut }: AdoptedSnapshot): FromConfig {
  return {
    nodes: (cluster) => (nodes.length > 0 ? [...nodes] : defaultNodes(cluster, 0)),
    ...(serviceSubnet !== undefined && { serviceSubnet }),
    warnings: [...leftOut].map(([what, count]) => `left out ${count} ${what}`).toSorted(),
  };
}
