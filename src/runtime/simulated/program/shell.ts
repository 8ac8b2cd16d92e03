import type { Clock } from '../../../base/clock.ts';
import type { Rng } from '../../../base/rng.ts';
import { commandOf } from './commands.ts';
import type { Program, Step, Stream } from './effects.ts';
import { fieldsOf, textOf } from './expansion.ts';
import { LoopJump, ShellExit } from './jumps.ts';
import { parseShell, ShellSyntaxError, type Command, type Redirect } from './shell-syntax.ts';

/** Where a command's output goes, and what it reads. */
export interface Io {
  readonly stdin: string;
  readonly out: Sink;
  readonly err: Sink;
}

export type Sink =
  | { readonly to: Stream }
  | { readonly to: 'text'; readonly chunks: string[] }
  | { readonly to: 'file'; readonly path: string }
  | { readonly to: 'nothing' };

export interface ShellOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly hostname: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly workingDir: string;
  /** May an unknown command be a server? Those that probes and hooks run are none. */
  readonly mayServe: boolean;
  /** Told of a signal that a command sends to the container's first process. */
  readonly onKill?: (signal: string) => void;
}

const consoleIo: Io = { stdin: '', out: { to: 'stdout' }, err: { to: 'stderr' } };

/** A round of a loop in which no time passes takes so long: real ones burn a core, ours would never let the clock go on. */
const idleRoundMs = 1000;

/**
 * Interprets commands. Of a command that it does not know it takes that it succeeds at once; but as the
 * last thing that a script has to do (`isLast`), it is a server, and goes on until it is told to end.
 */
export class Shell {
  readonly options: ShellOptions;
  readonly variables: Map<string, string>;
  /** By signal, what is run; '' for nothing. */
  readonly traps = new Map<string, string>();
  folder: string;
  status = 0;
  /** `set -e`: a command that fails ends the script, unless somebody looks at how it ended. */
  endsAtFailure = false;
  #lookers = 0;
  /** What signals go to while it runs in front. */
  #inner: Shell | undefined;
  #signal: string | undefined;

  constructor(options: ShellOptions) {
    this.options = options;
    this.variables = new Map(options.variables);
    this.folder = options.workingDir;
  }

  /** The shell as a program: ends with its last command's status, or at `exit`. */
  *program(command: Command, io = consoleIo, isLast = true): Program {
    try {
      return yield* this.run(command, io, isLast);
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      if (error instanceof LoopJump) return 0;
      throw error;
    }
  }

  /** One command with its arguments, as a container names it. */
  *argvProgram(argv: readonly string[], io = consoleIo): Program {
    try {
      return yield* this.runArgv(argv, io, true);
    } catch (error) {
      if (error instanceof ShellExit) return error.status;
      throw error;
    }
  }

