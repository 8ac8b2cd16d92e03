import type { KubeObject } from '../../../src/api/meta.ts';
import { refOf } from '../../../src/client/typed-client.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';

interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

export const scale: Command = {
  name: 'scale',
  usage: 'scale KIND/NAME REPLICAS [-n NAMESPACE]',
  flags: namespaceFlags,
  async run(session, given, _input, print) {
    const [target, replicas] = given.two();
    const { kind, name } = targetOf(target);
    const ref = { ...refOf(kind, { namespace: namespaceOf(given), name }), subresource: 'scale' };
    const found = await session.client.getSub<Scale>(ref);
    await session.client.updateSub(ref, { ...found, spec: { ...found.spec, replicas: Number(replicas) } } as Scale);
    print(`${nameWithKind(kind, name)} scaled`);
  },
};
