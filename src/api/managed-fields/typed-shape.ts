import { isObject, member, type JsonObject } from '../patch/json-object.ts';
import type { Field, Schema } from '../schema.ts';
import { keyElement, valueElement, type PathElement } from './field-path.ts';

// How structured-merge-diff sees a type: what is owned as a whole and what piece by piece.

/**
 * `atomic` values are owned as a whole, `map` and `list` piece by piece; scalars are always whole.
 * `kind` says what JSON the type has.
 */
export interface Shape {
  readonly kind: 'scalar' | 'map' | 'list';
  readonly atomic: boolean;
}

const scalar: Shape = { kind: 'scalar', atomic: true };
const granularMap: Shape = { kind: 'map', atomic: false };
const atomicMap: Shape = { kind: 'map', atomic: true };
const granularList: Shape = { kind: 'list', atomic: false };
const atomicList: Shape = { kind: 'list', atomic: true };

/** A value of any shape, owned member by member where it is an object: what custom resources without a schema have. */
export const deducedSchema: Schema = { type: 'any' };

/** Kubernetes' own types whose Go type says nothing of what is in them: owned as a whole. */
const opaqueTypes: ReadonlySet<string> = new Set([
  'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray',
]);

const isOpaque = (schema: Schema): boolean => schema.name !== undefined && opaqueTypes.has(schema.name);
/** Does the value's own shape decide? */
export const isDeduced = (schema: Schema): boolean => schema.type === 'any' || isOpaque(schema);

export function shapeOf(schema: Schema, value: unknown): Shape {
  if (isDeduced(schema)) return deducedShape(value, isOpaque(schema));
  switch (schema.type) {
    case 'object':
    case 'map':
      return schema.mapType === 'atomic' ? atomicMap : granularMap;
    case 'list':
      return schema.listType === 'set' || schema.listType === 'map' ? granularList : atomicList;
    default:
      return scalar;
  }
}

function deducedShape(value: unknown, opaque: boolean): Shape {
  if (Array.isArray(value)) return atomicList;
  if (isObject(value) || value === null || value === undefined) return opaque ? atomicMap : granularMap;
  return scalar;
}

/** Of a member of an object or map; undefined for one that the type does not have. */
export function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (isDeduced(schema)) return isOpaque(schema) ? schema : deducedSchema;
  const field = schema.fields?.get(name);
  if (field) return field.schema;
  if (schema.values) return schema.values;
  if (schema.preservesUnknownFields) return deducedSchema;
  // Types without a single field take anything, as upstream's schema has it.
  return schema.type === 'object' && (schema.fields?.size ?? 0) === 0 ? deducedSchema : undefined;
}

/** Is it a field of the type, rather than an entry of a map? */
export const isNamedField = (schema: Schema, name: string): boolean => !isDeduced(schema) && schema.fields?.has(name) === true;

export const itemSchema = (schema: Schema): Schema => (isDeduced(schema) ? schema : (schema.items ?? deducedSchema));

export const emptyObject: JsonObject = Object.freeze({});
const noFields: ReadonlyMap<string, unknown> = new Map();
const lasting = new WeakMap<Schema, ReadonlyMap<string, unknown>>();

/**
 * Fields that Kubernetes' own types are never without, each with what it is when an object does not say:
 * structs that are no pointers (OpenAPI gives them the default `{}`) are empty, fields without omitempty
 * are zero. Upstream compares Go structs, and who owns what follows from that.
 */
export function lastingFields(schema: Schema): ReadonlyMap<string, unknown> {
  if (schema.name?.startsWith('io.k8s.') !== true) return noFields;
  let fields = lasting.get(schema);
  if (!fields) {
    fields = new Map(
      [...(schema.fields ?? [])]
        .filter(([, field]) => isObject(field.default) || field.required)
        .map(([name, field]) => [name, zeroOf(field)]),
    );
    lasting.set(schema, fields);
  }
  return fields;
}

function zeroOf({ schema, default: published }: Field): unknown {
  if (isObject(published)) return emptyObject;
  if (schema.type === 'integer' || schema.type === 'number') return 0;
  if (schema.type === 'boolean') return false;
  return schema.type === 'string' && schema.format === undefined ? '' : null;
}

/** What cannot be an element of its list, so that nobody can own it. */
export class ElementError extends Error {
  override name = 'ElementError';
}

/** The step that leads to an element of a `map` or `set` list. Throws `ElementError` for elements that cannot be one. */
export function elementOf(list: Schema, item: unknown): PathElement {
  if (list.listType === 'map') return keyedElement(list, item);
  if (isObject(item)) throw new ElementError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new ElementError('not supported: associative list with lists as elements');
  if (item === null) throw new ElementError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

function keyedElement(list: Schema, item: unknown): PathElement {
  if (item === null) throw new ElementError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new ElementError('associative list with keys may not have non-map elements');
  const keys = list.mapKeys ?? [];
  const fields: [string, unknown][] = [];
  for (const key of keys) {
    const value = keyValue(list, item, key);
    if (value !== undefined) fields.push([key, value]);
  }
  if (fields.length === 0 && keys.length > 0)
    throw new ElementError(
      `associative list with keys has an element that omits all key fields [${keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  return keyElement(fields);
}

/** A key that is left out has its default: a port's protocol is TCP. */
const keyValue = (list: Schema, item: JsonObject, key: string): unknown =>
  Object.hasOwn(item, key) ? member(item, key) : list.items?.fields?.get(key)?.default;