  /** Is told of a signal; false where nothing is set up for it. What is set up runs when what is under way ends. */
  signal(signal: string): boolean {
    if (this.#inner) return this.#inner.signal(signal);
    if (!this.traps.has(signal)) return false;
    this.#signal = signal;
    return true;
  }

  *run(command: Command, io: Io, isLast: boolean): Program {
    this.status = yield* this.#run(command, io, isLast);
    return this.status;
  }

  *#run(command: Command, io: Io, isLast: boolean): Program {
    switch (command.type) {
      case 'simple':
        return yield* this.#simple(command, io, isLast);
      case 'list':
        return yield* this.#list(command, io, isLast);
      case 'and':
      case 'or': {
        const left = yield* this.#condition(command.left, io);
        return (left === 0) === (command.type === 'and') ? yield* this.run(command.right, io, isLast) : left;
      }
      case 'not':
        return (yield* this.#condition(command.command, io)) === 0 ? 1 : 0;
      case 'pipe':
        return yield* this.#pipe(command.commands, io, isLast);
      case 'loop':
        return yield* this.#loop(command, io);
      case 'for':
        return yield* this.#for(command, io);
      case 'if':
        return yield* this.#if(command, io, isLast);
      case 'group':
        return yield* this.#group(command, io, isLast);
    }
  }

  /** Lets time pass, and then does what a signal has asked for meanwhile. */
  *sleep(ms: number): Step<undefined> {
    yield { type: 'sleep', ms };
    yield* this.#heedSignal();
  }

  /** Waits for all that runs in the background. */
  *join(): Step<undefined> {
    yield { type: 'join' };
    yield* this.#heedSignal();
  }

  *print({ out }: Pick<Io, 'out'>, text: string): Step<undefined> {
    if (text === '' || out.to === 'nothing') return;
    if (out.to === 'text') out.chunks.push(text);
    else if (out.to === 'file') yield { type: 'write', path: out.path, text, append: true };
    else yield { type: 'print', stream: out.to, text };
  }

  *complain({ err }: Pick<Io, 'err'>, text: string): Step<undefined> {
    yield* this.print({ out: err }, `${text}\n`);
  }

  /** Relative to the folder that the shell is in. */
  pathOf(path: string): string {
    const parts: string[] = [];
    for (const part of (path.startsWith('/') ? path : `${this.folder}/${path}`).split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return `/${parts.join('/')}`;
  }

  *runArgv(argv: readonly string[], io: Io, isLast: boolean): Program {
    const [name = '', ...args] = argv;
    const known = commandOf(name, args);
    if (known) {
      const ran = known(args, { shell: this, io, isLast });
      return typeof ran === 'number' ? ran : yield* ran;
    }
    yield* this.serve(isLast);
    return 0;
  }

  /** Becomes a server, where it is the last thing to do. */
  *serve(isLast: boolean): Step<undefined> {
    if (isLast && this.options.mayServe) yield { type: 'serve' };
  }

  /** Runs a script in a shell of its own. One that is not understood is as good as an unknown command. */
  *script(source: string, args: readonly string[], io: Io, isLast: boolean, endsAtFailure = false): Program {
    const inner = new Shell({ ...this.options, variables: this.variables, workingDir: this.folder });
    inner.endsAtFailure = endsAtFailure;
    for (const [i, arg] of args.entries()) inner.variables.set(String(i), arg);
    let command: Command;
    try {
      command = parseShell(source);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      yield* this.serve(isLast);
      return 0;
    }
    this.#inner = inner;
    const status = yield* inner.program(command, io, isLast);
    this.#inner = undefined;
    return status;
  }

  *#heedSignal(): Step<undefined> {
    const signal = this.#signal;
    if (signal === undefined) return;
    this.#signal = undefined;
    yield* this.run(parseShell(this.traps.get(signal) ?? ''), consoleIo, false);
  }

  /** A command whose failure is an answer. */
  *#condition(command: Command, io: Io): Program {
    this.#lookers++;
    const status = yield* this.run(command, io, false);
    this.#lookers--;
    return status;
  }

  *#list({ items }: Extract<Command, { type: 'list' }>, io: Io, isLast: boolean): Program {
    let status = 0;
    for (const [i, { command, inBackground }] of items.entries()) {
      if (inBackground) yield { type: 'spawn', program: this.#copy().program(command, io, true) };
      status = inBackground ? 0 : yield* this.run(command, io, isLast && i === items.length - 1);
      if (status !== 0 && this.endsAtFailure && this.#lookers === 0 && !looksItself.has(command.type)) throw new ShellExit(status);
    }
    return status;
  }

  *#simple({ assignments, words, redirects }: Extract<Command, { type: 'simple' }>, io: Io, isLast: boolean): Program {
    const argv: string[] = [];
    for (const word of words) argv.push(...(yield* fieldsOf(word, this)));
    for (const { name, value } of assignments) this.variables.set(name, yield* textOf(value, this));
    const redirected = yield* this.#redirected(redirects, io);
    if (!redirected) return 1;
    return argv.length === 0 ? 0 : yield* this.runArgv(argv, redirected, isLast);
  }

