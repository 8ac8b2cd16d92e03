import { ShellSyntaxError, tokenize, type Token, type Word } from './shell-words.ts';

export { ShellSyntaxError } from './shell-words.ts';

/** A piece of shell script, as far as the scripts in manifests go: no functions, `case` or here-documents. */
export type Command =
  | {
      readonly type: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  /** One after the other; those `inBackground` beside what follows. */
  | { readonly type: 'list'; readonly items: readonly { readonly command: Command; readonly inBackground: boolean }[] }
  | { readonly type: 'and' | 'or'; readonly left: Command; readonly right: Command }
  | { readonly type: 'not'; readonly command: Command }
  | { readonly type: 'pipe'; readonly commands: readonly Command[] }
  | {
      readonly type: 'loop';
      readonly until: boolean;
      readonly condition: Command;
      readonly body: Command;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'for';
      readonly name: string;
      readonly words: readonly Word[];
      readonly body: Command;
      readonly redirects: readonly Redirect[];
    }
  | { readonly type: 'if'; readonly branches: readonly Branch[]; readonly otherwise?: Command; readonly redirects: readonly Redirect[] }
  | { readonly type: 'group'; readonly body: Command; readonly isSubshell: boolean; readonly redirects: readonly Redirect[] };

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export interface Branch {
  readonly condition: Command;
  readonly body: Command;
}

export interface Redirect {
  readonly from: 'stdout' | 'stderr' | 'both' | 'stdin';
  readonly to: { readonly file: Word; readonly append: boolean } | 'stdout' | 'stderr';
}

/** Throws ShellSyntaxError, whose message says what is not understood. */
export function parseShell(source: string): Command {
  return new Parser(tokenize(source)).whole();
}

const keywords: ReadonlySet<string> = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', '}', 'esac']);
const unknown: ReadonlySet<string> = new Set(['case', 'function', 'select', '[[', 'let', 'eval', 'source', '.', 'read']);

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Command {
    const list = this.#list();
    if (this.#at < this.#tokens.length) throw new ShellSyntaxError(`unexpected ${JSON.stringify(this.#shown())}`);
    return list;
  }

  #list(): Command {
    const items: { command: Command; inBackground: boolean }[] = [];
    while (this.#takes(';'));
    while (this.#at < this.#tokens.length && !this.#isEnd()) {
      const command = this.#andOr();
      const inBackground = this.#takes('&');
      items.push({ command, inBackground });
      if (!inBackground && !this.#takes(';') && !this.#isEnd() && this.#at < this.#tokens.length)
        throw new ShellSyntaxError(`unexpected ${JSON.stringify(this.#shown())}`);
      while (this.#takes(';'));
    }
    return { type: 'list', items };
  }

  #andOr(): Command {
    let left = this.#pipe();
    for (;;) {
      const type = this.#takes('&&') ? 'and' : this.#takes('||') ? 'or' : undefined;
      if (!type) return left;
      while (this.#takes(';'));
      left = { type, left, right: this.#pipe() };
    }
  }

  #pipe(): Command {
    if (this.#takesWord('!')) return { type: 'not', command: this.#pipe() };
    const commands = [this.#command()];
    while (this.#takes('|')) commands.push(this.#command());
    return commands.length === 1 ? commands[0]! : { type: 'pipe', commands };
  }

  #command(): Command {
    if (this.#takesWord('while')) return this.#loop(false);
    if (this.#takesWord('until')) return this.#loop(true);
    if (this.#takesWord('for')) return this.#for();
    if (this.#takesWord('if')) return this.#if();
    if (this.#takesWord('{')) {
      const body = this.#list();
      this.#expectWord('}');
      return { type: 'group', body, isSubshell: false, redirects: this.#redirects() };
    }
    if (this.#takes('(')) {
      const body = this.#list();
      if (!this.#takes(')')) throw new ShellSyntaxError('a ( is not closed');
      return { type: 'group', body, isSubshell: true, redirects: this.#redirects() };
    }
    return this.#simple();
  }

  #loop(until: boolean): Command {
    const condition = this.#list();
    const body = this.#doBody();
    return { type: 'loop', until, condition, body, redirects: this.#redirects() };
  }

  #for(): Command {
    const name = this.#word();
    if (!name || !/^[A-Za-z_][A-Za-z_0-9]*$/.test(name.bare)) throw new ShellSyntaxError('for needs a name');
    const words: Word[] = [];
    if (this.#takesWord('in')) for (let next = this.#word(); next; next = this.#word()) words.push(next.word);
    while (this.#takes(';'));
    const body = this.#doBody();
    return { type: 'for', name: name.bare, words, body, redirects: this.#redirects() };
  }

  #doBody(): Command {
    this.#expectWord('do');
    const body = this.#list();
    this.#expectWord('done');
    return body;
  }

  #if(): Command {
    const branches: Branch[] = [];
    let otherwise: Command | undefined;
    do {
      const condition = this.#list();
      this.#expectWord('then');
      branches.push({ condition, body: this.#list() });
    } while (this.#takesWord('elif'));
    if (this.#takesWord('else')) otherwise = this.#list();
    this.#expectWord('fi');
    return { type: 'if', branches, ...(otherwise && { otherwise }), redirects: this.#redirects() };
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const next = this.#word();
      if (!next) break;
      const assignment = words.length === 0 ? assignmentOf(next.word) : undefined;
      if (assignment) assignments.push(assignment);
      else words.push(next.word);
      if (words.length === 1 && unknown.has(next.bare)) throw new ShellSyntaxError(`${next.bare} is not understood`);
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0)
      throw new ShellSyntaxError(`unexpected ${JSON.stringify(this.#shown())}`);
    if (words.length === 1 && this.#peek()?.type === 'operator' && this.#shown() === '(')
      throw new ShellSyntaxError('functions are not understood');
    return { type: 'simple', assignments, words, redirects };
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (let next = this.#redirect(); next; next = this.#redirect()) redirects.push(next);
    return redirects;
  }

  #redirect(): Redirect | undefined {
    const token = this.#peek();
    if (token?.type !== 'operator' || !/[<>]/.test(token.text)) return undefined;
    this.#at++;
    const { text } = token;
    if (text.includes('>&')) return { from: text.startsWith('2') ? 'stderr' : 'stdout', to: text.endsWith('2') ? 'stderr' : 'stdout' };
    const file = this.#word()?.word;
    if (!file) throw new ShellSyntaxError(`${text} needs a file`);
    const from = text === '<' ? 'stdin' : text === '&>' ? 'both' : text.startsWith('2') ? 'stderr' : 'stdout';
    return { from, to: { file, append: text.endsWith('>>') } };
  }

  #word(): Extract<Token, { type: 'word' }> | undefined {
    const token = this.#peek();
    if (token?.type !== 'word') return undefined;
    this.#at++;
    return token;
  }

  #takesWord(bare: string): boolean {
    const token = this.#peek();
    if (token?.type !== 'word' || token.bare !== bare) return false;
    this.#at++;
    return true;
  }

  #expectWord(bare: string): void {
    if (!this.#takesWord(bare)) throw new ShellSyntaxError(`expected ${bare}, found ${JSON.stringify(this.#shown())}`);
  }

  #takes(operator: string): boolean {
    const token = this.#peek();
    if (token?.type !== 'operator' || token.text !== operator) return false;
    this.#at++;
    return true;
  }

  /** Of a list: a keyword that closes what is around it, or `)`. */
  #isEnd(): boolean {
    const token = this.#peek();
    return token?.type === 'word' ? keywords.has(token.bare) : token?.text === ')';
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #shown(): string {
    const token = this.#peek();
    return token === undefined ? 'the end' : token.type === 'word' ? token.bare : token.text;
  }
}

/** `name=value`, where the name is not quoted. */
function assignmentOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word;
  if (first?.type !== 'text' || first.quoted) return undefined;
  const match = /^([A-Za-z_][A-Za-z_0-9]*)=(.*)$/s.exec(first.text);
  return match ? { name: match[1]!, value: [{ ...first, text: match[2]! }, ...rest] } : undefined;
}
