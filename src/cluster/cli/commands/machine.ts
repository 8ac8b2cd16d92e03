import { askMachines, type MachineState } from '../../daemon/control-socket.ts';
import { CommandError, defineCommand, nameFlag, outputFlag, UsageError, wantsJson } from '../command.ts';
import { existingCluster } from '../existing-cluster.ts';

const actions = ['list', 'power-off', 'power-on'] as const;

export const machine = defineCommand({
  name: 'machine',
  summary: "List a running cluster's machines, or switch one off or on.",
  description:
    "Lists the machines on which a cluster's nodes run, or switches one of them off or on. Off is a power cut: its kubelet and everything on it stop at once and nobody is told; on is a boot. Machines that are off are on again when the cluster is started anew.",
  args: 'list | power-off NODE | power-on NODE',
  examples: ['slipway machine list', 'slipway machine power-off slipway-worker', 'slipway machine power-on slipway-worker'],
  flags: { name: nameFlag, output: outputFlag },
  completeArgs: () => actions,
  async run({ flags, args: [action, node, ...more], io }) {
    const json = wantsJson(flags.output);
    if (!actions.includes(action as (typeof actions)[number])) throw new UsageError(`say what to do: ${actions.join(', ')}`);
    if (more.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(more[0])}`);
    if ((action === 'list') === (node !== undefined))
      throw new UsageError(action === 'list' ? 'list takes no node' : `${action} needs a node`);
    const { home } = existingCluster(flags.name, io);
    const machines = await ask(home.controlSocket, action!, node);
    if (!machines)
      throw new CommandError(`cluster ${JSON.stringify(home.name)} does not run; 'slipway start --name ${home.name}' starts it`);
    if (json) io.out(JSON.stringify(machines, null, 2));
    else if (node === undefined) for (const line of table(machines)) io.out(line);
    else io.out(`Machine ${JSON.stringify(node)} is ${machines.find(({ name }) => name === node)!.power}.`);
    return 0;
  },
});

async function ask(socket: string, action: string, node: string | undefined): Promise<readonly MachineState[] | undefined> {
  try {
    return await askMachines(socket, node === undefined ? undefined : { name: node, power: action === 'power-on' ? 'on' : 'off' });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function table(machines: readonly MachineState[]): string[] {
  const width = Math.max(4, ...machines.map(({ name }) => name.length));
  return [`${'NAME'.padEnd(width)}   POWER`, ...machines.map(({ name, power }) => `${name.padEnd(width)}   ${power}`)];
}
