import type { Env } from '../../base/env.ts';
import { CriError, type ContainerConfig } from '../cri.ts';
import { parseImageName, shortNameOf } from './images/image-name.ts';
import { commandOf } from './program/commands.ts';
import type { Program } from './program/effects.ts';
import { argvOf } from './program/image-programs.ts';
import { Shell } from './program/shell.ts';
import type { ContainerScript } from './script/pod-script.ts';

/** A container's first process. */
export interface MainProcess {
  readonly program: () => Program;
  /** Tells the shell that interprets it of a signal; false where nobody has asked to hear of it. */
  readonly signal: (signal: string) => boolean;
  /** Why it cannot be started. */
  readonly startError?: string;
}

export interface ProcessSurroundings {
  readonly env: Pick<Env, 'clock' | 'rng'>;
  readonly hostname: string;
  /** A command signals the first process. */
  readonly onKill: (signal: string) => void;
}

/** What a container runs: its script's `run`, its command, its image's own. Without any that is known, it serves. */
export function mainProcess(config: ContainerConfig, script: ContainerScript, surroundings: ProcessSurroundings): MainProcess {
  // Most containers serve, and need no shell for that.
  let shell: Shell | undefined;
  const inShell = (program: (shell: Shell) => Program) => ({
    program: () => program((shell = shellOf(config, surroundings, true))),
    signal: (signal: string) => shell?.signal(signal) ?? false,
  });
  const { run } = script;
  if (run) return inShell((own) => own.program(run));
  const isCommand = (word: string) => commandOf(word, []) !== undefined;
  const argv = argvOf(shortNameOf(parseImageName(config.image)), config.command, config.args, isCommand);
  if (!argv) return server;
  if (argv.length === 1 && isShell(argv[0]!) && config.stdin) return inShell((own) => own.argvProgram(['sleep', 'infinity']));
  const missing = missingExecutable(argv);
  return { ...inShell((own) => own.argvProgram(argv)), ...(missing !== undefined && { startError: `${startFailure}${missing}` }) };
}

/** A shell beside the first process, for commands that are run in the container. Throws CriError where there is no such program. */
export function execShell(config: ContainerConfig, command: readonly string[], surroundings: ProcessSurroundings): Shell {
  const missing = missingExecutable(command);
  if (missing !== undefined)
    throw new CriError(
      'Unknown',
      `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${missing}`,
    );
  return shellOf(config, surroundings, false);
}

function shellOf(
  { envs, workingDir }: ContainerConfig,
  { env: { clock, rng }, hostname, onKill }: ProcessSurroundings,
  mayServe: boolean,
): Shell {
  const variables = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', hostname],
  ]);
  for (const { key, value } of envs) variables.set(key, value);
  return new Shell({ clock, rng, hostname, variables, workingDir: workingDir === '' ? '/' : workingDir, mayServe, onKill });
}

function* serve(): Program {
  yield { type: 'serve' };
  return 0;
}

const server: MainProcess = { program: serve, signal: () => false };

const isShell = (path: string): boolean => /^(.*\/)?(ba|a|da)?sh$/.test(path);

/** Options are no programs, and some names say themselves that they are none. */
function missingExecutable([name = '']: readonly string[]): string | undefined {
  if (name !== '' && !/^-|(^|\/)(does-?not-?exist|non-?existent|no-?such-?)[^/]*$/.test(name)) return undefined;
  return `exec: ${JSON.stringify(name)}: ${name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'}`;
}

const startFailure =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ';
