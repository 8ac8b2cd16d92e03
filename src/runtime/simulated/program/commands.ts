import { dateText } from './date-text.ts';
import type { Program } from './effects.ts';
import { LoopJump, ShellExit } from './jumps.ts';
import type { Io, Shell } from './shell.ts';
import { testHolds } from './test-command.ts';

export interface CommandContext {
  readonly shell: Shell;
  readonly io: Io;
  /** The last thing that its script has to do. */
  readonly isLast: boolean;
}

/** A program, or the exit code of what is done at once. */
export type KnownCommand = (args: readonly string[], context: CommandContext) => Program | number;

/** The command of that name, by whatever path; undefined for one that nobody knows. */
export function commandOf(path: string, args: readonly string[]): KnownCommand | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (Object.hasOwn(commands, name)) return commands[name];
  return tools.has(name) || isQuestion(args) || (interpreters.has(name) && args.some((arg) => /^-[A-Za-z]*[ce]$/.test(arg)))
    ? succeed
    : undefined;
}

const succeed: KnownCommand = () => 0;

/** `nginx -v`: whoever asks does not serve. */
const isQuestion = (args: readonly string[]): boolean =>
  args.length === 1 && /^(-v|-V|-t|-h|--version|--help|version|help)$/.test(args[0]!);

/** What does something and ends. It succeeds at once, in silence. */
const tools: ReadonlySet<string> = new Set(
  (
    'apk apt apt-get awk base64 chmod chown chgrp cp curl cut df dig dnf du find free git grep gunzip gzip head host id ip ' +
    'iptables kubectl ln md5sum mkdir mount mongo mongosh mv mysql mysqladmin mysqldump netstat nslookup openssl pg_dump pg_isready pip ' +
    'pip3 ps psql redis-cli rmdir rsync sed sha256sum sort stat sync sysctl tar telnet top tr umount uname uniq unlink wc wget which whoami xargs yum'
  ).split(' '),
);

/** Serve when they are given a program, and end when they are given a line of one. */
const interpreters: ReadonlySet<string> = new Set(['node', 'perl', 'php', 'python', 'python2', 'python3', 'ruby']);

