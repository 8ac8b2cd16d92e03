/** The value of `$((expression))`: whole numbers, with C's operators. What cannot be read counts as 0. */
export function arithmetic(source: string, valueOf: (name: string) => string): number {
  const tokens = source.match(/[A-Za-z_][A-Za-z_0-9]*|[0-9]+|\*\*|[<>=!]=|&&|\|\||[-+*/%()<>!]/g) ?? [];
  let at = 0;
  const primary = (): number => {
    const token = tokens[at++];
    if (token === undefined) return 0;
    if (token === '-') return -primary();
    if (token === '+') return primary();
    if (token === '!') return primary() === 0 ? 1 : 0;
    if (token === '(') {
      const value = binary(0);
      at++;
      return value;
    }
    return Math.trunc(Number(/^[A-Za-z_]/.test(token) ? valueOf(token) : token)) || 0;
  };
  const binary = (level: number): number => {
    const operators = levels[level];
    if (!operators) return primary();
    let value = binary(level + 1);
    for (let operator = operators[tokens[at] ?? '']; operator; operator = operators[tokens[at] ?? '']) {
      at++;
      value = operator(value, binary(level + 1));
    }
    return value;
  };
  return binary(0);
}

type Operators = Readonly<Record<string, (a: number, b: number) => number>>;

/** From the weakest to the strongest. */
const levels: readonly Operators[] = [
  { '||': (a, b) => Number(a !== 0 || b !== 0) },
  { '&&': (a, b) => Number(a !== 0 && b !== 0) },
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  { '<': (a, b) => Number(a < b), '>': (a, b) => Number(a > b), '<=': (a, b) => Number(a <= b), '>=': (a, b) => Number(a >= b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? 0 : Math.trunc(a / b)), '%': (a, b) => (b === 0 ? 0 : a % b) },
  { '**': (a, b) => a ** b },
];
