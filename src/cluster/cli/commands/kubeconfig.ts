import { readFileSync } from 'node:fs';
import { defineCommand, nameFlag, noArgs, CommandError } from '../command.ts';
import { existingCluster } from '../existing-cluster.ts';

export const kubeconfig = defineCommand({
  name: 'kubeconfig',
  summary: "Print the administrator's kubeconfig of a cluster.",
  description: "Prints a kubeconfig with this one cluster in it, for '--kubeconfig' or KUBECONFIG.",
  args: '',
  examples: ['slipway kubeconfig > test.conf', 'kubectl --kubeconfig <(slipway kubeconfig --name test) get nodes'],
  flags: { name: nameFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const { home } = existingCluster(flags.name, io);
    try {
      io.out(readFileSync(home.kubeconfig, 'utf8').trimEnd());
    } catch (error) {
      throw new CommandError(`cluster ${JSON.stringify(home.name)} has no kubeconfig yet; 'slipway up' finishes it`, { cause: error });
    }
    return 0;
  },
});
