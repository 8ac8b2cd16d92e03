/**
 * Sees a member of some object: its path, such as `spec.containers[0].name`, and whether that object
 * had the name before. The path is put together only when it is looked into; its length is known before.
 */
export type VisitMember = (path: string, repeated: boolean) => void;

/**
 * A second look at a JSON text, for what the engine's parser does not tell. Returns encoding/json's
 * words for the first mistake; undefined for well-formed text. Keeps its own stack, so no text is too deep for it.
 */
export function scanJson(text: string, visit?: VisitMember): string | undefined {
  try {
    new Scanner(text, visit).value();
    return undefined;
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
}

class Mistake extends Error {}

/** An object or array that is open. */
interface Open {
  /** An object's names so far; absent for an array. */
  readonly names?: Set<string>;
  /** The container's own path. */
  readonly path: string;
  /** Of the member being read; '' in an array. */
  name: string;
  /** Of the item being read. */
  index: number;
}

class Scanner {
  readonly #text: string;
  readonly #visit: VisitMember | undefined;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string, visit: VisitMember | undefined) {
    this.#text = text;
    this.#visit = visit;
  }

  /** The whole text: one value. */
  value(): void {
    for (let over = false; !over;) {
      this.#space();
      const code = this.#code();
      const isObject = code === openBrace;
      if (isObject || code === openBracket) {
        if (this.#enter(isObject)) continue;
      } else this.#scalar();
      over = this.#leave();
    }
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
  }

  /** Steps into a container; false when it is empty, and so over at once. */
  #enter(isObject: boolean): boolean {
    this.#at++;
    this.#space();
    if (this.#code() === (isObject ? closeBrace : closeBracket)) {
      this.#at++;
      return false;
    }
    this.#open.push({ ...(isObject && { names: new Set<string>() }), path: this.#path(), name: '', index: 0 });
    if (isObject) this.#name();
    return true;
  }

  /** After a value: on to the next one of its container, closing those that end. True when the outermost has. */
  #leave(): boolean {
    for (let container = this.#open.at(-1); container; container = this.#open.at(-1)) {
      this.#space();
      const isObject = container.names !== undefined;
      const code = this.#code();
      if (code === comma) {
        this.#at++;
        container.index++;
        if (isObject) {
          this.#space();
          this.#name();
        }
        return false;
      }
      if (code !== (isObject ? closeBrace : closeBracket)) this.#fail(isObject ? 'after object key:value pair' : 'after array element');
      this.#at++;
      this.#open.pop();
    }
    return true;
  }

  #name(): void {
    const start = this.#at;
    if (this.#code() !== quote) this.#fail('looking for beginning of object key string');
    this.#string();
    const container = this.#open.at(-1)!;
    container.name = String(JSON.parse(this.#text.slice(start, this.#at)));
    this.#visit?.(this.#path(), container.names!.has(container.name));
    container.names!.add(container.name);
    this.#space();
    if (this.#code() !== colon) this.#fail('after object key');
    this.#at++;
  }

  /** Of the member or item being read. */
  #path(): string {
    const container = this.#open.at(-1);
    if (!container || !this.#visit) return '';
    const { names, path, name, index } = container;
    if (!names) return `${path}[${index}]`;
    return path === '' ? name : `${path}.${name}`;
  }

  #scalar(): void {
    const code = this.#code();
    if (code === quote) this.#string();
    else if (code === minus || isDigit(code)) this.#number();
    else {
      const word = literals.find((literal) => literal.charCodeAt(0) === code);
      if (word === undefined) this.#fail('looking for beginning of value');
      for (const letter of word) {
        if (this.#text[this.#at] !== letter) this.#fail(`in literal ${word} (expecting '${letter}')`);
        this.#at++;
      }
    }
  }

  #string(): void {
    for (this.#at++; this.#code() !== quote; this.#at++) {
      const code = this.#code();
      if (code < 0x20) this.#fail('in string literal');
      if (code !== backslash) continue;
      this.#at++;
      if (this.#text[this.#at] === 'u') {
        for (let digit = 0; digit < 4; digit++) {
          this.#at++;
          if (!/[0-9a-fA-F]/.test(this.#character())) this.#fail('in \\u hexadecimal character escape');
        }
      } else if (!'"\\/bfnrt'.includes(this.#character())) this.#fail('in string escape code');
    }
    this.#at++;
  }

  #number(): void {
    if (this.#code() === minus) this.#at++;
    if (this.#code() === zero) this.#at++;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (this.#text[this.#at] !== 'e' && this.#text[this.#at] !== 'E') return;
    this.#at++;
    if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
    this.#digits('in exponent of numeric literal');
  }

  #digits(where: string): void {
    if (!isDigit(this.#code())) this.#fail(where);
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #character(): string {
    this.#code();
    return this.#text[this.#at]!;
  }

  /** Of the character at hand; running out of text is a mistake of its own. */
  #code(): number {
    if (this.#at >= this.#text.length) throw new Mistake('unexpected end of JSON input');
    return this.#text.charCodeAt(this.#at);
  }

  #fail(where: string): never {
    this.#code();
    throw new Mistake(`invalid character ${quoteByte(this.#text, this.#at)} ${where}`);
  }
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const literals = ['true', 'false', 'null'];
const isDigit = (code: number): boolean => code >= zero && code <= 0x39;

/** Go's scanner looks at bytes, so of a longer character it shows the first byte, as if that were Latin-1. */
function quoteByte(text: string, at: number): string {
  const point = text.codePointAt(at)!;
  const byte = point < 0x80 ? point : point < 0x800 ? 0xc0 | (point >> 6) : point < 0x10000 ? 0xe0 | (point >> 12) : 0xf0 | (point >> 18);
  const shown = named[byte];
  if (shown !== undefined) return shown;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `'${String.fromCharCode(byte)}'`;
}

const named: Readonly<Record<number, string>> = {
  0x07: "'\\a'",
  0x08: "'\\b'",
  0x09: "'\\t'",
  0x0a: "'\\n'",
  0x0b: "'\\v'",
  0x0c: "'\\f'",
  0x0d: "'\\r'",
  0x22: "'\"'",
  0x27: "'\\''",
  0x5c: "'\\\\'",
};
