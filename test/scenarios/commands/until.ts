import type { Pod as PodType } from '../../../src/api/generated/core/v1.ts';
import { humanDuration } from '../../../src/api/kind.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { isReady } from '../../../src/api/pods/pod-state.ts';
import { UsageError } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';

const states: Readonly<Record<string, (pod: PodType) => boolean>> = {
  ready: isReady,
  there: () => true,
  running: ({ status }) => status.phase === 'Running',
  pending: ({ status }) => status.phase === 'Pending',
  succeeded: ({ status }) => status.phase === 'Succeeded',
  failed: ({ status }) => status.phase === 'Failed',
};

/** Lets time pass until so many pods of a selector are in a state; says how long it took. */
export const until: Command = {
  name: 'until pods',
  usage: `until pods ${Object.keys(states).join('|')} SELECTOR COUNT [-n NAMESPACE] [--within=5m]`,
  flags: { ...namespaceFlags, '--within': 'value' },
  async run(session, given, _input, print) {
    const [state = '', labelSelector = '', wanted = ''] = given.words;
    const holds = states[state];
    if (!holds || given.words.length !== 3) throw new UsageError(`usage: ${until.usage}`);
    const count = async () => {
      const { items } = await session.client.list<PodType>(Pod, { namespace: namespaceOf(given) }, { labelSelector });
      return items.filter(holds).length;
    };
    const startMs = session.now();
    const endMs = startMs + given.durationMs('--within', 300_000);
    await session.plane.clock.settle();
    let found = await count();
    while (found !== Number(wanted) && session.now() < endMs) {
      await session.plane.clock.advance(50);
      found = await count();
    }
    const elapsed = humanDuration(session.now() - startMs);
    print(found === Number(wanted) ? `after ${elapsed}` : `after ${elapsed} there are still ${found}`);
  },
};
