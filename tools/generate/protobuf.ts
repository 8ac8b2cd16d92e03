/** The project's own table of field numbers (`protobuf.tsv`, which explains its form), and what the program reads of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `api/protobuf/messages.ts` reads it a message at a time: `@package apiVersion`, then a line a message,
 * `Message [=rendering] [number flags name:type …]`, where flags are `!` for kept and `~` for inline.
 */
export function emitProtobuf(): string {
  const lines: string[] = [];
  for (const line of readFileSync(join(import.meta.dirname, 'protobuf.tsv'), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [first = '', second = '', ...rest] = line.split('\t');
    if (first === 'package') lines.push(['@' + second, ...rest].join(' '));
    else if (first !== '') lines.push(second === '' ? first : `${first} =${second}`);
    else lines[lines.length - 1] += ` ${second}${fieldText(rest)}`;
  }
  return `// Made by tools/generate. Changes here are lost.\n\nexport const protobufText = ${JSON.stringify(lines.join('\n'))};\n`;
}

function fieldText([name = '', type = '', ...flags]: readonly string[]): string {
  const marks = flags.map((flag) => {
    const mark = { kept: '!', inline: '~' }[flag];
    if (mark === undefined) throw new Error(`protobuf.tsv: no such fact: ${flag}`);
    return mark;
  });
  return `${marks.join('')}${name}:${type}`;
}
