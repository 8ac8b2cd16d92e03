import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { stopDaemon } from '../../daemon/launch.ts';
import { contextName, type ClusterHome } from '../../home.ts';
import { removeFrom } from '../../kubeconfig-file.ts';
import { readState, type ClusterState } from '../../state.ts';
import { CommandError, defineCommand, nameFlag, noArgs, type Io } from '../command.ts';
import { lockCluster, namedCluster } from '../existing-cluster.ts';

export const down = defineCommand({
  name: 'down',
  summary: 'Stop a cluster and remove everything of it.',
  description:
    'Stops a cluster, takes its entries out of the kubeconfig, and deletes its data, certificates and logs. Of a cluster that is not there it says so, and succeeds.',
  args: '',
  examples: ['slipway down', 'slipway down --name test'],
  flags: { name: nameFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const home = namedCluster(flags.name, io);
    if (!existsSync(home.folder)) return absent(home, io);
    using _ = await lockCluster(home);
    if (!existsSync(home.folder)) return absent(home, io);
    refuseOtherFolders(home);
    io.progress('Stopping');
    await stopDaemon(home);
    const state = stateUnlessDamaged(home, io);
    const outOf = state?.kubeconfig && (await forget(state.kubeconfig, home, io)) ? `, and out of ${state.kubeconfig}` : '';
    if (state) rmSync(state.spec.dataFolder, { recursive: true, force: true });
    rmSync(home.controlSocket, { force: true });
    rmSync(home.folder, { recursive: true, force: true });
    io.out(`Cluster ${JSON.stringify(home.name)} is gone${outOf}.`);
    return 0;
  },
});

function absent(home: ClusterHome, io: Io): number {
  io.out(`There is no cluster ${JSON.stringify(home.name)}.`);
  return 0;
}

/** `SLIPWAY_HOME` may point anywhere. Empty is what an `up` leaves that was killed before it wrote anything. */
function refuseOtherFolders(home: ClusterHome): void {
  if (existsSync(home.state) || readdirSync(home.folder).every((name) => name.startsWith(`${basename(home.state)}.`))) return;
  throw new CommandError(`${home.folder} was not made by Slipway; nothing was removed`);
}

function stateUnlessDamaged(home: ClusterHome, io: Io): ClusterState | undefined {
  try {
    return readState(home);
  } catch (error) {
    io.err(`Warning: ${error instanceof Error ? error.message : String(error)}; the kubeconfig, and data elsewhere, are left as they are`);
    return undefined;
  }
}

/** A kubeconfig that cannot be changed must not keep a cluster alive. */
async function forget(kubeconfig: string, home: ClusterHome, io: Io): Promise<boolean> {
  try {
    return await removeFrom(kubeconfig, contextName(home.name));
  } catch (error) {
    io.err(`Warning: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
