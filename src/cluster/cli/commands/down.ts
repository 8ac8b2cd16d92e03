import { existsSync, rmSync } from 'node:fs';
import { stopDaemon } from '../../daemon/launch.ts';
import { contextName } from '../../home.ts';
import { removeFrom } from '../../kubeconfig-file.ts';
import { waitForLock } from '../../process-lock.ts';
import { readState } from '../../state.ts';
import { defineCommand, nameFlag, noArgs } from '../command.ts';
import { namedCluster } from '../existing-cluster.ts';

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
    if (!existsSync(home.folder)) {
      io.out(`There is no cluster ${JSON.stringify(home.name)}.`);
      return 0;
    }
    using _ = await waitForLock(home.commandLock, 60_000);
    io.progress('Stopping');
    await stopDaemon(home);
    const state = readState(home);
    if (state?.kubeconfig) await removeFrom(state.kubeconfig, contextName(home.name));
    if (state) rmSync(state.spec.dataFolder, { recursive: true, force: true });
    rmSync(home.controlSocket, { force: true });
    rmSync(home.folder, { recursive: true, force: true });
    io.out(`Cluster ${JSON.stringify(home.name)} is gone${state?.kubeconfig ? `, and out of ${state.kubeconfig}` : ''}.`);
    return 0;
  },
});
