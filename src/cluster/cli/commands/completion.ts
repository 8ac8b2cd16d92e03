import { defineCommand, UsageError, type Command } from '../command.ts';
import { clusterNames } from './list.ts';

const shells = ['bash', 'fish', 'zsh'] as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a script that completes command lines in a shell.',
  description: 'Prints a completion script for bash, fish or zsh.',
  args: 'SHELL',
  examples: ['source <(slipway completion bash)', 'slipway completion zsh > "${fpath[1]}/_slipway"', 'slipway completion fish | source'],
  flags: { candidates: { type: 'bool', usage: 'Print what may come next after the words given; the scripts call it.' } },
  completeArgs: () => shells,
  async run({ flags, args, io, commands }) {
    if (flags.candidates) {
      for (const candidate of candidates(commands, args, io.environment)) io.out(candidate);
      return 0;
    }
    const [shell, ...more] = args;
    const script = shell === undefined ? undefined : scripts[shell as (typeof shells)[number]];
    if (!script || more.length > 0) throw new UsageError(`name one shell: ${shells.join(', ')}`);
    io.out(script);
    return 0;
  },
});

/** The words typed so far, the last of them unfinished (perhaps empty). */
function candidates(commands: readonly Command[], words: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  const last = words.at(-1) ?? '';
  const offered = offers(commands, words.slice(0, -1), last, environment);
  return offered.filter((candidate) => candidate.startsWith(last)).toSorted();
}

function offers(commands: readonly Command[], before: readonly string[], last: string, environment: NodeJS.ProcessEnv): string[] {
  const listed = commands.filter((command) => !command.hidden);
  const command = listed.find((one) => one.name === before[0]);
  if (!command)
    return before.length === 0 ? ['help', ...listed.map((one) => one.name)] : before[0] === 'help' ? listed.map((one) => one.name) : [];
  const previous = before.at(-1)?.replace(/^--?/, '');
  const flag = before.at(-1)?.startsWith('-')
    ? Object.entries(command.flags).find(([name, spec]) => previous === name || previous === spec.shorthand)
    : undefined;
  if (flag && flag[1].type !== 'bool') return flag[0] === 'name' ? clusterNames({ environment }) : [...(flag[1].choices ?? [])];
  if (last.startsWith('-')) return ['--help', ...Object.keys(command.flags).map((name) => `--${name}`)];
  return [...(command.completeArgs?.() ?? [])];
}

const scripts = {
  bash: `_slipway() {
  local IFS=$'\\n'
  COMPREPLY=($(slipway completion --candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _slipway slipway`,
  fish: `complete -c slipway -f -a '(slipway completion --candidates -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
  zsh: `#compdef slipway
_slipway() {
  local -a found
  found=(\${(f)"$(slipway completion --candidates -- "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)"})
  compadd -- $found
}
compdef _slipway slipway`,
};
