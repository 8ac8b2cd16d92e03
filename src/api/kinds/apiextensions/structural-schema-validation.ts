import { RE2JS } from 're2js';
import { forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../generated/apiextensions/v1.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { additionalPropertiesOf, itemsOf } from './schema-parts.ts';
import { validateCompleteness } from './structural-completeness.ts';

type Level = 'root' | 'item' | 'field';

/**
 * A structural schema says of every field of what type it is, outside of `allOf`, `anyOf`, `oneOf`
 * and `not`, which may only narrow values (apiextensions' schema.ValidateStructural). Problems are
 * sorted by their text, as upstream sorts them.
 */
export function validateStructural(schema: JSONSchemaProps, path: string): FieldError[] {
  const problems = [...validateLevel(schema, 'root', path), ...validateCompleteness(schema, path)];
  const key = ({ field, detail }: FieldError) => `${field} ${detail}`;
  return problems.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

const missingType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function validateLevel(schema: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const items = itemsOf(schema);
  const additional = additionalPropertiesOf(schema);
  const problems: FieldError[] = [];
  if (schema.type === 'array' && !items) problems.push(required(`${path}.items`, 'must be specified'));
  if (items) problems.push(...validateLevel(items, 'item', `${path}.items`));
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    problems.push(...validateLevel(property, 'field', `${path}.properties[${name}]`));
  if (additional !== undefined && level === 'root')
    problems.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
  if (typeof additional === 'object') problems.push(...validateLevel(additional, 'field', `${path}.additionalProperties`));
  return [
    ...problems,
    ...validateExtensions(schema, path),
    ...validateValues(schema, path),
    ...validateType(schema, level, path),
    ...validateObjectMeta(schema, level, path),
  ];
}

function validateExtensions(schema: JSONSchemaProps, path: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  return (['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const)
    .filter((name) => schema[name])
    .map((name) => invalid(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'));
}

function validateType(schema: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const { type = '' } = schema;
  const problems: FieldError[] = [];
  if (schema['x-kubernetes-embedded-resource'] && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    problems.push(type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields'])
    problems.push(required(`${path}.type`, missingType[level]));
  if (level === 'root' && type !== '' && type !== 'object') problems.push(invalid(`${path}.type`, type, 'must be object at the root'));
  return problems;
}

/** At the root and in embedded resources `apiVersion`, `kind` and `metadata` mean what they always mean. */
function validateObjectMeta(schema: JSONSchemaProps, level: Level, path: string): FieldError[] {
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false;
  const { properties = {} } = schema;
  const { metadata } = properties;
  const problems: FieldError[] = [];
  if (embedded && schema.additionalProperties !== undefined)
    problems.push(forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'));
  if (embedded || level === 'root') {
    for (const name of ['kind', 'apiVersion'])
      if (properties[name] && properties[name].type !== 'string')
        problems.push(invalid(`${path}.properties[${name}].type`, properties[name].type ?? '', 'must be string'));
    if (metadata && metadata.type !== 'object')
      problems.push(invalid(`${path}.properties[metadata].type`, metadata.type ?? '', 'must be object'));
  }
  if (metadata && level === 'root' && !onlyNames(metadata))
    problems.push(
      forbidden(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && Object.keys(properties).length === 0)
    problems.push(
      required(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  return problems;
}

function onlyNames(metadata: JSONSchemaProps): boolean {
  const { type: _type, properties = {}, default: _default, description: _description, ...rest } = metadata;
  const names = Object.keys(properties).every((name) => name === 'name' || name === 'generateName');
  return names && Object.values(rest).every((value) => value === undefined);
}

const intOrString = [{ type: 'integer' }, { type: 'string' }];

/** Under the logical keywords; the one idiom that may name types there is that of int-or-string. */
function validateValues(schema: JSONSchemaProps, path: string): FieldError[] {
  const typed = schema['x-kubernetes-int-or-string'] ?? false;
  const idiom = typed && semanticallyEqual(schema.anyOf, intOrString);
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const problems: FieldError[] = [];
  if (!idiom) anyOf.forEach((one, index) => problems.push(...validateNested(one, `${path}.anyOf[${index}]`)));
  allOf.forEach((one, index) => {
    const plain = typed && index === 0 && semanticallyEqual(one.anyOf, intOrString) ? { ...one, anyOf: undefined } : one;
    problems.push(...validateNested(plain, `${path}.allOf[${index}]`));
  });
  oneOf.forEach((one, index) => problems.push(...validateNested(one, `${path}.oneOf[${index}]`)));
  if (not) problems.push(...validateNested(not, `${path}.not`));
  return pattern ? [...problems, ...validatePattern(pattern, `${path}.pattern`)] : problems;
}

export function validatePattern(pattern: string, path: string): FieldError[] {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [invalid(path, pattern, `must be a valid regular expression, but isn't: ${why}`)];
  }
}

const emptyInside = ['type', 'title', 'description'] as const;
const falseInside = [
  'nullable',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;
const undefinedInside = ['additionalProperties', 'default', 'x-kubernetes-list-type', 'x-kubernetes-map-type'] as const;

function validateNested(schema: JSONSchemaProps, path: string): FieldError[] {
  const items = itemsOf(schema);
  const wrong = (names: readonly (keyof JSONSchemaProps)[], detail: string) =>
    names
      .filter((name) => schema[name] !== undefined && schema[name] !== '' && schema[name] !== false)
      .map((name) => forbidden(`${path}.${name}`, detail));
  return [
    ...validateValues(schema, path),
    ...(items ? validateNested(items, `${path}.items`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => validateNested(property, `${path}.properties[${name}]`)),
    ...wrong(emptyInside, 'must be empty to be structural'),
    ...wrong(undefinedInside, 'must be undefined to be structural'),
    ...wrong(falseInside, 'must be false to be structural'),
    ...(schema['x-kubernetes-list-map-keys']?.length
      ? [forbidden(`${path}.x-kubernetes-list-map-keys`, 'must be empty to be structural')]
      : []),
    ...(schema.properties?.['metadata'] ? [forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')] : []),
  ];
}
