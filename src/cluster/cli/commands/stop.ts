import { stopDaemon } from '../../daemon/launch.ts';
import { defineCommand, nameFlag, noArgs } from '../command.ts';
import { existingCluster, lockCluster } from '../existing-cluster.ts';

export const stop = defineCommand({
  name: 'stop',
  summary: 'Stop a cluster and keep everything of it.',
  description:
    "Stops a cluster's processes. Its data, certificates, port and kubeconfig entry stay; 'slipway start' brings it back as it was.",
  args: '',
  examples: ['slipway stop', 'slipway stop --name test'],
  flags: { name: nameFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const { home } = existingCluster(flags.name, io);
    using _ = await lockCluster(home);
    io.progress('Stopping');
    io.out(
      (await stopDaemon(home))
        ? `Cluster ${JSON.stringify(home.name)} is stopped.`
        : `Cluster ${JSON.stringify(home.name)} was not running.`,
    );
    return 0;
  },
});
