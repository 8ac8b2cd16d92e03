import { UsageError } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';

export const setImage: Command = {
  name: 'set-image',
  usage: 'set-image KIND/NAME CONTAINER=IMAGE [-n NAMESPACE]',
  flags: namespaceFlags,
  async run(session, given, _input, print) {
    const [target, assignment] = given.two();
    const { kind, name } = targetOf(target);
    const [container, image] = assignment.split(/=(.*)/s);
    if (!container || !image) throw new UsageError(`usage: ${setImage.usage}`);
    const spec = { template: { spec: { containers: [{ name: container, image }] } } };
    await session.client.patch(kind, { namespace: namespaceOf(given), name }, 'strategic', { spec }, { fieldManager: 'kubectl-set' });
    print(`${nameWithKind(kind, name)} image updated`);
  },
};
