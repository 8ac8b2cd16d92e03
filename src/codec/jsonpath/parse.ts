import { JsonPathError } from './json-path-error.ts';
import type { Node } from './node.ts';
import { unquote } from './unquote.ts';

/**
 * Reads a template: text, and paths in braces (`{.metadata.name}`). Mirrors client-go's
 * util/jsonpath/parser.go. Throws `JsonPathError`.
 */
export const parseTemplate = (text: string): Node[] => new Parser(text).template();

/** A path without its braces. */
function parsePath(path: string): readonly Node[] {
  const [node] = parseTemplate(`{${path}}`);
  return node?.type === 'list' ? node.nodes : [];
}

const digit = /\p{Nd}/u;
const wordStart = /[_\p{L}\p{Nd}]/u;
const isTerminator = (char: string): boolean => char === '' || ' \t\r\n.,[]$@{}'.includes(char);

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  template(): Node[] {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length) {
      const brace = this.#text.indexOf('{', this.#at);
      const end = brace < 0 ? this.#text.length : brace;
      if (end > this.#at) nodes.push({ type: 'text', text: this.#text.slice(this.#at, end) });
      this.#at = end;
      if (brace >= 0) nodes.push({ type: 'list', nodes: this.#braces() });
    }
    return nodes;
  }

  #braces(): Node[] {
    this.#at++;
    const nodes: Node[] = [];
    while (!this.#skips('}')) {
      if (this.#skips('[?(')) nodes.push(this.#filter());
      else if (this.#skips('..')) nodes.push(...this.#recursive(nodes.at(-1)));
      else nodes.push(...this.#piece());
    }
    return nodes;
  }

  #piece(): readonly Node[] {
    const char = this.#peek();
    if (char === '' || char === '\n' || char === '\r') throw new JsonPathError('unclosed action');
    if (char === ' ' || char === '@' || char === '$') {
      this.#at++;
      return [];
    }
    if (char === '[') return this.#brackets();
    if (char === '"' || char === "'") return [{ type: 'text', text: unquote(this.#quoted(char)) }];
    if (char === '.') {
      this.#at++;
      return [this.#field()];
    }
    if (char === '+' || char === '-' || digit.test(char)) return [this.#number()];
    if (wordStart.test(char)) return [this.#word()];
    throw new JsonPathError(`unrecognized character in action: ${runeText(this.#text.codePointAt(this.#at)!)}`);
  }

  #recursive(before: Node | undefined): Node[] {
    if (before?.type === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    const recursive: Node = { type: 'recursive' };
    return wordStart.test(this.#peek()) ? [recursive, this.#field()] : [recursive];
  }

  /** A backslash takes the meaning from what follows it. */
  #field(): Node {
    const start = this.#at;
    while (!isTerminator(this.#peek())) this.#at += this.#peek() === '\\' ? 2 : 1;
    const name = this.#text.slice(start, this.#at);
    return name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') };
  }

  #word(): Node {
    const start = this.#at;
    while (!isTerminator(this.#peek())) this.#at++;
    const word = this.#text.slice(start, this.#at);
    return word === 'true' || word === 'false' ? { type: 'boolean', value: word === 'true' } : { type: 'identifier', name: word };
  }

  #number(): Node {
    const start = this.#at++;
    while (this.#peek() === '.' || digit.test(this.#peek())) this.#at++;
    const text = this.#text.slice(start, this.#at);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new JsonPathError(`cannot parse number ${text}`);
    return { type: 'number', value: Number(text), isInteger: !text.includes('.') };
  }

  #quoted(quote: string): string {
    const start = this.#at++;
    for (;;) {
      const char = this.#peek();
      if (char === '' || char === '\n') throw new JsonPathError('unterminated quoted string');
      this.#at++;
      if (char === quote && this.#text[this.#at - 2] !== '\\') return this.#text.slice(start, this.#at);
    }
  }

  #brackets(): readonly Node[] {
    const start = this.#at + 1;
    while (this.#peek() !== ']') {
      if (this.#peek() === '' || this.#peek() === '\n') throw new JsonPathError('unterminated array');
      this.#at++;
    }
    return bracketed(this.#text.slice(start, this.#at++));
  }

  #filter(): Node {
    const start = this.#at;
    this.#toEndOfFilter();
    const text = this.#text.slice(start, this.#at - 1);
    if (this.#peek() !== ']') throw new JsonPathError('unclosed array expect ]');
    this.#at++;
    const [, left, operator, right] = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text) ?? [];
    if (left === undefined || operator === undefined || right === undefined)
      return { type: 'filter', left: parsePath(text), operator: 'exists', right: [] };
    return { type: 'filter', left: parsePath(left), operator, right: parsePath(right) };
  }

  /** Past the closing parenthesis; one inside quotes does not count. Only one pair of quotes is expected, as upstream has it. */
  #toEndOfFilter(): void {
    let quote = '';
    let closed = false;
    for (;;) {
      const char = this.#peek();
      if (char === '' || char === '\n') throw new JsonPathError('unterminated filter');
      this.#at++;
      if (char === '"' || char === "'") {
        if (quote === '') quote = char;
        else if (char === quote && this.#text[this.#at - 2] !== '\\') closed = true;
      } else if (char === ')' && (quote === '' || closed)) return;
    }
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #skips(prefix: string): boolean {
    if (!this.#text.startsWith(prefix, this.#at)) return false;
    this.#at += prefix.length;
    return true;
  }
}

function bracketed(content: string): readonly Node[] {
  const text = content === '*' ? ':' : content;
  const parts = text.split(',');
  if (parts.length > 1) return [{ type: 'union', lists: parts.map((part) => parsePath(`[${part.replaceAll(/^ +| +$/g, '')}]`)) }];
  const key = /^'([^']*)'$/.exec(text);
  if (key) return parsePath(`.${key[1]!}`);
  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (!slice) throw new JsonPathError(`invalid array index ${text}`);
  const [, start = '', end = '', step = ''] = slice;
  const from = indexIn(start);
  const to = end === '' ? { value: (from ?? 0) + 1, derived: true } : bound(end);
  return [{ type: 'array', start: from, end: to, step: step === '' ? undefined : indexIn(step.slice(1)) }];
}

function bound(text: string): { value: number; derived: boolean } | undefined {
  const value = indexIn(text.slice(1));
  return value === undefined ? undefined : { value, derived: false };
}

function indexIn(text: string): number | undefined {
  if (text === '') return undefined;
  if (text === '-') throw new JsonPathError(`array index ${text} is not a number`);
  return Number(text);
}

/** Go's `%#U`. */
const runeText = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
