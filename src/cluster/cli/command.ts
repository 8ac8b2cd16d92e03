import type { FlagSpecs, FlagValues } from '../../codec/flags.ts';

/** One command of `slipway`. */
export interface Command<S extends FlagSpecs = FlagSpecs> {
  readonly name: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** What it does, in full, for its own `--help`. */
  readonly description: string;
  /** How its arguments look in the usage line; '' for none. */
  readonly args: string;
  readonly examples: readonly string[];
  readonly flags: S;
  /** Not listed. */
  readonly hidden?: boolean;
  /** What completion offers for its arguments. */
  readonly completeArgs?: () => readonly string[];
  /** Resolves to the exit code. Rejects with `UsageError` for what the caller got wrong. */
  run(invocation: Invocation<S>): Promise<number>;
}

export interface Invocation<S extends FlagSpecs = FlagSpecs> {
  readonly flags: FlagValues<S>;
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly io: Io;
  /** All there are. */
  readonly commands: readonly Command[];
}

/** The outside as a command sees it. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** A step that is under way, shown on a terminal until the next one or a line comes. */
  readonly progress: (step: string) => void;
  /** How the program was called, for telling what to type next: `./slipway`, `npx slipway`. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly homeFolder: string;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
}

/** The command line makes no sense; the message says what to write instead. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command could not do its work; the message is for the person. Exit code 1. */
export class CommandError extends Error {
  override name = 'CommandError';
}

export const defineCommand = <const S extends FlagSpecs>(command: Command<S>): Command => command;

/** Flags that several commands have. */
export const nameFlag = { type: 'string', default: 'slipway', usage: "The cluster's `name`." } as const;
export const outputFlag = {
  type: 'string',
  shorthand: 'o',
  default: 'text',
  choices: ['text', 'json'],
  usage: 'Output `format`: text or json.',
} as const;

export function wantsJson(output: string): boolean {
  if (output !== 'text' && output !== 'json') throw new UsageError(`--output must be text or json, not ${JSON.stringify(output)}`);
  return output === 'json';
}

export function noArgs(args: readonly string[]): void {
  if (args.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(args[0])}`);
}
