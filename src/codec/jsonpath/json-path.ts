import { goJson } from '../go-json.ts';
import { goText } from '../go-text.ts';
import { evaluate, type EvaluationOptions } from './evaluate.ts';
import { JsonPathError } from './json-path-error.ts';
import type { Node } from './node.ts';
import { parseTemplate } from './parse.ts';

/** A template, read: pieces in order, with ranges as blocks. */
export type JsonPath = readonly Piece[];

export type Piece =
  | { readonly type: 'output'; readonly node: Node }
  /** `{range …}` up to its `{end}`, or to the end of the template when there is none. */
  | { readonly type: 'range'; readonly over: Node; readonly body: JsonPath; readonly closed: boolean };

/**
 * Reads a template in kubectl's dialect: text, `{.a.b}`, `[0]`, `[-1]`, `[1:4:2]`, `[*]`, `..`, unions,
 * filters (`[?(@.a=="b")]`), `{range .items[*]}…{end}`, quoted text. Throws `JsonPathError`. A path
 * alone, as in a custom resource's printer column, wants its braces: `{` + path + `}`.
 */
export function parseJsonPath(template: string): JsonPath {
  return block(parseTemplate(template).values(), false).pieces;
}

/** What each piece of the template finds, in order; a range's pieces once for each element. Throws `JsonPathError`. */
export function findResults(path: JsonPath, data: unknown, options: EvaluationOptions = {}): unknown[][] {
  return path.flatMap((piece) => {
    if (piece.type === 'output') return [[...evaluate([piece.node], [data], options)]];
    const values = evaluate([piece.over], [data], options);
    // A body that is put to nothing may fail, and is asked for that alone.
    if (values.length === 0) findResults(piece.body, undefined, options);
    const results = values.flatMap((value) => findResults(piece.body, value, options));
    // The body of a range that nothing closes is also what follows the range.
    return piece.closed ? results : [...results, ...findResults(piece.body, data, options)];
  });
}

export interface PrintOptions extends EvaluationOptions {
  /** Each piece's results as a JSON list of their own, indented (kubectl's `jsonpath-as-json`). */
  readonly asJson?: boolean;
}

/** Objects and lists as JSON, all else as Go prints it; results of one piece with a space between. */
export function printJsonPath(path: JsonPath, data: unknown, { asJson, ...options }: PrintOptions = {}): string {
  const results = findResults(path, data, options);
  if (asJson === true) return results.map((values) => `${goJson(values, 4)}\n`).join('');
  return results.map((values) => values.map(resultText).join(' ')).join('');
}

export function resultText(value: unknown): string {
  if (value === undefined) return '<no value>';
  if (value === null) return 'null';
  return typeof value === 'object' ? goJson(value) : goText(value);
}

/**
 * A path as users write it for `--sort-by` and custom columns (`metadata.name`, `.metadata.name`, with
 * braces or without) as a template. Throws `JsonPathError`. kubectl's RelaxedJSONPathExpression.
 */
export function relaxedTemplate(expression: string): string {
  if (expression === '') return '';
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression);
  if (!match)
    throw new JsonPathError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]!}}`;
}

/** Takes pieces up to and with the `{end}` that closes the block; outside of one, up to the end. */
function block(nodes: Iterator<Node>, inRange: boolean): { pieces: Piece[]; closed: boolean } {
  const pieces: Piece[] = [];
  for (let next = nodes.next(); next.done !== true; next = nodes.next()) {
    const word = wordOf(next.value);
    if (word === 'end' && inRange) return { pieces, closed: true };
    if (word === 'range') {
      const { pieces: body, closed } = block(nodes, true);
      pieces.push({ type: 'range', over: next.value, body, closed });
    } else pieces.push({ type: 'output', node: next.value });
  }
  return { pieces, closed: false };
}

const wordOf = (node: Node): string | undefined => {
  const word = node.type === 'list' ? node.nodes.find((part) => part.type === 'identifier') : undefined;
  return word?.name;
};
