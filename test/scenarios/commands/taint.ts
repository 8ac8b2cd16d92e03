import type { Taint } from '../../../src/api/generated/core/v1.ts';
import { Node } from '../../../src/api/kinds/core/node.ts';
import { UsageError } from '../arguments.ts';
import type { Command } from '../command.ts';

/** `key=value:Effect` sets a taint, `key:Effect-` and `key-` take away. */
export const taint: Command = {
  name: 'taint',
  usage: 'taint NODE KEY[=VALUE]:EFFECT | KEY[:EFFECT]-',
  async run({ client }, given, _input, print) {
    const [name, text] = given.two();
    const { taints = [] } = (await client.get(Node, { name })).spec;
    const away = text.endsWith('-');
    const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?(?::([A-Za-z]+))?$/.exec(away ? text.slice(0, -1) : text) ?? [];
    if (!key || (!away && !effect)) throw new UsageError(`usage: ${taint.usage}`);
    const left: readonly Taint[] = taints.filter((one) => one.key !== key || (effect !== undefined && one.effect !== effect));
    const added: Taint[] = away ? [] : [{ key, effect: effect as Taint['effect'], ...(value !== undefined && { value }) }];
    await client.patch(Node, { name }, 'merge', { spec: { taints: [...left, ...added] } });
    print(`node/${name} ${away ? 'untainted' : 'tainted'}`);
  },
};
