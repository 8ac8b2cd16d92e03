/**
 * One walk from a parsed body to a clean object: the types that the schema wants, in Go's sentences
 * where they are others; unknown fields gone and noted; nulls and empty values absent, as Go's
 * decoding and encoding leave them; quantities and times in the form in which they are stored.
 */
import { base64Problem } from '../codec/bytes.ts';
import { maxJsonDepth, stringifyJson } from '../codec/json.ts';
import { canonicalQuantity, QuantityError } from './quantity.ts';
import type { Field, Schema } from './schema.ts';
import { canonicalMicroTime, canonicalTime, TimestampError } from './timestamps.ts';

/** The value does not fit. The message is what Go's decoder says. */
export class DecodeError extends Error {
  override name = 'DecodeError';
}

export interface DecodedValue {
  readonly value: Record<string, unknown>;
  /** Paths of fields that were dropped because the schema does not know them, in the body's order; no more than 100. */
  readonly unknownFields: readonly string[];
}

/** More problems of strictness than these nobody is told, as upstream. */
export const mostStrictProblems = 100;

/**
 * Nothing of `body` is changed. Parts of free form are shared with it unless `copies`: a parsed body
 * is nobody else's, an in-process caller's is. Throws `DecodeError`.
 */
export function decodeValue(body: JsonObject, schema: Schema, { copies }: { readonly copies: boolean }): DecodedValue {
  const walk = new Walk(copies);
  const value = walk.object(body, schema);
  if (walk.problem !== undefined) throw new DecodeError(walk.problem);
  return { value, unknownFields: walk.unknownFields };
}

/** Own members only are looked at, whatever else an in-process caller's object inherits. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A step of the path: a field, an index, or (prefixed with a NUL, which no field has) a map's key. */
type Step = string | number;

class Walk {
  readonly unknownFields: string[] = [];
  /** The first type mismatch. Go reads on after one, and what a type's own decoder says later on goes before it. */
  problem: string | undefined;
  readonly #copies: boolean;
  readonly #path: Step[] = [];
  /** Names of the structs that are open, innermost last. */
  readonly #structs: string[] = [];
  #depth = 0;
  /** Inside Kubernetes' own types. What a custom resource's author declared is checked by validation, not here. */
  #typed = false;

  constructor(copies: boolean) {
    this.#copies = copies;
  }

  object(body: JsonObject, schema: Schema): Record<string, unknown> {
    if (this.#depth > maxJsonDepth) throw new DecodeError('exceeded max depth');
    const { fields } = schema;
    const wasTyped = this.#typed;
    this.#typed ||= schema.name !== undefined;
    const depth = this.#depth++;
    this.#structs.push(schema.name ?? '');
    const out: Record<string, unknown> = {};
    for (const name of Object.keys(body)) {
      this.#path[depth] = name;
      const field = fields?.get(name);
      const given = body[name];
      if (given === undefined) continue;
      if (field) {
        const value = this.#field(given, field);
        if (value !== undefined) out[name] = value;
      } else if (fields && !schema.preservesUnknownFields) this.#unknown();
      else setMember(out, name, this.#free(given));
    }
    this.#structs.pop();
    this.#depth--;
    this.#typed = wasTyped;
    return out;
  }

  #unknown(): void {
    if (this.unknownFields.length < mostStrictProblems) this.unknownFields.push(this.#strictPath());
  }

  /** Undefined for absence. */
  #field(given: unknown, { schema, omitsZero }: Field): unknown {
    if (given === null || given === undefined) return schema.nullable && !this.#typed ? given : undefined;
    const value = this.#value(given, schema);
    return omitsZero && isZero(value) ? undefined : value;
  }

  #value(given: unknown, schema: Schema): unknown {
    switch (schema.type) {
      case 'object':
        return isObject(given) ? this.object(given, schema) : this.#mismatch(given, schema);
      case 'map':
        return isObject(given) ? this.#map(given, schema.values!) : this.#mismatch(given, schema);
      case 'list':
        return Array.isArray(given) ? this.#list(given, schema.items!) : this.#mismatch(given, schema);
      case 'string':
        return typeof given === 'string' ? this.#string(given, schema) : this.#notString(given, schema);
      case 'integer':
        return this.#integer(given, schema);
      case 'number':
        return typeof given === 'number' || typeof given === 'bigint' ? given : this.#mismatch(given, schema);
      case 'boolean':
        return typeof given === 'boolean' ? given : this.#mismatch(given, schema);
      case 'quantity':
        return this.#quantity(given);
      case 'int-or-string':
        return this.#intOrString(given);
      case 'any':
        break;
    }
    return this.#free(given);
  }

