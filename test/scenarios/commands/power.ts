import { UsageError } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Session } from '../session.ts';

export const powerOff: Command = {
  name: 'power-off',
  usage: 'power-off NODE',
  run: async (session, given) => nodeNamed(session, given.one()).powerOff(),
};

export const powerOn: Command = {
  name: 'power-on',
  usage: 'power-on NODE',
  run: async (session, given) => session.during(nodeNamed(session, given.one()).powerOn()),
};

function nodeNamed({ plane }: Session, name: string) {
  if (!plane.nodes.names.includes(name)) throw new UsageError(`there is no simulated node "${name}"`);
  return plane.nodes.node(name);
}
