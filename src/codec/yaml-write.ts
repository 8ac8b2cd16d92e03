/**
 * Writes YAML as kubectl does (sigs.k8s.io/yaml over libyaml's emitter): names sorted, lists not
 * indented below their name, quotes only where needed, long text folded past column 80.
 */
import { needsQuotes } from './yaml-scalars.ts';

/** Of JSON-like values; members that are undefined are left out. Ends in a newline. */
export function stringifyYaml(value: unknown): string {
  const writer = new Writer();
  writer.node(value, -indentWidth, false);
  return writer.finish();
}

const indentWidth = 2;
const foldAfterColumn = 80;
/** A longer name is written with a question mark before it. */
const longestSimpleKey = 128;

class Writer {
  #out = '';
  #lineStart = 0;

  /** `indent` is the parent's; `inSequence` when an item's dash has just been written. */
  node(value: unknown, indent: number, inSequence: boolean): void {
    if (Array.isArray(value)) this.#sequence(value, indent, inSequence);
    else if (typeof value === 'object' && value !== null) this.#mapping(value, indent, inSequence);
    else this.#scalar(value, Math.max(indent, 0) + indentWidth);
  }

  finish(): string {
    return `${this.#out}\n`;
  }

  #sequence(items: readonly unknown[], indent: number, inSequence: boolean): void {
    if (items.length === 0) return this.#put('[]');
    // Below a name, dashes stand in the name's own column.
    const own = inSequence || indent < 0 ? indent + indentWidth : indent;
    for (const [index, item] of items.entries()) {
      if (index > 0 || !inSequence) this.#line(own);
      this.#put('-');
      this.node(item ?? null, own, true);
    }
  }

  #mapping(value: object, indent: number, inSequence: boolean): void {
    const names = Object.keys(value).filter((name) => Reflect.get(value, name) !== undefined);
    if (names.length === 0) return this.#put('{}');
    const own = indent + indentWidth;
    for (const [index, name] of names.sort(compareNames).entries()) {
      if (index > 0 || !inSequence) this.#line(own);
      this.#name(name, own);
      this.node(Reflect.get(value, name), own, false);
    }
  }

  #name(name: string, indent: number): void {
    if (name.length > longestSimpleKey) {
      this.#put('?');
      this.#scalar(name, indent + indentWidth);
      this.#line(indent);
    } else {
      const style = styleOf(name, true);
      this.#put(style === 'plain' ? name : style === 'single' ? `'${name.replaceAll("'", "''")}'` : `"${escaped(name)}"`);
    }
    this.#out += ':';
  }

  /** `indent` is of the lines that follow the first. */
  #scalar(value: unknown, indent: number): void {
    if (typeof value === 'number') return this.#put(numberText(value));
    if (typeof value !== 'string') return this.#put(String(value));
    switch (styleOf(value, false)) {
      case 'plain':
        return this.#folded(value, '', indent);
      case 'single':
        return this.#folded(value.replaceAll("'", "''"), "'", indent);
      case 'double':
        return this.#doubleQuoted(value, indent);
      case 'literal':
        return this.#literal(value, indent);
    }
  }

  /** Text whose single spaces may become line breaks once the line is long. */
  #folded(text: string, quote: string, indent: number): void {
    this.#put(quote);
    const words = text.split(' ');
    for (const [index, word] of words.entries()) {
      if (index > 0) {
        const isAlone = words[index - 1] !== '' && word !== '';
        if (isAlone && this.#column > foldAfterColumn) this.#line(indent);
        else this.#out += ' ';
      }
      this.#out += word;
    }
    this.#out += quote;
  }

  #doubleQuoted(text: string, indent: number): void {
    this.#put('"');
    let afterSpace = false;
    const characters = Array.from(text);
    for (const [index, character] of characters.entries()) {
      const isSpace = character === ' ';
      if (isSpace && !afterSpace && this.#column > foldAfterColumn && index > 0 && index < characters.length - 1) {
        this.#line(indent);
        if (characters[index + 1] === ' ') this.#out += '\\';
      } else this.#out += isSpace ? character : escaped(character);
      afterSpace = isSpace;
    }
    this.#out += '"';
  }

  #literal(text: string, indent: number): void {
    const hint = text.startsWith(' ') || text.startsWith('\n') ? String(indentWidth) : '';
    const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
    this.#put(`|${hint}${chomping}`);
    const lines = text.split('\n');
    if (text.endsWith('\n')) lines.pop();
    for (const line of lines) {
      this.#out += '\n';
      this.#lineStart = this.#out.length;
      if (line !== '') this.#out += ' '.repeat(indent) + line;
    }
  }

  get #column(): number {
    return this.#out.length - this.#lineStart;
  }

  /** Parts on one line have a space between them. */
  #put(text: string): void {
    const last = this.#out.at(-1);
    this.#out += (last === undefined || last === '\n' || (last === ' ' && /^ *$/.test(this.#out.slice(this.#lineStart))) ? '' : ' ') + text;
  }

  #line(indent: number): void {
    if (this.#out !== '') this.#out += '\n';
    this.#lineStart = this.#out.length;
    this.#out += ' '.repeat(indent);
  }
}

type Style = 'plain' | 'single' | 'double' | 'literal';

/** libyaml's choice, given what the text holds. */
function styleOf(text: string, isName: boolean): Style {
  const hasBreak = text.includes('\n');
  const isSpecial = unprintable.test(text) || / \n/.test(text);
  if (hasBreak) return isName || isSpecial || text.endsWith(' ') ? 'double' : 'literal';
  if (needsQuotes(text) || isSpecial) return 'double';
  return startsWithIndicator.test(text) || indicatorWithin.test(text) || text.startsWith(' ') || text.endsWith(' ') ? 'single' : 'plain';
}

const unprintable = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const startsWithIndicator = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/;
const indicatorWithin = /:(?:\s|$)|\s#/;

function escaped(text: string): string {
  let out = '';
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const short = escapes[character];
    if (short !== undefined) out += short;
    else if (!unprintable.test(character)) out += character;
    else if (point <= 0xff) out += `\\x${hex(point, 2)}`;
    else out += point <= 0xffff ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
  }
  return out;
}

const hex = (point: number, digits: number): string => point.toString(16).toUpperCase().padStart(digits, '0');

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
};

/** Go's shortest form, which turns to exponents earlier than JavaScript's. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  if (Number.isSafeInteger(value)) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Letters after all else, and runs of digits by their number. */
function compareNames(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    if (a[at] === b[at]) continue;
    const aIsLetter = /\p{L}/u.test(a[at]!);
    const bIsLetter = /\p{L}/u.test(b[at]!);
    if (aIsLetter !== bIsLetter) return aIsLetter ? 1 : -1;
    if (!aIsLetter) return compareNumbers(a, b, at) || compareCodes(a, b, at);
    return compareCodes(a, b, at);
  }
  return a.length - b.length;
}

const compareCodes = (a: string, b: string, at: number): number => a.charCodeAt(at) - b.charCodeAt(at);

function compareNumbers(a: string, b: string, at: number): number {
  const before = /[1-9]\d*$/.test(a.slice(0, at)) && (a[at] === '0' || b[at] === '0') ? '1' : '';
  const [aDigits = '', bDigits = ''] = [a, b].map((name) => /^\d*/.exec(name.slice(at))![0]);
  const difference = Number(before + aDigits || '0') - Number(before + bDigits || '0');
  return difference || aDigits.length - bDigits.length;
}
