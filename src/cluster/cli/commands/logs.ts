import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { defineCommand, nameFlag, noArgs, type Io } from '../command.ts';
import { existingCluster } from '../existing-cluster.ts';

export const logs = defineCommand({
  name: 'logs',
  summary: "Print a cluster's log.",
  description: "Prints the log of a cluster's own parts (not of containers: that is 'kubectl logs').",
  args: '',
  examples: ['slipway logs --tail 50', 'slipway logs -f'],
  flags: {
    name: nameFlag,
    follow: { type: 'bool', shorthand: 'f', usage: 'Go on printing what is added.' },
    tail: { type: 'int', default: -1, usage: 'Print only so many `lines` of the end; all when negative.' },
  },
  async run({ flags, args, io }) {
    noArgs(args);
    const { home } = existingCluster(flags.name, io);
    const size = printTail(home.log, flags.tail, io);
    if (flags.follow) await follow(home.log, size, io);
    return 0;
  },
});

/** Returns how far it read. */
function printTail(path: string, lines: number, io: Io): number {
  if (!existsSync(path)) return 0;
  const bytes = readFileSync(path);
  const all = bytes.toString('utf8').split('\n').slice(0, -1);
  for (const line of lines < 0 ? all : lines === 0 ? [] : all.slice(-lines)) io.out(line);
  return bytes.length;
}

async function follow(path: string, from: number, io: Io): Promise<void> {
  let position = from;
  let rest = '';
  while (!io.interrupted.aborted) {
    const size = existsSync(path) ? statSync(path).size : 0;
    // Smaller than what was read: it was rotated, and begins anew.
    if (size < position) position = 0;
    if (size > position) {
      const buffer = Buffer.alloc(size - position);
      const file = openSync(path, 'r');
      position += readSync(file, buffer, 0, buffer.length, position);
      closeSync(file);
      const lines = (rest + buffer.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) io.out(line);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
