import { RE2JS } from 're2js';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError } from './field-error.ts';
import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';
import { semanticallyEqual } from './semantic-equality.ts';
import { fitsFormat } from './string-formats.ts';

/** How far the validation of a custom object has come: which value this is, and what it was before. */
interface Site {
  /** Where the value that was given stands in the whole object: '' or `status`. */
  readonly within: string;
  /** From there: '' for itself, `spec.tags[0]`. */
  readonly name: string;
  /** Its value before the update; absent for what is new, and for list items that nothing identifies. */
  readonly old?: Before;
}

export interface Before {
  readonly value: unknown;
}

export interface SchemaValidationOptions {
  /** Where the value stands in the object; '' when absent: it is the whole object. */
  readonly within?: string;
  /** What did not change is not found fault with: a schema may have become stricter since (CRDValidationRatcheting). */
  readonly old?: Before;
}

/**
 * What is wrong with a custom object, or a part of it, by its CRD's schema, in the words of
 * kube-openapi's validator. That sets and maps hold everything once is for `validateListTypes`.
 * Rules in CEL (x-kubernetes-validations) are not evaluated.
 */
export function validateBySchema(
  value: unknown,
  schema: JSONSchemaProps,
  { within = '', old }: SchemaValidationOptions = {},
): FieldError[] {
  return validateAt(value, schema, { within, name: '', ...(old && { old }) });
}

function validateAt(value: unknown, schema: JSONSchemaProps, site: Site): FieldError[] {
  const problems = problemsOf(value, schema, site);
  return problems.length > 0 && site.old && semanticallyEqual(value, site.old.value) ? [] : problems;
}

function problemsOf(value: unknown, schema: JSONSchemaProps, site: Site): FieldError[] {
  if (value === null && schema.nullable) return [];
  const wrongType = validateType(value, schema, site);
  if (wrongType.length > 0) return wrongType;
  return [
    ...validateEnum(value, schema, site),
    ...(typeof value === 'string' ? validateString(value, schema, site) : []),
    ...(typeof value === 'number' ? validateNumber(value, schema, site) : []),
    ...(Array.isArray(value) ? validateList(value, schema, site) : []),
    ...(isObject(value) ? validateObject(value, schema, site) : []),
    ...validateAlternatives(value, schema, site),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}

function validateType(value: unknown, schema: JSONSchemaProps, site: Site): FieldError[] {
  const allowed = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
  const actual = typeOf(value);
  if (allowed.length === 0 || allowed.includes(actual) || (actual === 'integer' && allowed.includes('number'))) return [];
  return [typeInvalid(fieldOf(site), actual, `${inBody(site)} must be of type ${allowed.join(',')}: ${JSON.stringify(actual)}`)];
}

function validateEnum(value: unknown, schema: JSONSchemaProps, site: Site): FieldError[] {
  if (!schema.enum || schema.enum.some((one) => semanticallyEqual(one, value))) return [];
  return [
    notSupported(
      fieldOf(site),
      value,
      schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    ),
  ];
}

function validateString(value: string, schema: JSONSchemaProps, site: Site): FieldError[] {
  const { minLength, maxLength, pattern, format } = schema;
  const length = Array.from(value).length;
  const problems: FieldError[] = [];
  if (maxLength !== undefined && length > maxLength) problems.push(tooLong(fieldOf(site), maxLength));
  if (minLength !== undefined && length < minLength)
    problems.push(invalid(fieldOf(site), value, `${inBody(site)} should be at least ${minLength} chars long`));
  if (pattern && !compiled(schema, pattern).matcher(value).find())
    problems.push(invalid(fieldOf(site), value, `${inBody(site)} should match '${pattern}'`));
  if (format && !fitsFormat(value, format))
    problems.push(typeInvalid(fieldOf(site), value, `${inBody(site)} must be of type ${format}: ${JSON.stringify(value)}`));
  return problems;
}

const patterns = new WeakMap<JSONSchemaProps, RE2JS>();

/** Compiled once for each place in a schema, which lives as long as its CRD. */
function compiled(schema: JSONSchemaProps, pattern: string): RE2JS {
  let expression = patterns.get(schema);
  if (!expression) patterns.set(schema, (expression = RE2JS.compile(pattern)));
  return expression;
}

function validateNumber(value: number, schema: JSONSchemaProps, site: Site): FieldError[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  const problems: FieldError[] = [];
  const should = (detail: string) => problems.push(invalid(fieldOf(site), value, `${inBody(site)} should be ${detail}`));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) should(`a multiple of ${multipleOf}`);
  if (maximum !== undefined && exclusiveMaximum && value >= maximum) should(`less than ${maximum}`);
  if (maximum !== undefined && !exclusiveMaximum && value > maximum) should(`less than or equal to ${maximum}`);
  if (minimum !== undefined && exclusiveMinimum && value <= minimum) should(`greater than ${minimum}`);
  if (minimum !== undefined && !exclusiveMinimum && value < minimum) should(`greater than or equal to ${minimum}`);
  return problems;
}

