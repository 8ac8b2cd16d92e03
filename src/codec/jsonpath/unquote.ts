import { JsonPathError } from './json-path-error.ts';

const simple: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };
const digits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A quoted text, quotes and all, as Go's strconv.Unquote reads it, but with either kind of quotes. */
export function unquote(quoted: string): string {
  const quote = quoted[0]!;
  const body = quoted.slice(1, -1);
  const problem = () => new JsonPathError(`unquote string ${quoted} error invalid syntax`);
  let text = '';
  for (let at = 0; at < body.length; at++) {
    const char = body[at]!;
    if (char === quote) throw problem();
    if (char !== '\\') {
      text += char;
      continue;
    }
    const kind = body[++at] ?? '';
    const octal = /^[0-7]{3}/.exec(body.slice(at))?.[0];
    const length = octal ? 3 : (digits[kind] ?? 0);
    if (length > 0) {
      const code = octal ? Number.parseInt(octal, 8) : hexadecimal(body.slice(at + 1, at + 1 + length), length);
      if (code === undefined || code > 0x10ffff) throw problem();
      text += String.fromCodePoint(code);
      at += octal ? 2 : length;
    } else {
      const plain = simple[kind] ?? (kind === quote ? quote : undefined);
      if (plain === undefined) throw problem();
      text += plain;
    }
  }
  return text;
}

const hexadecimal = (text: string, length: number): number | undefined =>
  text.length === length && /^[0-9a-fA-F]+$/.test(text) ? Number.parseInt(text, 16) : undefined;