const commands: Readonly<Record<string, KnownCommand>> = {
  true: succeed,
  ':': succeed,
  false() {
    return 1;
  },
  exit([status], { shell }) {
    throw new ShellExit(status === undefined ? shell.status : (Number(status) || 0) & 255);
  },
  break() {
    throw new LoopJump(true);
  },
  continue() {
    throw new LoopJump(false);
  },
  *echo(args, { shell, io }) {
    const flags = /^-[neE]+$/.test(args[0] ?? '') ? args[0]! : '';
    const line = (flags === '' ? args : args.slice(1)).join(' ');
    yield* shell.print(io, (flags.includes('e') ? unescaped(line) : line) + (flags.includes('n') ? '' : '\n'));
    return 0;
  },
  *printf([format = '', ...args], { shell, io }) {
    yield* shell.print(io, formatted(unescaped(format), args));
    return 0;
  },
  *sleep(args, { shell, io }) {
    const ms = args.map(sleepMs);
    const bad = args[ms.findIndex(Number.isNaN)] ?? (args.length === 0 ? '' : undefined);
    if (bad !== undefined) {
      const what = bad === '' ? 'missing operand' : bad.startsWith('-') ? `unrecognized option '${bad}'` : `invalid time interval '${bad}'`;
      yield* shell.complain(io, `sleep: ${what}\nTry 'sleep --help' for more information.`);
      return 1;
    }
    yield* shell.sleep(ms.reduce((sum, one) => sum + one, 0));
    return 0;
  },
  *date(args, { shell, io }) {
    const format = args.find((arg) => arg.startsWith('+'))?.slice(1);
    const iso = args.some((arg) => arg.startsWith('-I') || arg.startsWith('--iso')) ? '%Y-%m-%dT%H:%M:%S+00:00' : undefined;
    yield* shell.print(io, `${dateText(shell.options.clock.now(), format ?? iso)}\n`);
    return 0;
  },
  *cat(args, { shell, io }) {
    let status = 0;
    if (args.length === 0) yield* shell.print(io, io.stdin);
    for (const path of args) {
      const read = yield { type: 'read', path: shell.pathOf(path) };
      if (read !== undefined) yield* shell.print(io, read);
      else yield* shell.complain(io, `cat: can't open '${path}': No such file or directory`);
      if (read === undefined) status = 1;
    }
    return status;
  },
  *ls(args, { shell, io }) {
    let status = 0;
    const paths = args.filter((arg) => !arg.startsWith('-'));
    for (const path of paths.length === 0 ? ['.'] : paths) {
      const at = shell.pathOf(path);
      const names = yield { type: 'list', path: at };
      const isFile = names === undefined && (yield { type: 'read', path: at }) !== undefined;
      if (names !== undefined || isFile) yield* shell.print(io, names ?? `${path}\n`);
      else yield* shell.complain(io, `ls: ${path}: No such file or directory`);
      if (names === undefined && !isFile) status = 1;
    }
    return status;
  },
  *touch(args, { shell }) {
    for (const path of args.filter((arg) => !arg.startsWith('-')))
      yield { type: 'write', path: shell.pathOf(path), text: '', append: true };
    return 0;
  },
  *rm(args, { shell, io }) {
    const isForced = args.some((arg) => /^-[a-zA-Z]*f/.test(arg));
    let status = 0;
    for (const path of args.filter((arg) => !arg.startsWith('-'))) {
      const removed = yield { type: 'remove', path: shell.pathOf(path) };
      if (removed !== undefined || isForced) continue;
      yield* shell.complain(io, `rm: can't remove '${path}': No such file or directory`);
      status = 1;
    }
    return status;
  },
  *tee(args, { shell, io }) {
    const append = args.includes('-a');
    for (const path of args.filter((arg) => !arg.startsWith('-')))
      yield { type: 'write', path: shell.pathOf(path), text: io.stdin, append };
    yield* shell.print(io, io.stdin);
    return 0;
  },
  *tail(args, { io, shell, isLast }) {
    if (args.some((arg) => /^-[0-9a-z]*[fF]/.test(arg))) yield* shell.serve(isLast);
    yield* shell.print(io, io.stdin);
    return 0;
  },
  *seq(args, { shell, io }) {
    const numbers = args.map(Number);
    const [from, step, to] = numbers.length > 2 ? numbers : [numbers.length > 1 ? numbers[0]! : 1, 1, numbers.at(-1) ?? 0];
    if (numbers.some(Number.isNaN) || step === 0) return 1;
    const count = Math.min(Math.max(0, Math.floor((to! - from!) / step!) + 1), longestSequence);
    yield* shell.print(io, Array.from({ length: count }, (_, i) => `${from! + i * step!}\n`).join(''));
    return 0;
  },
  env: (_args, { shell, io }) => printEnvironment(shell, io),
  *printenv(args, context) {
    const { shell, io } = context;
    if (args.length === 0) return yield* printEnvironment(shell, io);
    const values = args.map((name) => shell.variables.get(name));
    yield* shell.print(io, values.map((value) => (value === undefined ? '' : `${value}\n`)).join(''));
    return values.includes(undefined) ? 1 : 0;
  },
  *hostname(_args, { shell, io }) {
    yield* shell.print(io, `${shell.options.hostname}\n`);
    return 0;
  },
  *pwd(_args, { shell, io }) {
    yield* shell.print(io, `${shell.folder}\n`);
    return 0;
  },
  cd([path = '/'], { shell }) {
    shell.folder = shell.pathOf(path);
    return 0;
  },
  export(args, { shell }) {
    for (const arg of args) {
      const equals = arg.indexOf('=');
      if (equals > 0) shell.variables.set(arg.slice(0, equals), arg.slice(equals + 1));
    }
    return 0;
  },
  set(args, { shell }) {
    for (const arg of args) if (/^[-+][a-z]*e/.test(arg)) shell.endsAtFailure = arg.startsWith('-');
    return 0;
  },
  unset(args, { shell }) {
    for (const name of args) shell.variables.delete(name);
    return 0;
  },
  trap([action = '', ...signals], { shell }) {
    for (const signal of signals) shell.traps.set(signal.replace(/^SIG/, '').replace(/^15$/, 'TERM').replace(/^2$/, 'INT'), action);
    return 0;
  },
  *wait(_args, { shell }) {
    yield* shell.join();
    return 0;
  },
  kill(args, { shell }) {
    const signal = args.find((arg) => arg.startsWith('-'))?.replace(/^-(s|SIG)?/, '') ?? 'TERM';
    if (args.at(-1) === '1') shell.options.onKill?.(signal === '9' ? 'KILL' : signal === '15' ? 'TERM' : signal);
    return 0;
  },
  *exec(args, { shell, io }) {
    if (args.length === 0) return 0;
    throw new ShellExit(yield* shell.runArgv(args, io, true));
  },
  *test(args, { shell }) {
    return (yield* testHolds(args, shell)) ? 0 : 1;
  },
  *'['(args, { shell }) {
    return (yield* testHolds(args.slice(0, -1), shell)) ? 0 : 1;
  },
  *nc(args, { shell, isLast }) {
    if (args.some((arg) => /^-[a-z]*l/.test(arg))) yield* shell.serve(isLast);
    return 0;
  },
  *ping(args, { shell, isLast }) {
    if (!args.includes('-c')) yield* shell.serve(isLast);
    return 0;
  },
  *timeout([limit = '', ...argv], { shell, io }) {
    const { clock } = shell.options;
    const endMs = clock.monotonic() + sleepMs(limit);
    const limited = shell.runArgv(argv, io, false);
    for (let step = limited.next(); ;) {
      if (step.done) return step.value;
      const leftMs = endMs - clock.monotonic();
      if (step.value.type === 'sleep' && step.value.ms > leftMs) {
        yield* shell.sleep(leftMs);
        return 124;
      }
      step = limited.next(yield step.value);
    }
  },
  nohup: (args, { shell, io, isLast }) => shell.runArgv(args, io, isLast),
  busybox: (args, { shell, io, isLast }) => shell.runArgv(args, io, isLast),
  tini: (args, { shell, io, isLast }) => shell.runArgv(args.slice(args[0] === '--' ? 1 : 0), io, isLast),
  sh,
  ash: sh,
  bash: sh,
  dash: sh,
};

