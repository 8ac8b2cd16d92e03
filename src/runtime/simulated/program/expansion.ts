import { arithmetic } from './arithmetic.ts';
import type { Step } from './effects.ts';
import type { Shell } from './shell.ts';
import type { Part, Word } from './shell-words.ts';

/** The arguments that a word comes to: one, or as many as its unquoted parts have pieces between blanks; none for nothing. */
export function* fieldsOf(word: Word, shell: Shell): Step<string[]> {
  const fields: string[] = [];
  let open: string | undefined;
  for (const part of word) {
    const text = yield* partText(part, shell);
    if (part.type === 'text' || part.quoted) {
      open = (open ?? '') + text;
      continue;
    }
    for (const [i, piece] of text.split(/\s+/).entries()) {
      if (i > 0 && open !== undefined) {
        fields.push(open);
        open = undefined;
      }
      if (piece !== '') open = (open ?? '') + piece;
    }
  }
  if (open !== undefined) fields.push(open);
  return fields;
}

/** The word as one text, as values and files are. */
export function* textOf(word: Word, shell: Shell): Step<string> {
  let text = '';
  for (const part of word) text += yield* partText(part, shell);
  return text;
}

function* partText(part: Part, shell: Shell): Step<string> {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'variable':
      return shell.variable(part.name) ?? part.otherwise ?? '';
    case 'arithmetic':
      return String(arithmetic(part.source.replaceAll('$', ''), (name) => shell.variable(name) ?? ''));
    case 'command': {
      const chunks: string[] = [];
      shell.status = yield* shell.script(part.source, [], { stdin: '', out: { to: 'text', chunks }, err: { to: 'stderr' } }, false);
      return chunks.join('').replace(/\n+$/, '');
    }
  }
}
