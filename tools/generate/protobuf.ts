/** The project's own table of field numbers (`protobuf.tsv`, which explains its form), and what the program reads of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages by apiVersion, and a text that `api/protobuf/messages.ts` reads a message at a time: `@package`, then a line a message,
 * `Message [=rendering] [number flags name:type …]`, where flags are `!` for kept and `~` for inline.
 */
export function emitProtobuf(): string {
  const packages: Record<string, string> = {};
  const lines: string[] = [];
  for (const line of readFileSync(join(import.meta.dirname, 'protobuf.tsv'), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [first = '', second = '', ...rest] = line.split('\t');
    if (first === 'package') {
      lines.push(`@${second}`);
      if (rest[0] !== undefined) packages[rest[0]] = second;
    } else if (first !== '') lines.push(second === '' ? first : `${first} =${second}`);
    else lines[lines.length - 1] += ` ${second}${fieldText(rest)}`;
  }
  return `// Made by tools/generate. Changes here are lost.

/** By the apiVersion of their kinds. */
export const protobufPackages: Readonly<Record<string, string>> = ${JSON.stringify(packages, undefined, 2)};

export const protobufText = ${JSON.stringify(lines.join('\n'))};
`;
}

function fieldText([name = '', type = '', ...flags]: readonly string[]): string {
  const marks = flags.map((flag) => {
    const mark = { kept: '!', inline: '~' }[flag];
    if (mark === undefined) throw new Error(`protobuf.tsv: no such fact: ${flag}`);
    return mark;
  });
  return `${marks.join('')}${name}:${type}`;
}