function* printEnvironment(shell: Shell, io: Io): Program {
  yield* shell.print(io, [...shell.variables].map(([name, value]) => `${name}=${value}\n`).join(''));
  return 0;
}

/** More than that no manifest prints. */
const longestSequence = 10_000;

/** Runs what stands after `-c`, or a file. One that is not there does as an unknown command does, and without any it has nothing to read. */
function* sh(args: readonly string[], { shell, io, isLast }: CommandContext): Program {
  const [first = '', ...rest] = args.filter((arg) => !arg.startsWith('-') || arg === '-');
  const endsAtFailure = args.some((arg) => /^-[a-z]*e/.test(arg));
  if (args.some((arg) => /^-[a-z]*c$/.test(arg))) return yield* shell.script(first, rest, io, isLast, endsAtFailure);
  const file = first === '' ? '' : yield { type: 'read', path: shell.pathOf(first) };
  if (file !== undefined) return yield* shell.script(file, [first, ...rest], io, isLast, endsAtFailure);
  yield* shell.serve(isLast);
  return 0;
}

/** `10`, `0.5`, `2m`, `infinity`; NaN for what is none. */
function sleepMs(text: string): number {
  if (/^inf(inity)?$/i.test(text)) return Infinity;
  const match = /^([0-9]+\.?[0-9]*|\.[0-9]+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : Number.NaN;
}

const unitMs = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const unescaped = (text: string): string =>
  text.replaceAll(/\\([ntr\\0])/g, (_all, letter: string) => ({ n: '\n', t: '\t', r: '\r', '0': '\0' })[letter] ?? letter);

/** `%s` and `%d` in turn; `%%` for itself. */
function formatted(format: string, args: readonly string[]): string {
  let next = 0;
  return format.replaceAll(/%[-0-9.]*([sdiu%])/g, (_all, letter: string) =>
    letter === '%' ? '%' : (args[next++] ?? (letter === 's' ? '' : '0')),
  );
}
