import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { FlagError, parseFlags } from '../../codec/flags.ts';
import { commands } from './commands/all.ts';
import { CommandError, UsageError, type Command, type Io } from './command.ts';
import { commandHelp, overview } from './help.ts';

/** Runs one command line; resolves to its exit code. */
export async function runProgram(line: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupt.abort(signal));
  endQuietlyWhenNobodyReads();
  const io = terminalIo(interrupt.signal);
  const [first, ...rest] = line;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help')
    return help(first === 'help' ? rest[0] : undefined, io);
  const name = first === '--version' ? 'version' : first;
  const command = commands.find((one) => one.name === name);
  if (!command) return unknown(name, io);
  if (helpWanted(rest)) return help(name, io);
  try {
    return await run(command, rest, io);
  } catch (error) {
    return explain(command, error, io);
  }
}

function run(command: Command, words: readonly string[], io: Io): Promise<number> {
  const { flags, given, args } = parseFlags(command.flags, words);
  return command.run({ flags, given, args, io, commands });
}

function help(name: string | undefined, io: Io): number {
  if (name === undefined) {
    io.out(overview(commands));
    return 0;
  }
  const command = commands.find((one) => one.name === name);
  if (!command) return unknown(name, io);
  io.out(commandHelp(command));
  return 0;
}

function unknown(name: string, io: Io): number {
  io.err(`slipway: unknown command ${JSON.stringify(name)}. See 'slipway --help'.`);
  return 2;
}

function explain(command: Command, error: unknown, io: Io): number {
  io.err(`slipway ${command.name}: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof FlagError || error instanceof UsageError) {
    io.err(`See 'slipway ${command.name} --help'.`);
    return 2;
  }
  if (!(error instanceof CommandError) && io.environment['SLIPWAY_DEBUG'] && error instanceof Error) io.err(error.stack ?? '');
  return io.interrupted.aborted ? 130 : 1;
}

function helpWanted(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

/** `slipway logs | head` ends without a word when `head` has seen enough. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

function terminalIo(interrupted: AbortSignal): Io {
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
    program: programName(process.env),
    environment: process.env,
    homeFolder: homedir(),
    interrupted,
  };
}

/** The launcher of a checkout tells how it was called; npm, where it was called from. */
function programName(environment: NodeJS.ProcessEnv): string {
  const called = environment['SLIPWAY_COMMAND'];
  if (!called) return environment['npm_command'] === 'exec' ? 'npx slipway' : 'slipway';
  const from = environment['INIT_CWD'];
  return from && resolve(from) !== process.cwd() ? resolve(called) : called;
}
