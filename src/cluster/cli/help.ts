import { flagUsages } from '../../codec/flags.ts';
import type { Command } from './command.ts';

export function overview(commands: readonly Command[]): string {
  const listed = commands.filter((command) => !command.hidden);
  const width = Math.max(...listed.map((command) => command.name.length));
  return [
    'Slipway runs Kubernetes clusters on this machine, without a container engine.',
    '',
    'Usage:',
    '  slipway COMMAND [flags]',
    '',
    'Commands:',
    ...listed.map((command) => `  ${command.name.padEnd(width)}   ${command.summary}`),
    '',
    "Use 'slipway COMMAND --help' for a command's own help.",
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const usage = ['  slipway', command.name, command.args, Object.keys(command.flags).length > 0 ? '[flags]' : ''].filter(Boolean).join(' ');
  return [
    command.description,
    '',
    ...(command.examples.length > 0 ? ['Examples:', ...command.examples.map((example) => `  ${example}`), ''] : []),
    'Usage:',
    usage,
    '',
    'Flags:',
    ...flagUsages({ ...command.flags, help: { type: 'bool', shorthand: 'h', usage: 'This text.' } }),
  ].join('\n');
}