  #free(given: unknown): unknown {
    return this.#copies ? copyOf(given, this.#depth) : given;
  }

  #map(given: JsonObject, schema: Schema): Record<string, unknown> {
    const depth = this.#depth++;
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(given)) {
      this.#path[depth] = `\0${key}`;
      if (given[key] === null && !this.#typed && !schema.nullable) continue;
      setMember(out, key, this.#member(given[key], schema));
    }
    this.#depth--;
    return out;
  }

  #list(given: readonly unknown[], schema: Schema): unknown[] {
    const depth = this.#depth++;
    const out = given.map((item, index) => {
      this.#path[depth] = index;
      return this.#member(item, schema);
    });
    this.#depth--;
    return out;
  }

  /** Of a list or map: a null there becomes Go's zero value. */
  #member(given: unknown, schema: Schema): unknown {
    return (given === null || given === undefined) && this.#typed ? zeroOf(schema) : this.#value(given, schema);
  }

  #string(given: string, { format }: Schema): string {
    if (format === undefined || !this.#typed) return given;
    if (format === 'byte') {
      const offset = base64Problem(given);
      if (offset !== undefined) this.problem ??= `illegal base64 data at input byte ${offset}`;
      return given;
    }
    if (format === 'date-time') return ownWords(() => canonicalTime(given));
    return format === 'micro-time' ? ownWords(() => canonicalMicroTime(given)) : given;
  }

  #notString(given: unknown, schema: Schema): unknown {
    const isTime = schema.format === 'date-time' || schema.format === 'micro-time';
    if (isTime && this.#typed) throw new DecodeError(`json: cannot unmarshal ${goKindOf(given)} into Go value of type string`);
    return this.#mismatch(given, schema);
  }

  #integer(given: unknown, schema: Schema): unknown {
    if (typeof given !== 'number' && typeof given !== 'bigint') return this.#mismatch(given, schema);
    const fits = schema.format === 'int32' ? isInt32(given) : isInt64(given);
    return fits ? given : this.#mismatch(given, schema, `number ${given}`);
  }

  #quantity(given: unknown): unknown {
    if (!this.#typed) return given;
    const text = typeof given === 'string' ? given : stringifyJson(given);
    return ownWords(() => canonicalQuantity(text.trim()));
  }

  #intOrString(given: unknown): unknown {
    if (typeof given === 'string' || isInt32(given) || !this.#typed) return given;
    const what = typeof given === 'number' || typeof given === 'bigint' ? `number ${given}` : goKindOf(given);
    throw new DecodeError(`json: cannot unmarshal ${what} into Go value of type int32`);
  }

  #mismatch(given: unknown, schema: Schema, what = goKindOf(given)): unknown {
    if (!this.#typed) return given;
    const fields = this.#path.slice(0, this.#depth).filter((step) => typeof step === 'string' && !step.startsWith('\0'));
    const struct = this.#structs.at(-1)!.split('.').at(-1);
    this.problem ??= `json: cannot unmarshal ${what} into Go struct field ${struct}.${fields.join('.')} of type ${goTypeOf(schema)}`;
    return undefined;
  }

  #strictPath(): string {
    let path = '';
    for (const step of this.#path.slice(0, this.#depth)) {
      if (typeof step === 'number') path += `[${step}]`;
      else path += (path === '' ? '' : '.') + step.replace('\0', '');
    }
    return path;
  }
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A plain assignment of this one name would change the prototype instead. */
function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxJsonDepth) throw new DecodeError('exceeded max depth');
  if (Array.isArray(value)) return value.map((item) => copyOf(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) setMember(copy, name, copyOf(Reflect.get(value, name), depth + 1));
  return copy;
}

const isInt32 = (value: unknown): boolean => typeof value === 'number' && (value | 0) === value;
const isInt64 = (value: number | bigint): boolean =>
  typeof value === 'bigint' ? value >= -(2n ** 63n) && value < 2n ** 63n : Number.isSafeInteger(value);

function isZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _name in value) return false;
  return true;
}

function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    case 'list':
      return [];
    case 'object':
    case 'map':
      return {};
    case 'any':
      break;
  }
  return null;
}

/** Go's word for a JSON value. */
export function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** As reflection shows it: `[]v1.Container`, `map[string]string`, `int32`. */
function goTypeOf(schema: Schema): string {
  if (schema.goType !== undefined) return schema.goType;
  switch (schema.type) {
    case 'object':
      return schema.name?.split('.').slice(-2).join('.') ?? 'map[string]interface {}';
    case 'map':
      return `map[string]${goTypeOf(schema.values!)}`;
    case 'list':
      return `[]${goTypeOf(schema.items!)}`;
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string';
    case 'integer':
      return schema.format ?? 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'quantity':
      return 'resource.Quantity';
    case 'int-or-string':
      return 'intstr.IntOrString';
    case 'any':
      break;
  }
  return 'interface {}';
}

/** Types with a decoder of their own speak for themselves, at once and without the field's name. */
function ownWords(decode: () => string): string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof QuantityError || error instanceof TimestampError) throw new DecodeError(error.message, { cause: error });
    throw error;
  }
}
