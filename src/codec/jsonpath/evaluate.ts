import { goText, goType } from '../go-text.ts';
import { compares } from './compare.ts';
import { JsonPathError } from './json-path-error.ts';
import type { Node } from './node.ts';

/** Undefined stands for no value at all, as in the body of a range over nothing; null is JSON's null. */
type Values = readonly unknown[];

export interface EvaluationOptions {
  /** A field that no value has gives no results instead of an error. */
  readonly allowMissingKeys?: boolean;
}

/** The results of a chain of nodes, each put to what the one before it found. `range` leaves its input as it is. */
export function evaluate(nodes: readonly Node[], input: Values, options: EvaluationOptions): Values {
  let values = input;
  for (const node of nodes) values = walk(node, values, options);
  return values;
}

function walk(node: Node, input: Values, options: EvaluationOptions): Values {
  switch (node.type) {
    case 'list':
      return evaluate(node.nodes, input, options);
    case 'text':
      return [node.text];
    case 'field':
      return fields(node.name, input, options);
    case 'array':
      return input.flatMap((value) => (value === null ? [] : slice(node, value)));
    case 'filter':
      return input.flatMap((value) => filter(node, value, options));
    case 'number':
    case 'boolean':
      return input.map(() => node.value);
    case 'wildcard':
      return input.flatMap(children);
    case 'recursive':
      return descend(input);
    case 'union':
      return node.lists.flatMap((list) => evaluate(list, input, options));
    case 'identifier':
      if (node.name === 'range') return input;
      throw new JsonPathError(node.name === 'end' ? 'not in range, nothing to end' : `unrecognized identifier ${node.name}`);
  }
}

function fields(name: string, input: Values, { allowMissingKeys }: EvaluationOptions): Values {
  if (input.length === 0) return [];
  const found = input.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
  if (found.length === 0 && allowMissingKeys !== true) throw new JsonPathError(`${name} is not found`);
  return found;
}

function slice(node: Extract<Node, { type: 'array' }>, value: unknown): Values {
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
  const length = value.length;
  const start = fromEnd(node.start ?? 0, length);
  const written = node.end ?? { value: length, derived: false };
  // The end that goes with [-1] is 0, which then means the list's own end.
  const end = written.value < 0 || (written.value === 0 && written.derived) ? written.value + length : written.value;
  if (start === end) return [];
  if (start >= length || start < 0) throw new JsonPathError(`array index out of bounds: index ${start}, length ${length}`);
  if (end > length || end < 0) throw new JsonPathError(`array index out of bounds: index ${end - 1}, length ${length}`);
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
  if (node.step !== undefined && node.step <= 0) throw new JsonPathError('step must be > 0');
  const step = node.step ?? 1;
  return value.slice(start, end).filter((_item, index) => index % step === 0);
}

const fromEnd = (index: number, length: number): number => (index < 0 ? index + length : index);

function filter({ left, operator, right }: Extract<Node, { type: 'filter' }>, value: unknown, options: EvaluationOptions): Values {
  if (!Array.isArray(value)) throw new JsonPathError(`${goText(value)} is not array or slice and cannot be filtered`);
  return value.filter((item: unknown) => {
    if (operator === 'exists') return exists(left, item, options);
    const one = single(evaluate(left, [item], options));
    if (!one) return false;
    const other = single(evaluate(right, [item], options));
    return other !== undefined && compares(operator, one[0], other[0]);
  });
}

/** An error is as good as nothing here. */
function exists(path: readonly Node[], item: unknown, options: EvaluationOptions): boolean {
  try {
    return evaluate(path, [item], options).length > 0;
  } catch (error) {
    if (error instanceof JsonPathError) return false;
    throw error;
  }
}

function single(values: Values): readonly [unknown] | undefined {
  if (values.length > 1) throw new JsonPathError('can only compare one element at a time');
  return values.length === 0 ? undefined : [values[0]];
}

/** Everything below, container by container; an empty one is left out, and a text is one of bytes, as in Go. */
function descend(input: Values): Values {
  return input.flatMap((value) => {
    const below = children(value);
    return below.length === 0 ? [] : [value, ...descend(below)];
  });
}

function children(value: unknown): Values {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...new TextEncoder().encode(value)];
  return isObject(value) ? Object.values(value) : [];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
