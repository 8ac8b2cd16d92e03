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
  const { before, last, prefix } = atCursor(words);
  const offered = offers(commands, before, last, environment);
  return offered
    .filter((candidate) => candidate.startsWith(last))
    .map((candidate) => prefix + candidate)
    .toSorted();
}

/** `--name=te` is a flag and the beginning of its value; bash hands it over as three words, and wants back the value alone. */
function atCursor(words: readonly string[]): { before: readonly string[]; last: string; prefix: string } {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (last === '=') return { before, last: '', prefix: '' };
  if (before.at(-1) === '=') return { before: before.slice(0, -1), last, prefix: '' };
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? [];
  return flag === undefined ? { before, last, prefix: '' } : { before: [...before, flag], last: value ?? '', prefix: `${flag}=` };
}

function offers(commands: readonly Command[], before: readonly string[], last: string, environment: NodeJS.ProcessEnv): string[] {
  const listed = commands.filter((command) => !command.hidden);
  const names = listed.map((command) => command.name);
  if (before.length === 0) return ['help', ...names];
  if (before[0] === 'help') return before.length === 1 ? names : [];
  const command = listed.find((one) => one.name === before[0]);
  if (!command) return [];
  const flag = valueFlag(command, before.at(-1) ?? '');
  if (flag) return flag[0] === 'name' ? clusterNames({ environment }) : [...(flag[1].choices ?? [])];
  if (last.startsWith('-')) return ['--help', ...Object.keys(command.flags).map((name) => `--${name}`)];
  return [...(command.completeArgs?.() ?? [])];
}

/** The flag whose value comes next. */
function valueFlag({ flags }: Command, word: string) {
  return Object.entries(flags).find(
    ([name, spec]) => spec.type !== 'bool' && (word === `--${name}` || (spec.shorthand !== undefined && word === `-${spec.shorthand}`)),
  );
}

/** Where nothing of ours fits, shells offer files. */
const scripts = {
  bash: `_slipway() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" completion --candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _slipway slipway`,
  fish: `function __slipway_candidates
  set -l words (commandline -opc) (commandline -ct)
  $words[1] completion --candidates -- $words[2..] 2>/dev/null
end
complete -c slipway -a '(__slipway_candidates)'`,
  zsh: `#compdef slipway
_slipway() {
  local -a found
  found=(\${(f)"$("\${words[1]}" completion --candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -- $found; else _files; fi
}
compdef _slipway slipway`,
};
