import { CommandError, defineCommand, nameFlag, noArgs } from '../command.ts';
import { existingCluster, lockCluster } from '../existing-cluster.ts';
import { bringUp } from '../bring-up.ts';

export const start = defineCommand({
  name: 'start',
  summary: 'Start a stopped cluster again.',
  description: 'Starts a cluster that was stopped, or whose processes died, with the data, certificates and port that it had.',
  args: '',
  examples: ['slipway start', 'slipway start --name test'],
  flags: { name: nameFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const { home, state } = existingCluster(flags.name, io);
    if (state.phase === 'creating')
      throw new CommandError(
        `cluster ${JSON.stringify(home.name)} was never finished; 'slipway up' finishes it, 'slipway down' removes it.`,
      );
    using _ = await lockCluster(home);
    const { status, wasRunning } = await bringUp(home, io);
    io.out(
      wasRunning
        ? `Cluster ${JSON.stringify(home.name)} is running already at ${status.server}.`
        : `Cluster ${JSON.stringify(home.name)} runs again at ${status.server}.`,
    );
    return 0;
  },
});
