/** A shell's words: what is literal in them, and what stands for something else. */
export class ShellSyntaxError extends Error {
  override name = 'ShellSyntaxError';
}

/** Parts are joined; what comes of an unquoted one is split at blanks. */
export type Word = readonly Part[];

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  /** `$name`, `${name}`, `${name:-other}` */
  | { readonly type: 'variable'; readonly name: string; readonly otherwise?: string; readonly quoted: boolean }
  /** `$(command)`, its source. */
  | { readonly type: 'command'; readonly source: string; readonly quoted: boolean }
  /** `$((expression))`, its source. */
  | { readonly type: 'arithmetic'; readonly source: string; readonly quoted: boolean };

export type Token =
  | {
      readonly type: 'word';
      readonly word: Word;
      /** As written; '' where something is quoted, so that no keyword is seen in it. */ readonly bare: string;
    }
  /** `;` `&` `&&` `||` `|` `(` `)` `>` `>>` `<` and newlines as `;`, redirections with their number: `2>`, `2>&1`. */
  | { readonly type: 'operator'; readonly text: string };

/** Throws ShellSyntaxError for what does not end, and for what these words do not know (here-documents, `case`). */
export function tokenize(source: string): Token[] {
  const scanner = new Scanner(source);
  const tokens: Token[] = [];
  for (let token = scanner.next(); token; token = scanner.next()) tokens.push(token);
  return tokens;
}

const operator = /^(?:&&|\|\||[0-9]?>&[0-9-]|&>|[0-9]?>>|[0-9]?>|<<|<|;;|[;&|()\n])/;

class Scanner {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  next(): Token | undefined {
    this.#skip(/^(?:[ \t\r]|\\\n)+/);
    if (this.#char() === '#') this.#skip(/^[^\n]*/);
    if (this.#at >= this.#source.length) return undefined;
    const text = operator.exec(this.#source.slice(this.#at, this.#at + 4))?.[0];
    if (text === undefined) return this.#word();
    if (text === '<<' || text === ';;') throw new ShellSyntaxError(`${text} is not understood`);
    this.#at += text.length;
    return { type: 'operator', text: text === '\n' ? ';' : text };
  }

  #word(): Token {
    const start = this.#at;
    const parts: Part[] = [];
    let isQuoted = false;
    for (let char = this.#char(); char !== '' && !/[\s;&|()<>]/.test(char); char = this.#char()) {
      if (char === "'" || char === '"') isQuoted = true;
      if (char === "'") parts.push(this.#single());
      else if (char === '"') parts.push(...this.#double());
      else if (char === '$' || char === '`') parts.push(this.#expansion(false));
      else if (char === '\\') parts.push({ type: 'text', text: this.#escaped(), quoted: true });
      else parts.push({ type: 'text', text: this.#take(/^[^\s;&|()<>'"$`\\]+/), quoted: false });
    }
    return { type: 'word', word: parts, bare: isQuoted ? '' : this.#source.slice(start, this.#at) };
  }

  #single(): Part {
    const end = this.#source.indexOf("'", this.#at + 1);
    if (end < 0) throw new ShellSyntaxError("a ' is not closed");
    const text = this.#source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return { type: 'text', text, quoted: true };
  }

  #double(): Part[] {
    this.#at++;
    const parts: Part[] = [{ type: 'text', text: '', quoted: true }];
    for (let char = this.#char(); char !== '"'; char = this.#char()) {
      if (char === '') throw new ShellSyntaxError('a " is not closed');
      if (char === '$' || char === '`') parts.push(this.#expansion(true));
      else if (char === '\\') {
        const next = this.#source[this.#at + 1] ?? '';
        this.#at += 2;
        if (next !== '\n') parts.push({ type: 'text', text: /["$`\\]/.test(next) ? next : `\\${next}`, quoted: true });
      } else parts.push({ type: 'text', text: this.#take(/^[^"$`\\]+/), quoted: true });
    }
    this.#at++;
    return parts;
  }

  #expansion(quoted: boolean): Part {
    const rest = this.#source.slice(this.#at);
    if (rest.startsWith('`')) {
      const end = rest.indexOf('`', 1);
      if (end < 0) throw new ShellSyntaxError('a ` is not closed');
      this.#at += end + 1;
      return { type: 'command', source: rest.slice(1, end), quoted };
    }
    if (rest.startsWith('$((')) {
      const source = this.#enclosed(3, '))');
      return { type: 'arithmetic', source, quoted };
    }
    if (rest.startsWith('$(')) return { type: 'command', source: this.#enclosed(2, ')'), quoted };
    const braced = /^\$\{([A-Za-z_0-9?@#*$!]+)(?::?-([^}]*))?\}/.exec(rest);
    const plain = /^\$([A-Za-z_][A-Za-z_0-9]*|[0-9?@#*$!])/.exec(rest);
    const match = braced ?? plain;
    if (!match) {
      if (rest.startsWith('${')) throw new ShellSyntaxError(`${rest.slice(0, 12)} … is not understood`);
      this.#at++;
      return { type: 'text', text: '$', quoted };
    }
    this.#at += match[0].length;
    return { type: 'variable', name: match[1]!, ...(braced?.[2] !== undefined && { otherwise: braced[2] }), quoted };
  }

  /** What stands between an opening of `length` characters and the `close` that belongs to it. */
  #enclosed(length: number, close: string): string {
    const start = this.#at + length;
    let depth = 0;
    for (let at = start; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (depth === 0 && this.#source.startsWith(close, at)) {
        this.#at = at + close.length;
        return this.#source.slice(start, at);
      }
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === "'" && close === ')') at = Math.max(at, this.#source.indexOf("'", at + 1));
    }
    throw new ShellSyntaxError(`a ${this.#source.slice(this.#at, start)} is not closed`);
  }

  #escaped(): string {
    const text = this.#source[this.#at + 1] ?? '';
    this.#at += 2;
    return text === '\n' ? '' : text;
  }

  #char(): string {
    return this.#source[this.#at] ?? '';
  }

  #skip(pattern: RegExp): void {
    this.#at += pattern.exec(this.#source.slice(this.#at))?.[0].length ?? 0;
  }

  #take(pattern: RegExp): string {
    const text = pattern.exec(this.#source.slice(this.#at))?.[0] ?? this.#char();
    this.#at += text.length;
    return text;
  }
}
