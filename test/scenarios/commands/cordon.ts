import { Node } from '../../../src/api/kinds/core/node.ts';
import type { Command, Print } from '../command.ts';
import type { Session } from '../session.ts';

export const cordon: Command = {
  name: 'cordon',
  usage: 'cordon NODE',
  run: (session, given, _input, print) => setUnschedulable(session, given.one(), true, print),
};

export const uncordon: Command = {
  name: 'uncordon',
  usage: 'uncordon NODE',
  run: (session, given, _input, print) => setUnschedulable(session, given.one(), false, print),
};

export async function setUnschedulable({ client }: Session, name: string, unschedulable: boolean, print: Print): Promise<void> {
  const done = unschedulable ? 'cordoned' : 'uncordoned';
  const node = await client.get(Node, { name });
  if ((node.spec.unschedulable ?? false) === unschedulable) return print(`node/${name} already ${done}`);
  await client.patch(Node, { name }, 'merge', { spec: { unschedulable: unschedulable || null } });
  print(`node/${name} ${done}`);
}
