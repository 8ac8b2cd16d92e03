/** One step of a scenario: what is typed, and what is answered. */
export interface Step {
  /** Line of the file on which the command stands, from 1. */
  readonly line: number;
  /** Comments and blank lines before the command, as they are. */
  readonly preface: readonly string[];
  readonly command: string;
  /** What follows the command before the line of dashes: a manifest, say. */
  readonly input: string;
  readonly answer: string;
}

export interface Scenario {
  readonly steps: readonly Step[];
  /** Comments after the last step. */
  readonly end: readonly string[];
}

const dashes = '----';

/**
 * Reads `command`, its input, `----`, the answer, a blank line; `#` begins a comment line before a
 * command. An answer that has blank lines stands between two double lines of dashes (as in
 * cockroachdb/datadriven). Throws for a command without dashes.
 */
export function parseScenario(text: string): Scenario {
  const lines = text.split('\n');
  const steps: Step[] = [];
  let at = 0;
  const take = (until: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && !until(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  for (;;) {
    const preface = take((line) => line !== '' && !line.startsWith('#'));
    if (at >= lines.length) return { steps, end: preface };
    const line = at + 1;
    const [command = '', ...input] = take((line) => line === dashes);
    if (at >= lines.length) throw new Error(`line ${line}: "${command}" is not followed by a line of ${dashes}`);
    at++;
    const doubled = lines[at] === dashes;
    if (doubled) at++;
    const answer = take(doubled ? (line) => line === dashes && lines[at + 1] === dashes : (line) => line === '');
    if (doubled) at += 2;
    steps.push({ line, preface, command, input: input.join('\n'), answer: answer.join('\n') });
  }
}

export function writeScenario({ steps, end }: Scenario): string {
  const lines = steps.flatMap(({ preface, command, input, answer }) => [
    ...preface,
    command,
    ...(input === '' ? [] : [input]),
    dashes,
    ...(answer.split('\n').includes('') && answer !== '' ? [dashes, answer, dashes, dashes] : answer === '' ? [] : [answer]),
  ]);
  return [...lines, ...end].join('\n');
}
