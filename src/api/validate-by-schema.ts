import { RE2JS } from 're2js';
import { duplicate, invalid, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError } from './field-error.ts';
import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';
import { semanticallyEqual } from './semantic-equality.ts';
import { fitsFormat } from './string-formats.ts';

/**
 * What is wrong with a custom object by its CRD's schema, in the words of kube-openapi's validator.
 * `path` is '' for the whole object. Rules in CEL (x-kubernetes-validations) are not evaluated.
 */
export function validateBySchema(value: unknown, schema: JSONSchemaProps, path: string): FieldError[] {
  if (value === null && schema.nullable) return [];
  const wrongType = validateType(value, schema, path);
  if (wrongType.length > 0) return wrongType;
  return [
    ...validateEnum(value, schema, path),
    ...(typeof value === 'string' ? validateString(value, schema, path) : []),
    ...(typeof value === 'number' ? validateNumber(value, schema, path) : []),
    ...(Array.isArray(value) ? validateList(value, schema, path) : []),
    ...(isObject(value) ? validateObject(value, schema, path) : []),
    ...validateAlternatives(value, schema, path),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}

function validateType(value: unknown, schema: JSONSchemaProps, path: string): FieldError[] {
  const allowed = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
  const actual = typeOf(value);
  if (allowed.length === 0 || allowed.includes(actual) || (actual === 'integer' && allowed.includes('number'))) return [];
  return [typeInvalid(fieldOf(path), actual, `${inBody(path)} must be of type ${allowed.join(',')}: ${JSON.stringify(actual)}`)];
}

function validateEnum(value: unknown, schema: JSONSchemaProps, path: string): FieldError[] {
  if (!schema.enum || schema.enum.some((one) => semanticallyEqual(one, value))) return [];
  return [
    notSupported(
      fieldOf(path),
      value,
      schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    ),
  ];
}

function validateString(value: string, schema: JSONSchemaProps, path: string): FieldError[] {
  const { minLength, maxLength, pattern, format } = schema;
  const length = Array.from(value).length;
  const problems: FieldError[] = [];
  if (maxLength !== undefined && length > maxLength) problems.push(tooLong(fieldOf(path), maxLength));
  if (minLength !== undefined && length < minLength)
    problems.push(invalid(fieldOf(path), value, `${inBody(path)} should be at least ${minLength} chars long`));
  if (pattern && !compiled(schema, pattern).matcher(value).find())
    problems.push(invalid(fieldOf(path), value, `${inBody(path)} should match '${pattern}'`));
  if (format && !fitsFormat(value, format))
    problems.push(typeInvalid(fieldOf(path), value, `${inBody(path)} must be of type ${format}: ${JSON.stringify(value)}`));
  return problems;
}

const patterns = new WeakMap<JSONSchemaProps, RE2JS>();

/** Compiled once for each place in a schema, which lives as long as its CRD. */
function compiled(schema: JSONSchemaProps, pattern: string): RE2JS {
  let expression = patterns.get(schema);
  if (!expression) patterns.set(schema, (expression = RE2JS.compile(pattern)));
  return expression;
}

function validateNumber(value: number, schema: JSONSchemaProps, path: string): FieldError[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  const problems: FieldError[] = [];
  const should = (detail: string) => problems.push(invalid(fieldOf(path), value, `${inBody(path)} should be ${detail}`));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) should(`a multiple of ${multipleOf}`);
  if (maximum !== undefined && exclusiveMaximum && value >= maximum) should(`less than ${maximum}`);
  if (maximum !== undefined && !exclusiveMaximum && value > maximum) should(`less than or equal to ${maximum}`);
  if (minimum !== undefined && exclusiveMinimum && value <= minimum) should(`greater than ${minimum}`);
  if (minimum !== undefined && !exclusiveMinimum && value < minimum) should(`greater than or equal to ${minimum}`);
  return problems;
}

function validateList(value: readonly unknown[], schema: JSONSchemaProps, path: string): FieldError[] {
  const { minItems, maxItems } = schema;
  const items = itemsOf(schema);
  const problems: FieldError[] = [];
  if (minItems !== undefined && value.length < minItems)
    problems.push(invalid(fieldOf(path), value.length, `${inBody(path)} should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) problems.push(tooMany(fieldOf(path), value.length, maxItems));
  return [
    ...problems,
    ...(items ? value.flatMap((item, index) => validateBySchema(item, items, `${path}[${index}]`)) : []),
    ...validateUnique(value, schema, path),
  ];
}

/** Sets hold each value once; maps each combination of their keys. */
function validateUnique(value: readonly unknown[], schema: JSONSchemaProps, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: unknown) =>
    listType === 'map' && isObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item;
  const identities = value.map(identity);
  return identities.flatMap((one, index) =>
    identities.findIndex((other) => semanticallyEqual(one, other)) < index ? [duplicate(fieldOf(`${path}[${index}]`), one)] : [],
  );
}

function validateObject(value: Record<string, unknown>, schema: JSONSchemaProps, path: string): FieldError[] {
  const { properties = {}, minProperties, maxProperties } = schema;
  const additional = additionalPropertiesOf(schema);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  const problems: FieldError[] = [];
  if (minProperties !== undefined && names.length < minProperties)
    problems.push(invalid(fieldOf(path), names.length, `${inBody(path)} should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && names.length > maxProperties) problems.push(tooMany(fieldOf(path), names.length, maxProperties));
  for (const name of schema.required ?? []) if (value[name] === undefined) problems.push(required(fieldOf(child(path, name))));
  for (const name of names) {
    const property = Object.hasOwn(properties, name) ? properties[name] : typeof additional === 'object' ? additional : undefined;
    if (property) problems.push(...validateBySchema(value[name], property, child(path, name)));
  }
  return problems;
}

function validateAlternatives(value: unknown, schema: JSONSchemaProps, path: string): FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const problemsOf = (one: JSONSchemaProps) => validateBySchema(value, one, path);
  const whole = (detail: string) => invalid('<nil>', '', `${JSON.stringify(path)} ${detail}`);
  const problems: FieldError[] = [];
  const any = anyOf.map(problemsOf);
  if (any.length > 0 && any.every((one) => one.length > 0))
    problems.push(whole('must validate at least one schema (anyOf)'), ...nearest(any));
  const one = oneOf.map(problemsOf);
  const fitting = one.filter((each) => each.length === 0).length;
  if (one.length > 0 && fitting !== 1) {
    const found = fitting === 0 ? 'none valid' : `${fitting} valid alternatives`;
    problems.push(whole(`must validate one and only one schema (oneOf). Found ${found}`), ...(fitting === 0 ? nearest(one) : []));
  }
  const all = allOf.flatMap(problemsOf);
  if (all.length > 0) problems.push(...all, whole('must validate all the schemas (allOf)'));
  if (not && problemsOf(not).length === 0) problems.push(whole('must not validate the schema (not)'));
  return problems;
}

/** Of the alternatives that failed, the one that came closest tells why. */
const nearest = (alternatives: readonly FieldError[][]): FieldError[] =>
  alternatives.reduce((best, one) => (one.length < best.length ? one : best));

const child = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
const fieldOf = (path: string) => (path === '' ? '<nil>' : path);
const inBody = (path: string) => (path === '' ? 'body' : `${path} in body`);
