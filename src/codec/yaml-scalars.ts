/** What a plain YAML scalar means to kubectl: YAML 1.1's words and numbers, but dates and times stay text. */

/** Not a special value: it stays the string it is. */
export const plainText = Symbol('plain text');

/** null, a boolean, a number (bigint past 2^53), or `plainText`. */
export function resolvePlain(source: string): unknown {
  if (words.has(source)) return words.get(source);
  const first = source.charCodeAt(0);
  // Numbers start with a digit, a sign or a point; most text does not.
  if (!((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e)) return plainText;
  const digits = source.replaceAll('_', '');
  return integerOf(digits) ?? (float.test(digits) ? Number(digits) : plainText);
}

/** Would it read back as something else than text, and so needs quotes? Dates and base-60 numbers too, for older readers. */
export const needsQuotes = (text: string): boolean =>
  resolvePlain(text) !== plainText || text === '<<' || base60.test(text) || date.test(text);

const words = new Map<string, boolean | number | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, null] => [word, null]),
  ...['y', 'yes', 'true', 'on'].flatMap(inCases).map((word): [string, boolean] => [word, true]),
  ...['n', 'no', 'false', 'off'].flatMap(inCases).map((word): [string, boolean] => [word, false]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, number] => [word, Number.NaN]),
  ...['.inf', '.Inf', '.INF'].flatMap((word): [string, number][] => [
    [word, Infinity],
    [`+${word}`, Infinity],
    [`-${word}`, -Infinity],
  ]),
]);

function inCases(word: string): string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()];
}

const integer = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const date = /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]| +)\d\d?:\d\d?:\d\d?(?:\.\d*)?(?: *(?:Z|[+-]\d\d?(?::\d\d)?))?)?$/;

/** Go's ParseInt with base 0. Undefined for what is none, or fits no 64 bits. */
function integerOf(text: string): number | bigint | undefined {
  const [, sign, digits] = integer.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
