import { parseYaml } from '../../../src/codec/yaml.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';

export const patch: Command = {
  name: 'patch',
  usage: 'patch KIND/NAME [-n NAMESPACE], and a strategic merge patch on the next lines',
  flags: namespaceFlags,
  async run(session, given, input, print) {
    const { kind, name } = targetOf(given.one());
    const at = { namespace: kind.namespaced ? namespaceOf(given) : undefined, name };
    const before = await session.client.get(kind, at);
    const after = await session.client.patch(kind, at, 'strategic', parseYaml(input), { fieldManager: 'kubectl-patch' });
    const same = before.metadata.resourceVersion === after.metadata.resourceVersion;
    print(`${nameWithKind(kind, name)} patched${same ? ' (no change)' : ''}`);
  },
};
