import { kubernetesVersion, slipwayVersion } from '../../version.ts';
import { defineCommand, noArgs, outputFlag, wantsJson } from '../command.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Print the versions of Slipway and of the Kubernetes it is.',
  description: 'Prints the version of this Slipway, of the Kubernetes whose behaviour it has, and of the Node it runs on.',
  args: '',
  examples: ['slipway version', 'slipway version -o json'],
  flags: { output: outputFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const versions = { slipway: slipwayVersion, kubernetes: kubernetesVersion, node: process.version };
    io.out(
      wantsJson(flags.output)
        ? JSON.stringify(versions, null, 2)
        : `slipway ${versions.slipway} (Kubernetes ${versions.kubernetes}, Node ${versions.node})`,
    );
    return 0;
  },
});
