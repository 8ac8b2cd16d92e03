import { daemonStatus } from '../../daemon/launch.ts';
import { nodesOf } from '../../spec.ts';
import { contextName } from '../../home.ts';
import { defineCommand, nameFlag, noArgs, outputFlag, wantsJson } from '../command.ts';
import { existingCluster } from '../existing-cluster.ts';

export const status = defineCommand({
  name: 'status',
  summary: 'Show how a cluster is.',
  description: 'Shows whether a cluster runs, where it listens, and what it holds. The exit code is 0 when it runs, 3 when it does not.',
  args: '',
  examples: ['slipway status', 'slipway status --name test -o json'],
  flags: { name: nameFlag, output: outputFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const json = wantsJson(flags.output);
    const { home, state } = existingCluster(flags.name, io);
    const running = await daemonStatus(home);
    const facts = {
      name: home.name,
      status: running?.phase ?? 'stopped',
      server: running?.server ?? '',
      context: contextName(home.name),
      kubeconfig: state.kubeconfig ?? '',
      pid: running?.pid ?? 0,
      version: running?.version ?? state.version,
      startedAt: running?.startedAt ?? '',
      nodes: nodesOf(state.spec).map((node) => node.name),
      revision: running?.revision ?? 0,
      storeBytes: running?.storeBytes ?? 0,
      memoryBytes: running?.memoryBytes ?? 0,
      data: state.spec.dataFolder,
      log: home.log,
    };
    if (json) io.out(JSON.stringify(facts, null, 2));
    else
      for (const [name, value] of Object.entries(facts))
        if (value !== '' && value !== 0) io.out(`${`${label(name)}:`.padEnd(14)}${shown(name, value)}`);
    return running?.phase === 'ready' ? 0 : 3;
  },
});

const label = (name: string): string =>
  name
    .replace(/Bytes$/, '')
    .replace(/At$/, '')
    .replace(/^./, (letter) => letter.toUpperCase());

function shown(name: string, value: string | number | readonly string[]): string {
  if (typeof value === 'number' && name.endsWith('Bytes')) return `${(value / 1024 / 1024).toFixed(1)} MiB`;
  if (!Array.isArray(value)) return String(value);
  return value.length > 10 ? `${value.slice(0, 5).join(', ')} … ${value.at(-1)}, ${value.length} in all` : value.join(', ');
}
