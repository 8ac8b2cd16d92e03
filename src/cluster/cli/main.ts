#!/usr/bin/env node
import { homedir } from 'node:os';
import { FlagError, parseFlags } from '../../codec/flags.ts';
import { commands } from './commands/all.ts';
import { CommandError, UsageError, type Io } from './command.ts';
import { commandHelp, overview } from './help.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort(signal));

process.exitCode = await main(process.argv.slice(2), terminalIo());

/** Runs one command line; resolves to its exit code. */
async function main(line: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = line;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const asked = first === 'help' ? commands.find((command) => command.name === rest[0]) : undefined;
    io.out(asked ? commandHelp(asked) : overview(commands));
    return 0;
  }
  const command = commands.find((one) => one.name === first);
  if (!command) {
    io.err(`slipway: unknown command ${JSON.stringify(first)}. See 'slipway --help'.`);
    return 2;
  }
  if (helpWanted(rest)) {
    io.out(commandHelp(command));
    return 0;
  }
  try {
    const { flags, given, args } = parseFlags(command.flags, rest);
    return await command.run({ flags, given, args, io, commands });
  } catch (error) {
    if (error instanceof FlagError || error instanceof UsageError) {
      io.err(`slipway ${command.name}: ${error.message}`);
      io.err(`See 'slipway ${command.name} --help'.`);
      return 2;
    }
    io.err(`slipway ${command.name}: ${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof CommandError) && io.environment['SLIPWAY_DEBUG'] && error instanceof Error) io.err(error.stack ?? '');
    return 1;
  }
}

function helpWanted(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function terminalIo(): Io {
  const live = process.stderr.isTTY;
  let shown = false;
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[2K');
    shown = false;
  };
  return {
    out: (line) => {
      clear();
      process.stdout.write(`${line}\n`);
    },
    err: (line) => {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress: (step) => {
      if (!live) return;
      clear();
      process.stderr.write(` • ${step} …`);
      shown = true;
    },
    environment: process.env,
    homeFolder: homedir(),
    interrupted: interrupt.signal,
  };
}
