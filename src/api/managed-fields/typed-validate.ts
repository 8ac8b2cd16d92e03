import { goText } from '../../codec/go-text.ts';
import { isObject } from '../patch/json-object.ts';
import type { Schema } from '../schema.ts';
import { elementText, fieldElement, type PathElement } from './field-path.ts';
import { elementOf, isDeduced, itemSchema, memberSchema } from './typed-shape.ts';

/**
 * What keeps an object from being of the type, in structured-merge-diff's words; undefined when nothing
 * does. Lists that are sets or maps may not have an element twice.
 */
export function typeProblem(value: unknown, schema: Schema): string | undefined {
  const problems = problemsOf(value, schema).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (problems.length <= 1) return problems[0];
  return ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

const here = (message: string): Problem[] => [{ path: '', message }];
const below = (step: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => ({ path: step + path, message }));

function problemsOf(value: unknown, schema: Schema): Problem[] {
  if (value === null || value === undefined || isDeduced(schema)) return [];
  switch (schema.type) {
    case 'object':
    case 'map':
      return isObject(value) ? memberProblems(value, schema) : here(`expected map, got ${goPointer(value)}`);
    case 'list':
      return Array.isArray(value) ? itemProblems(value, schema) : here(`expected list, got ${goPointer(value)}`);
    case 'string':
      return typeof value === 'string' ? [] : here(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
    case 'boolean':
      return typeof value === 'boolean' ? [] : here(`expected boolean, got ${goPointer(value)}`);
    case 'integer':
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? [] : here(`expected numeric (int or float), got ${goType(value)}`);
    default:
      return typeof value === 'object' ? here(`expected any scalar, got ${goPointer(value)}`) : [];
  }
}

function memberProblems(object: Record<string, unknown>, schema: Schema): Problem[] {
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(object)) {
    const step = elementText(fieldElement(name));
    const of = memberSchema(schema, name);
    if (!of) return [...problems, ...below(step, here('field not declared in schema'))];
    problems.push(...below(step, problemsOf(value, of)));
  }
  return problems;
}

function itemProblems(list: readonly unknown[], schema: Schema): Problem[] {
  const keyed = schema.listType === 'set' || schema.listType === 'map';
  const problems: Problem[] = [];
  const seen = new Set<PathElement>();
  for (const [index, item] of list.entries()) {
    let element: PathElement;
    try {
      element = keyed ? elementOf(schema, item) : `i:${index}`;
    } catch (error) {
      return [...problems, ...here(`element ${index}: ${error instanceof Error ? error.message : String(error)}`)];
    }
    if (seen.has(element)) problems.push(...here(`duplicate entries for key ${elementText(element)}`));
    seen.add(element);
    problems.push(...below(elementText(element), problemsOf(item, itemSchema(schema))));
  }
  return problems;
}

/** `%v` of a pointer to a struct with this one member. */
const goPointer = (value: unknown): string => `&{${goText(value)}}`;

/** `%#v`. */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return goText(value);
  return `map[string]interface {}{${Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`)
    .join(', ')}}`;
}

/** `%T`. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
