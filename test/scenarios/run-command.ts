import { ApiError } from '../../src/api/errors.ts';
import { GoDurationError } from '../../src/codec/go-duration.ts';
import { YamlError } from '../../src/codec/yaml.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { allCommands } from './commands/all.ts';
import type { Session } from './session.ts';

/** Runs one command and answers what a person would see; mistakes and refusals are part of the answer. */
export async function runCommand(session: Session, line: string, input: string): Promise<string> {
  const lines: string[] = [];
  try {
    await run(session, line, input, lines);
  } catch (error) {
    if (error instanceof ApiError) lines.push(`Error from server (${error.reason}): ${error.message}`);
    else if (error instanceof UsageError || error instanceof GoDurationError || error instanceof YamlError) lines.push(error.message);
    else throw error;
  }
  return lines.join('\n').trimEnd();
}

async function run(session: Session, line: string, input: string, lines: string[]): Promise<void> {
  const background = line.endsWith(' &');
  const text = background ? line.slice(0, -2) : line;
  const command = allCommands.find(({ name }) => text === name || text.startsWith(`${name} `));
  if (!command) throw new UsageError(`unknown command "${text.split(' ')[0]}"`);
  const given = parseArguments(text.slice(command.name.length), command.flags ?? {}, command.usage);
  if (!background) return command.run(session, given, input, (line) => lines.push(line));
  if (!command.background) throw new UsageError(`"${command.name}" cannot run in the background`);
  const said: string[] = [];
  session.putInBackground(
    said,
    command.run(session, given, input, (line) => said.push(line)),
  );
}
