/** What images run when nobody names a command, as far as it matters: all others serve. */
export interface ImageProgram {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
}

const shell: ImageProgram = { entrypoint: [], cmd: ['sh'] };

const programs: Readonly<Record<string, ImageProgram>> = {
  alpine: shell,
  bash: shell,
  busybox: shell,
  'busybox-glibc': shell,
  centos: shell,
  debian: shell,
  fedora: shell,
  ubuntu: shell,
  python: shell,
  node: shell,
  perl: shell,
  ruby: shell,
  'hello-world': { entrypoint: [], cmd: ['echo', 'Hello from Docker!'] },
  'ubuntu-sleeper': { entrypoint: ['sleep'], cmd: ['5'] },
};

/**
 * What a container runs: `command` replaces the image's entrypoint, `args` what the image adds to it.
 * undefined for an image of which only its makers know what it runs, and `args` that are for that.
 */
export function argvOf(
  image: string,
  command: readonly string[],
  args: readonly string[],
  isCommand: (word: string) => boolean,
): readonly string[] | undefined {
  if (command.length > 0) return [...command, ...args];
  const program = Object.hasOwn(programs, image) ? programs[image] : undefined;
  if (program) return [...program.entrypoint, ...(args.length > 0 ? args : program.cmd)];
  // Most entrypoints run a command that they are given.
  return args.length > 0 && isCommand(args[0]!) ? args : undefined;
}
