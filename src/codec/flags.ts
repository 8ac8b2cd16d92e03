import { GoDurationError, parseGoDuration } from './go-duration.ts';

/**
 * Command-line flags by pflag's rules, which kubectl's users have in their fingers: `--name=v`,
 * `--name v`, `-n v`, `-nv`, `-it`, `--bool`, `--bool=false`, `--` ends flags, and flags may follow
 * arguments. Sentences of errors are pflag's.
 */
export type FlagType = 'string' | 'bool' | 'int' | 'int32' | 'float' | 'duration' | 'strings';

export interface FlagSpec {
  readonly name: string;
  readonly shorthand?: string;
  readonly type: FlagType;
  /** A sentence for `--help`; a word in back quotes names the value. */
  readonly usage: string;
  /** Absent: '', false, 0 or []. */
  readonly default?: string | boolean | number;
  /** The value when the flag stands alone (`--dry-run`). Bools have `true`. */
  readonly alone?: string;
  /** What completion offers for its value. */
  readonly choices?: readonly string[];
}

export type FlagSpecs = Readonly<Record<string, Omit<FlagSpec, 'name'>>>;

/** Durations are in milliseconds. */
export type ValueOf<T extends FlagType> = T extends 'bool'
  ? boolean
  : T extends 'int' | 'int32' | 'float' | 'duration'
    ? number
    : T extends 'strings'
      ? string[]
      : string;

export type FlagValues<S extends FlagSpecs> = { readonly [Name in keyof S]: ValueOf<S[Name]['type']> };

export interface Parsed<S extends FlagSpecs> {
  readonly flags: FlagValues<S>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  /** How many of `args` stood before `--`; all of them without one. */
  readonly argsBeforeDash: number;
}

export class FlagError extends Error {
  override name = 'FlagError';
}

/** Throws `FlagError` at the first flag that is unknown or has a bad value. */
export function parseFlags<S extends FlagSpecs>(specs: S, line: readonly string[]): Parsed<S> {
  const byShorthand = new Map(Object.entries(specs).flatMap(([name, spec]) => (spec.shorthand ? [[spec.shorthand, name] as const] : [])));
  const values: Record<string, string | boolean | number | string[]> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = spec.default ?? empty(spec.type);
  const given = new Set<string>();
  const args: string[] = [];
  const rest = [...line];
  let argsBeforeDash: number | undefined;

  const set = (name: string, shown: string, text: string) => {
    const spec = specs[name]!;
    const value = readValue(spec.type, text, shown);
    values[name] = spec.type === 'strings' && given.has(name) ? [...(values[name] as string[]), ...(value as string[])] : value;
    given.add(name);
  };
  const long = (word: string) => {
    const [name, attached] = splitOnce(word.slice(2), '=');
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) throw new FlagError(`unknown flag: --${name}`);
    const alone = aloneValue(spec);
    const text = attached ?? alone ?? rest.shift();
    if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    set(name, shownName(name, spec), text);
  };
  const short = (word: string) => {
    let letters = word.slice(1);
    while (letters !== '') {
      const letter = letters[0]!;
      const name = byShorthand.get(letter);
      if (name === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in ${word}`);
      const spec = specs[name]!;
      const alone = aloneValue(spec);
      letters = letters.slice(1);
      if (letters.startsWith('=')) return set(name, shownName(name, spec), letters.slice(1));
      if (alone !== undefined) {
        set(name, shownName(name, spec), alone);
        continue;
      }
      const text = letters === '' ? rest.shift() : letters;
      if (text === undefined) throw new FlagError(`flag needs an argument: '${letter}' in ${word}`);
      return set(name, shownName(name, spec), text);
    }
  };

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      argsBeforeDash = args.length;
      args.push(...rest.splice(0));
    } else if (word.startsWith('--')) long(word);
    else if (word.startsWith('-') && word !== '-') short(word);
    else args.push(word);
  }
  return { flags: values as FlagValues<S>, given, args, argsBeforeDash: argsBeforeDash ?? args.length };
}

/** The flags as `--help` lists them, one a line, sorted by name. */
export function flagUsages(specs: FlagSpecs): string[] {
  const rows = Object.entries(specs)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, spec]) => {
      const named = /`([^`]+)`/.exec(spec.usage)?.[1];
      const kind = spec.type === 'bool' ? '' : ` ${named ?? spec.type}`;
      const left = `  ${spec.shorthand ? `-${spec.shorthand}, ` : '    '}--${name}${kind}`;
      const fallback =
        spec.default === undefined || spec.default === '' || spec.default === false || spec.default === 0
          ? ''
          : ` (default ${shownDefault(spec.default)})`;
      return [left, spec.usage.replaceAll('`', '') + fallback] as const;
    });
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}   ${right}`);
}

const shownDefault = (value: string | boolean | number): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
const shownName = (name: string, { shorthand }: Omit<FlagSpec, 'name'>): string => (shorthand ? `-${shorthand}, --${name}` : `--${name}`);
const aloneValue = (spec: Omit<FlagSpec, 'name'>): string | undefined => spec.alone ?? (spec.type === 'bool' ? 'true' : undefined);

function empty(type: FlagType): string | boolean | number | string[] {
  if (type === 'bool') return false;
  if (type === 'strings') return [];
  return type === 'string' ? '' : 0;
}

function readValue(type: FlagType, text: string, shown: string): string | boolean | number | string[] {
  const bad = (problem: string) => new FlagError(`invalid argument ${JSON.stringify(text)} for ${JSON.stringify(shown)} flag: ${problem}`);
  switch (type) {
    case 'string':
      return text;
    case 'strings':
      return text === '' ? [] : text.split(',');
    case 'int':
    case 'int32':
      if (!/^[+-]?\d+$/.test(text)) throw bad(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
      if (Math.abs(Number(text)) > (type === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER))
        throw bad(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
      return Number(text);
    case 'float':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
        throw bad(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
      return Number(text);
    case 'duration':
      try {
        return parseGoDuration(text);
      } catch (error) {
        throw error instanceof GoDurationError ? bad(error.message) : error;
      }
    case 'bool':
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
      throw bad(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
