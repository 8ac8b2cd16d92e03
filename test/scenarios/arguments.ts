import { parseGoDuration } from '../../src/codec/go-duration.ts';

/** A mistake of whoever typed the command; its message becomes the answer. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A command's words after its name. */
export class Arguments {
  readonly words: readonly string[];
  readonly #flags: ReadonlyMap<string, string>;
  readonly #usage: string;

  constructor(words: readonly string[], flags: ReadonlyMap<string, string>, usage: string) {
    this.words = words;
    this.#flags = flags;
    this.#usage = usage;
  }

  flag(name: string): string | undefined {
    return this.#flags.get(name);
  }

  has(name: string): boolean {
    const value = this.#flags.get(name);
    return value !== undefined && value !== 'false';
  }

  durationMs(name: string, absentMs: number): number {
    const text = this.#flags.get(name);
    return text === undefined ? absentMs : parseGoDuration(text);
  }

  /** The only word. */
  one(): string {
    if (this.words.length !== 1) throw new UsageError(`usage: ${this.#usage}`);
    return this.words[0]!;
  }

  two(): readonly [string, string] {
    if (this.words.length !== 2) throw new UsageError(`usage: ${this.#usage}`);
    return [this.words[0]!, this.words[1]!];
  }

  none(): void {
    if (this.words.length > 0) throw new UsageError(`usage: ${this.#usage}`);
  }
}

/** A flag's name with the dashes, and whether it takes a value. */
export type Flags = Readonly<Record<string, 'value' | 'switch'>>;

/** Words and flags: `--name=value`, `-o value`, `--switch`; quotes hold a word together. Throws UsageError for a flag that the command does not have. */
export function parseArguments(text: string, flags: Flags, usage: string): Arguments {
  const words: string[] = [];
  const given = new Map<string, string>();
  const tokens = wordsOf(text);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!/^--?[A-Za-z]/.test(token)) {
      words.push(token);
      continue;
    }
    const [, name = '', , inline] = /^(--?[^=]+)(=(.*))?$/s.exec(token)!;
    const takes = flags[name];
    if (!takes) throw new UsageError(`unknown flag: ${name}; usage: ${usage}`);
    const value = inline ?? (takes === 'value' ? tokens[++i] : 'true');
    if (value === undefined) throw new UsageError(`flag needs an argument: ${name}`);
    given.set(name, value);
  }
  return new Arguments(words, given, usage);
}

function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g), ([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}
