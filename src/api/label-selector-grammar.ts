import { ApiError, badRequest } from './errors.ts';
import { checkedKey, checkedRequirement, type LabelOperator, type LabelRequirement } from './label-requirement.ts';

/**
 * The grammar of label selectors, as apimachinery's labels.Parse reads it, oddities included:
 *
 *     selector    = requirement { "," requirement }
 *     requirement = [ "!" ] key | key ( "in" | "notin" ) "(" [ value ] { "," [ value ] } ")" | key ( "=" | "==" | "!=" | ">" | "<" ) [ value ]
 *
 * `in` and `notin` are words only where an operator may stand.
 */
export function parseRequirements(text: string): LabelRequirement[] {
  return new Parser(scan(text)).selector();
}

type TokenType = 'end' | 'word' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';
interface Token {
  readonly type: TokenType;
  readonly literal: string;
}

const binaryOperators: Partial<Record<TokenType, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};
const symbolTokens: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<']);
const isSymbol = (char: string): boolean => '=!(),><'.includes(char);
const isSpace = (char: string): boolean => ' \t\r\n'.includes(char);

/** A NUL ends the text, as it does upstream. */
function scan(whole: string): Token[] {
  const text = whole.split('\0', 1)[0]!;
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at]!)) {
      at++;
      continue;
    }
    const token = isSymbol(text[at]!) ? symbolAt(text, at) : wordAt(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  tokens.push({ type: 'end', literal: '' });
  return tokens;
}

function wordAt(text: string, start: number): { token: Token; end: number } {
  let end = start;
  while (end < text.length && !isSymbol(text[end]!) && !isSpace(text[end]!)) end++;
  const literal = text.slice(start, end);
  return { token: { type: literal === 'in' || literal === 'notin' ? literal : 'word', literal }, end };
}

/** The longest run of symbols that is still a token: `!=` rather than `!`. */
function symbolAt(text: string, start: number): { token: Token; end: number } {
  let end = start + 1;
  while (end < text.length && isSymbol(text[end]!) && symbolTokens.has(text.slice(start, end + 1))) end++;
  const literal = text.slice(start, end) as TokenType;
  return { token: { type: literal, literal }, end };
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.type === 'end') return requirements;
      if (next.type !== 'word' && next.type !== '!') throw found(next, "expected: !, identifier, or 'end of string'");
      requirements.push(this.#located());
      const after = this.#take();
      if (after.type === 'end') return requirements;
      if (after.type !== ',') throw found(after, "expected: ',' or 'end of string'");
      const following = this.#peek();
      if (following.type !== 'word' && following.type !== '!') throw found(following, "expected: identifier after ','");
    }
  }

  #located(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      throw error instanceof ApiError ? badRequest(`unable to parse requirement: ${error.message}`) : error;
    }
  }

  #requirement(): LabelRequirement {
    let first = this.#take();
    const negated = first.type === '!';
    if (negated) first = this.#take();
    if (first.type !== 'word') throw found(first, 'expected: identifier');
    const key = checkedKey(first.literal);
    const next = this.#peek();
    const alone = next.type === 'end' || next.type === ',';
    if (negated) return checkedRequirement(key, '!', []);
    if (alone) return checkedRequirement(key, 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#valueSet() : [this.#value()];
    return checkedRequirement(key, operator, values);
  }

  #operator(): LabelOperator {
    const token = this.#tokens[this.#position++]!;
    const operator = binaryOperators[token.type];
    if (!operator) throw found(token, 'expected: in, notin, =, ==, !=, gt, lt');
    return operator;
  }

  /** Sorted, each once. An empty place between commas or parentheses is the value ''. */
  #valueSet(): string[] {
    const open = this.#take();
    // Upstream has no comma here.
    if (open.type !== '(') throw badRequest(`found '${open.literal}' expected: '('`);
    const first = this.#peek();
    if (first.type === ')') {
      this.#take();
      return [''];
    }
    if (first.type !== 'word' && first.type !== ',') throw found(first, "expected: ',', ')' or identifier");
    const values = this.#values();
    this.#take();
    return [...values].sort();
  }

  /** Up to the closing parenthesis, which it leaves. */
  #values(): Set<string> {
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      const next = this.#peek().type;
      if (token.type === 'word') {
        values.add(token.literal);
        if (next === ')') return values;
        if (next !== ',') throw found(this.#peek(), "expected: ',' or ')'");
      } else if (token.type === ',') {
        if (values.size === 0 || next === ')' || next === ',') values.add('');
        if (next === ')') return values;
      } else throw found(token, "expected: ',', or identifier");
    }
  }

  #value(): string {
    const next = this.#peek();
    if (next.type === 'end' || next.type === ',') return '';
    const token = this.#take();
    if (token.type !== 'word') throw found(token, 'expected: identifier');
    return token.literal;
  }

  #peek(): Token {
    return asValue(this.#tokens[this.#position]!);
  }

  #take(): Token {
    return asValue(this.#tokens[this.#position++]!);
  }
}

/** Where no operator may stand, `in` and `notin` are words like others. */
const asValue = (token: Token): Token => (token.type === 'in' || token.type === 'notin' ? { type: 'word', literal: token.literal } : token);

const found = (token: Token, rest: string): ApiError => badRequest(`found '${token.literal}', ${rest}`);
