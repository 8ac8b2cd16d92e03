import { UsageError, type Arguments } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command, type Print } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';
import type { Session } from '../session.ts';

export const annotate: Command = {
  name: 'annotate',
  usage: 'annotate KIND/NAME KEY=VALUE|KEY- [-n NAMESPACE]',
  flags: namespaceFlags,
  run: (session, given, _input, print) => setPair(session, given, print, 'annotations', 'annotated'),
};

export const label: Command = {
  name: 'label',
  usage: 'label KIND/NAME KEY=VALUE|KEY- [-n NAMESPACE]',
  flags: namespaceFlags,
  run: (session, given, _input, print) => setPair(session, given, print, 'labels', 'labeled'),
};

async function setPair(session: Session, given: Arguments, print: Print, field: 'annotations' | 'labels', done: string): Promise<void> {
  const [target, pair] = given.two();
  const { kind, name } = targetOf(target);
  const [, key, value] = /^([^=]+?)(?:-|=(.*))$/s.exec(pair) ?? [];
  if (!key) throw new UsageError(`error: "${pair}" is neither KEY=VALUE nor KEY-`);
  const at = { namespace: kind.namespaced ? namespaceOf(given) : undefined, name };
  await session.client.patch(kind, at, 'merge', { metadata: { [field]: { [key]: value ?? null } } });
  print(`${nameWithKind(kind, name)} ${value === undefined && field === 'labels' ? 'unlabeled' : done}`);
}
