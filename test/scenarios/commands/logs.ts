import { text } from '../../../src/codec/bytes.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { refOf } from '../../../src/client/typed-client.ts';
import { clients } from '../../../src/cluster/pki.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';

export const logs: Command = {
  name: 'logs',
  usage: 'logs POD [-c CONTAINER] [-n NAMESPACE] [--previous]',
  flags: { ...namespaceFlags, '-c': 'value', '--previous': 'switch' },
  async run(session, given, _input, print) {
    const query = new Map<string, string[]>();
    const container = given.flag('-c');
    if (container) query.set('container', [container]);
    if (given.has('--previous')) query.set('previous', ['true']);
    const result = await session.plane.api.call({
      credentials: { by: 'identity', user: { name: clients.superAdmin.name, groups: clients.superAdmin.groups } },
      verb: 'get',
      resource: { ...refOf(Pod, { namespace: namespaceOf(given), name: given.one() }), subresource: 'log' },
      options: { query },
    });
    if (result.type !== 'bytes') throw new Error(`logs came as a ${result.type}`);
    if (result.body instanceof Uint8Array) return print(text(result.body));
    const parts: string[] = [];
    for await (const part of result.body) parts.push(text(part));
    print(parts.join(''));
  },
};
