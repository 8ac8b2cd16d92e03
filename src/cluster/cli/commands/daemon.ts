import { basename, dirname } from 'node:path';
import { clusterHome } from '../../home.ts';
import { defineCommand, noArgs, UsageError } from '../command.ts';

/** What `up` starts in the background. */
export const daemon = defineCommand({
  name: 'daemon',
  summary: 'Run a cluster in this process.',
  description: "Runs a cluster that 'up' has prepared, in this process, until it is told to stop.",
  args: '',
  examples: [],
  hidden: true,
  flags: { 'cluster-folder': { type: 'string', usage: "The cluster's `folder`." } },
  async run({ flags, args, io }) {
    noArgs(args);
    const folder = flags['cluster-folder'];
    if (folder === '') throw new UsageError('--cluster-folder is required');
    const { runDaemon } = await import('../../daemon/run.ts');
    await runDaemon(clusterHome(basename(folder), dirname(folder)), io.interrupted);
    return 0;
  },
});
