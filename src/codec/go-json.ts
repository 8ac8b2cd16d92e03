const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as Go writes it: names sorted, the characters escaped that mean something to HTML, undefined
 * members left out. `indent` spaces a level; one line when it is 0.
 */
export function goJson(value: unknown, indent = 0): string {
  return written(value, indent, '\n');
}

function written(value: unknown, indent: number, lineStart: string): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const below = lineStart + ' '.repeat(indent);
  if (Array.isArray(value))
    return enclosed(
      '[]',
      value.map((item) => written(item, indent, below)),
      indent,
      lineStart,
    );
  const members = Object.entries(value)
    .filter(([, held]) => held !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, held]) => `${quoted(name)}:${indent > 0 ? ' ' : ''}${written(held, indent, below)}`);
  return enclosed('{}', members, indent, lineStart);
}

function enclosed(brackets: string, parts: readonly string[], indent: number, lineStart: string): string {
  const [open, close] = [brackets[0]!, brackets[1]!];
  if (indent === 0 || parts.length === 0) return open + parts.join(',') + close;
  const below = lineStart + ' '.repeat(indent);
  return open + below + parts.join(`,${below}`) + lineStart + close;
}

function quoted(text: string): string {
  const json = JSON.stringify(text);
  return /[<>&\u2028\u2029]/.test(json) ? json.replaceAll(/[<>&\u2028\u2029]/g, (char) => escapes[char]!) : json;
}
