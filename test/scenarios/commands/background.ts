import type { Command } from '../command.ts';

/** What the command in the background has said meanwhile. */
export const output: Command = {
  name: 'output',
  usage: 'output',
  async run(session, given, _input, print) {
    given.none();
    for (const line of session.newLines()) print(line);
  },
};

/** Waits for the command in the background. */
export const foreground: Command = {
  name: 'fg',
  usage: 'fg',
  async run(session, given, _input, print) {
    given.none();
    for (const line of await session.foreground()) print(line);
  },
};