  *#pipe(commands: readonly Command[], io: Io, isLast: boolean): Program {
    let stdin = io.stdin;
    let status = 0;
    for (const [i, command] of commands.entries()) {
      const chunks: string[] = [];
      const isEnd = i === commands.length - 1;
      status = yield* this.run(command, { stdin, out: isEnd ? io.out : { to: 'text', chunks }, err: io.err }, isLast);
      stdin = chunks.join('');
    }
    return status;
  }

  *#loop({ until, condition, body, redirects }: Extract<Command, { type: 'loop' }>, io: Io): Program {
    const redirected = yield* this.#redirected(redirects, io);
    if (!redirected) return 1;
    let status = 0;
    for (;;) {
      const beganMs = this.options.clock.monotonic();
      if (((yield* this.#condition(condition, redirected)) === 0) === until) return status;
      const left = yield* this.#round(body, redirected);
      if (left) return 0;
      status = this.status;
      if (this.options.clock.monotonic() - beganMs < 1) yield* this.sleep(idleRoundMs);
    }
  }

  *#for({ name, words, body, redirects }: Extract<Command, { type: 'for' }>, io: Io): Program {
    const redirected = yield* this.#redirected(redirects, io);
    if (!redirected) return 1;
    for (const word of words)
      for (const value of yield* fieldsOf(word, this)) {
        this.variables.set(name, value);
        if (yield* this.#round(body, redirected)) return 0;
      }
    return this.status;
  }

  /** One round of a loop; true when it was left. */
  *#round(body: Command, io: Io): Step<boolean> {
    try {
      yield* this.run(body, io, false);
      return false;
    } catch (error) {
      if (error instanceof LoopJump) return error.leaves;
      throw error;
    }
  }

  *#if({ branches, otherwise, redirects }: Extract<Command, { type: 'if' }>, io: Io, isLast: boolean): Program {
    const redirected = yield* this.#redirected(redirects, io);
    if (!redirected) return 1;
    for (const { condition, body } of branches)
      if ((yield* this.#condition(condition, redirected)) === 0) return yield* this.run(body, redirected, isLast);
    return otherwise ? yield* this.run(otherwise, redirected, isLast) : 0;
  }

  *#group({ body, isSubshell, redirects }: Extract<Command, { type: 'group' }>, io: Io, isLast: boolean): Program {
    const redirected = yield* this.#redirected(redirects, io);
    if (!redirected) return 1;
    return isSubshell ? yield* this.#copy().program(body, redirected, isLast) : yield* this.run(body, redirected, isLast);
  }

  #copy(): Shell {
    return new Shell({ ...this.options, variables: this.variables, workingDir: this.folder });
  }

  /** undefined where a file is not there. */
  *#redirected(redirects: readonly Redirect[], io: Io): Step<Io | undefined> {
    let { stdin, out, err } = io;
    for (const { from, to } of redirects) {
      if (typeof to === 'string') {
        if (from === 'stderr') err = to === 'stdout' ? out : err;
        else out = to === 'stderr' ? err : out;
        continue;
      }
      const path = this.pathOf(yield* textOf(to.file, this));
      if (from === 'stdin') {
        const read = path === '/dev/null' ? '' : yield { type: 'read', path };
        if (read === undefined) {
          yield* this.complain(io, `sh: can't open ${path}: no such file`);
          return undefined;
        }
        stdin = read;
        continue;
      }
      const sink: Sink = devices[path] ?? { to: 'file', path };
      if (sink.to === 'file' && !to.append) yield { type: 'write', path, text: '', append: false };
      if (from !== 'stderr') out = sink;
      if (from !== 'stdout') err = sink;
    }
    return { stdin, out, err };
  }

  /** What `$name` stands for; undefined where it is not set, or empty. */
  variable(name: string): string | undefined {
    if (name === '?') return String(this.status);
    if (name === '$') return '1';
    if (name === 'RANDOM') return String(this.options.rng.below(32_768));
    if (name === 'HOSTNAME') return this.options.hostname;
    const value = this.variables.get(name);
    return value === '' ? undefined : value;
  }
}

/** Whether these fail does not end a script: somebody has looked at a part of them. */
const looksItself: ReadonlySet<Command['type']> = new Set(['and', 'or', 'not']);

const devices: Readonly<Record<string, Sink>> = {
  '/dev/null': { to: 'nothing' },
  '/dev/stdout': { to: 'stdout' },
  '/dev/stderr': { to: 'stderr' },
  '/proc/1/fd/1': { to: 'stdout' },
  '/proc/1/fd/2': { to: 'stderr' },
};
