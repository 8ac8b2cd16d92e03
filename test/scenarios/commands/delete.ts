import { isNotFound } from '../../../src/api/errors.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { UsageError } from '../arguments.ts';
import { nameWithKind, targetOf } from '../kinds.ts';

const cascades: Readonly<Record<string, string>> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' };

/** Deletes and waits until it is gone, as kubectl does. */
export const deletion: Command = {
  name: 'delete',
  usage: 'delete KIND/NAME [-n NAMESPACE] [--cascade=background|foreground|orphan] [--grace-period=SECONDS] [--wait=false]',
  flags: { ...namespaceFlags, '--cascade': 'value', '--grace-period': 'value', '--wait': 'switch' },
  background: true,
  async run(session, given, _input, print) {
    const { kind, name } = targetOf(given.one());
    const at = { namespace: kind.namespaced ? namespaceOf(given) : undefined, name };
    const cascade = given.flag('--cascade') ?? 'background';
    const propagationPolicy = cascades[cascade];
    if (!propagationPolicy) throw new UsageError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
    const grace = given.flag('--grace-period');
    const { metadata } = await session.client.get(kind, at);
    await session.client.delete(kind, at, { propagationPolicy, ...(grace !== undefined && { gracePeriodSeconds: Number(grace) }) });
    const [type, shortName] = nameWithKind(kind, name).split('/');
    print(`${type} "${shortName}" deleted${kind.namespaced ? ` from ${at.namespace} namespace` : ''}`);
    if (given.flag('--wait') === 'false') return;
    const gone = async () => {
      for (;;) {
        const found = await session.client.get(kind, at).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
        if (found?.metadata.uid !== metadata.uid) return;
        await session.sleep(50);
      }
    };
    await session.during(gone());
  },
};
