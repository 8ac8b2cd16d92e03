import { jsonTypeName } from '../codec/go-text.ts';

/** What a YAML value must look like: as much of a Go type as strict decoding looks at. */
export type Shape = 'string' | 'int32' | 'int64' | 'float32' | 'bool' | 'any' | { readonly list: Shape } | Struct;

export interface Struct {
  /** The Go type's name, as error messages have it. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

/** A value of the wrong type, in the words of Go's encoding/json. */
export class ShapeError extends Error {
  override name = 'ShapeError';
}

/** Paths of fields that the type does not have, in the order of the text. Throws ShapeError at the first value of a wrong type. */
export function unknownFields(value: unknown, shape: Struct): string[] {
  const unknown: string[] = [];
  visit(value, shape, { struct: shape.name, fields: [], path: '' }, unknown);
  return unknown;
}

interface Place {
  /** The innermost struct. */
  readonly struct: string;
  /** Names of the fields on the way, without indices: so encoding/json shows them. */
  readonly fields: readonly string[];
  /** With indices. */
  readonly path: string;
}

function visit(value: unknown, shape: Shape, place: Place, unknown: string[]): void {
  if (value === null || value === undefined || shape === 'any') return;
  if (typeof shape === 'string') {
    if (!fits(value, shape)) throw wrong(value, shape, place);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) throw wrong(value, `[]${goName(shape.list)}`, place);
    value.forEach((one: unknown, index) => visit(one, shape.list, { ...place, path: `${place.path}[${index}]` }, unknown));
  } else visitStruct(value, shape, place, unknown);
}

function visitStruct(value: unknown, shape: Struct, place: Place, unknown: string[]): void {
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(value, goName(shape), place);
  for (const [name, member] of Object.entries(value as object)) {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    if (!Object.hasOwn(shape.fields, name)) unknown.push(path);
    else visit(member, shape.fields[name]!, { struct: shape.name, fields: [...place.fields, name], path }, unknown);
  }
}

function fits(value: unknown, type: string): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  if (typeof value !== 'number') return false;
  if (type === 'float32') return true;
  return Number.isInteger(value) && (type === 'int64' || Math.abs(value) < 2 ** 31);
}

const goName = (shape: Shape): string =>
  typeof shape === 'string' ? shape : 'list' in shape ? `[]${goName(shape.list)}` : `v1.${shape.name}`;

function wrong(value: unknown, type: string, { struct, fields }: Place): ShapeError {
  const shown = typeof value === 'number' && type.startsWith('int') ? `number ${value}` : jsonTypeName(value);
  const field = fields.length > 0 ? `Go struct field ${struct}.${fields.join('.')}` : 'Go value';
  return new ShapeError(`json: cannot unmarshal ${shown} into ${field} of type ${type}`);
}
