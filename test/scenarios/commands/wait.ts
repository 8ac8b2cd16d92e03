import { isNotFound } from '../../../src/api/errors.ts';
import type { Kind } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { findResults, parseJsonPath, resultText } from '../../../src/codec/jsonpath/json-path.ts';
import { UsageError } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { nameWithKind, targetOf } from '../kinds.ts';

/** `kubectl wait`, and how long it took. */
export const wait: Command = {
  name: 'wait',
  usage: 'wait KIND/NAME --for=condition=TYPE[=STATUS]|delete|jsonpath={…}=VALUE [--timeout=30s] [-n NAMESPACE]',
  flags: { ...namespaceFlags, '--for': 'value', '--timeout': 'value' },
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    const holds = goalOf(given.flag('--for') ?? '', kind);
    const at = { namespace: kind.namespaced ? namespaceOf(given) : undefined, name };
    const find = () =>
      session.client.get(kind, at).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
        return undefined;
      });
    const endMs = session.now() + given.durationMs('--timeout', 30_000);
    await session.plane.clock.settle();
    while (!holds(await find())) {
      if (session.now() >= endMs)
        return print(`error: timed out waiting for the condition on ${nameWithKind(kind, name).replace(/^(.*)\//, `${kind.plural}/`)}`);
      await session.plane.clock.advance(50);
    }
    print(`${nameWithKind(kind, name)} condition met`);
  },
};

function goalOf(text: string, kind: Kind): (object: KubeObject | undefined) => boolean {
  const [, what, first = '', value] = /^(condition|delete|jsonpath)(?:=(\{.*\}|[^=]+))?(?:=(.*))?$/s.exec(text) ?? [];
  if (what === 'delete') return (object) => object === undefined;
  if (what === 'jsonpath') {
    const path = parseJsonPath(first);
    return (object) =>
      object !== undefined && findResults(path, object, { allowMissingKeys: true }).flat().map(resultText).join(' ') === value;
  }
  if (what !== 'condition' || first === '') throw new UsageError(`unrecognized condition: "${text}" for ${kind.plural}`);
  return (object: Conditioned | undefined) => {
    const { conditions = [] } = object?.status ?? {};
    return conditions.some(({ type, status }) => type.toLowerCase() === first.toLowerCase() && status === (value ?? 'True'));
  };
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
