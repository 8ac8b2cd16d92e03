import { parseGoDuration } from '../../../src/codec/go-duration.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../arguments.ts';

const usage = 'cluster [workers=N] [seed=N] [start=TIME] [heartbeat=DURATION]';

/** Starts a cluster, in place of the one before; the answer is its nodes, as they are when it has started. */
export const cluster: Command = {
  name: 'cluster',
  usage,
  async run(session, given, _input, print) {
    const options = new Map(given.words.map((word) => [word.split('=')[0], word.slice(word.indexOf('=') + 1)]));
    for (const name of options.keys())
      if (!['workers', 'seed', 'start', 'heartbeat'].includes(name!)) throw new UsageError(`usage: ${usage}`);
    const start = options.get('start');
    const heartbeat = options.get('heartbeat');
    await session.start({
      workers: Number(options.get('workers') ?? 2),
      seed: Number(options.get('seed') ?? 1),
      ...(start !== undefined && { startMs: Date.parse(start) }),
      ...(heartbeat !== undefined && { heartbeatMs: parseGoDuration(heartbeat) }),
    });
    print(session.plane.nodes.names.join(' '));
  },
};