function validateList(value: readonly unknown[], schema: JSONSchemaProps, site: Site): FieldError[] {
  const { minItems, maxItems } = schema;
  const items = itemsOf(schema);
  const problems: FieldError[] = [];
  if (minItems !== undefined && value.length < minItems)
    problems.push(invalid(fieldOf(site), value.length, `${inBody(site)} should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) problems.push(tooMany(fieldOf(site), value.length, maxItems));
  return items ? [...problems, ...value.flatMap((item, index) => validateAt(item, items, itemSite(site, schema, item, index)))] : problems;
}

function validateObject(value: Record<string, unknown>, schema: JSONSchemaProps, site: Site): FieldError[] {
  const { properties = {}, minProperties, maxProperties } = schema;
  const additional = additionalPropertiesOf(schema);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  const problems: FieldError[] = [];
  if (minProperties !== undefined && names.length < minProperties)
    problems.push(invalid(fieldOf(site), names.length, `${inBody(site)} should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && names.length > maxProperties) problems.push(tooMany(fieldOf(site), names.length, maxProperties));
  for (const name of schema.required ?? []) if (value[name] === undefined) problems.push(required(fieldOf(fieldSite(site, name))));
  for (const name of names) {
    const property = Object.hasOwn(properties, name) ? properties[name] : typeof additional === 'object' ? additional : undefined;
    if (property) problems.push(...validateAt(value[name], property, fieldSite(site, name)));
  }
  return problems;
}

function validateAlternatives(value: unknown, schema: JSONSchemaProps, site: Site): FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const problemsWith = (one: JSONSchemaProps) => validateAt(value, one, site);
  const whole = (detail: string) => invalid(site.within || '<nil>', '', `${JSON.stringify(site.name)} ${detail}`);
  const problems: FieldError[] = [];
  const any = anyOf.map(problemsWith);
  if (any.length > 0 && any.every((one) => one.length > 0))
    problems.push(whole('must validate at least one schema (anyOf)'), ...nearest(any));
  const one = oneOf.map(problemsWith);
  const fitting = one.filter((each) => each.length === 0).length;
  if (one.length > 0 && fitting !== 1) {
    const found = fitting === 0 ? 'none valid' : `${fitting} valid alternatives`;
    problems.push(whole(`must validate one and only one schema (oneOf). Found ${found}`), ...(fitting === 0 ? nearest(one) : []));
  }
  const all = allOf.flatMap(problemsWith);
  if (all.length > 0) problems.push(...all, whole('must validate all the schemas (allOf)'));
  if (not && problemsWith(not).length === 0) problems.push(whole('must not validate the schema (not)'));
  return problems;
}

/** Of the alternatives that failed, the one that came closest tells why. */
const nearest = (alternatives: readonly FieldError[][]): FieldError[] =>
  alternatives.reduce((best, one) => (one.length < best.length ? one : best));

function fieldSite({ within, name, old }: Site, field: string): Site {
  // Both versions of an object are shown under the same apiVersion, whatever changed.
  const hidden = name === '' && (field === 'apiVersion' || field === 'kind');
  const before = !hidden && old && isObject(old.value) && Object.hasOwn(old.value, field) ? { value: old.value[field] } : undefined;
  return { within, name: name === '' ? field : `${name}.${field}`, ...(before && { old: before }) };
}

/** Only the items of lists that are maps are known again. */
function itemSite({ within, name, old }: Site, list: JSONSchemaProps, item: unknown, index: number): Site {
  const keys = list['x-kubernetes-list-type'] === 'map' ? list['x-kubernetes-list-map-keys'] : undefined;
  const isSame = (other: unknown) => isObject(other) && isObject(item) && keys!.every((key) => semanticallyEqual(other[key], item[key]));
  const found = keys && old && Array.isArray(old.value) ? old.value.findIndex(isSame) : -1;
  return { within, name: `${name}[${index}]`, ...(found >= 0 && { old: { value: (old!.value as unknown[])[found] } }) };
}

const fieldOf = ({ within, name }: Site): string => (within === '' ? name : name === '' ? within : `${within}.${name}`) || '<nil>';
const inBody = ({ name }: Site): string => (name === '' ? 'body' : `${name} in body`);
