import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './schema-parts.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

/** What may not stand in any part of a custom resource's schema, and how Kubernetes' own keywords go together. */
export function validateSchemaProps(schema: JSONSchemaProps, path: string): FieldError[] {
  const items = itemsOf(schema);
  const additional = additionalPropertiesOf(schema);
  const { allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema;
  return [
    ...validateForbidden(schema, path),
    ...(typeof additional === 'object' ? validateSchemaProps(additional, `${path}.additionalProperties`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => validateSchemaProps(property, `${path}.properties[${name}]`)),
    ...(not ? validateSchemaProps(not, `${path}.not`) : []),
    ...allOf.flatMap((one, index) => validateSchemaProps(one, `${path}.allOf[${index}]`)),
    ...oneOf.flatMap((one, index) => validateSchemaProps(one, `${path}.oneOf[${index}]`)),
    ...anyOf.flatMap((one, index) => validateSchemaProps(one, `${path}.anyOf[${index}]`)),
    ...(items ? validateSchemaProps(items, `${path}.items`) : []),
    ...validateMapType(schema, path),
    ...validateListType(schema, items, path),
    ...validateRules(schema, path),
  ];
}

function validateForbidden(schema: JSONSchemaProps, path: string): FieldError[] {
  const { type } = schema;
  const problems: FieldError[] = [];
  if (schema.uniqueItems)
    problems.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (schema.additionalProperties === false)
    problems.push(forbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'));
  if (Object.keys(schema.properties ?? {}).length > 0 && additionalPropertiesOf(schema))
    problems.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  for (const name of unsupported) if (schema[name]) problems.push(forbidden(`${path}.${name}`, `${name} is not supported`));
  if (Array.isArray(schema.items)) problems.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  if (type === 'null') problems.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  else if (type && !types.includes(type)) problems.push(notSupported(`${path}.type`, type, types));
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    problems.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  return problems;
}

function validateMapType(schema: JSONSchemaProps, path: string): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (!mapType) return [];
  const problems: FieldError[] = [];
  if (schema.type !== 'object') {
    const detail = 'must be object if x-kubernetes-map-type is specified';
    problems.push(schema.type ? invalid(`${path}.type`, schema.type, detail) : required(`${path}.type`, detail));
  }
  if (!['atomic', 'granular'].includes(mapType))
    problems.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  return problems;
}

function validateListType(schema: JSONSchemaProps, items: JSONSchemaProps | undefined, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const problems: FieldError[] = [];
  if (listType && schema.type !== 'array') {
    const detail = 'must be array if x-kubernetes-list-type is specified';
    problems.push(schema.type ? invalid(`${path}.type`, schema.type, detail) : required(`${path}.type`, detail));
  }
  if (listType && !['atomic', 'set', 'map'].includes(listType))
    problems.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  if (listType === 'set' && items) problems.push(...validateSetItems(items, `${path}.items`));
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    problems.push(
      listType ? invalid(`${path}.x-kubernetes-list-type`, listType, detail) : required(`${path}.x-kubernetes-list-type`, detail),
    );
  }
  if (listType === 'map') problems.push(...validateMapList(items, keys, path));
  if ((listType === 'map' || listType === 'set') && items?.nullable)
    problems.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  return problems;
}

function validateSetItems(items: JSONSchemaProps, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  const mapType = items['x-kubernetes-map-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalid(`${path}.x-kubernetes-list-type`, listType, detail)];
  if (items.type === 'object' && mapType !== 'atomic') return [invalid(`${path}.x-kubernetes-map-type`, listType ?? null, detail)];
  return [];
}

function validateMapList(items: JSONSchemaProps | undefined, keys: readonly string[], path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (keys.length === 0)
    problems.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) return [...problems, required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object')
    problems.push(invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"));
  for (const key of new Set(keys)) {
    const property = items.properties?.[key];
    const at = `${path}.items.properties[${key}]`;
    if (!property) problems.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object')
      problems.push(invalid(`${at}.type`, items.type ?? '', "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    if (property && property.default === undefined && !items.required?.includes(key))
      problems.push(
        required(`${at}.default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'),
      );
    if (property?.nullable)
      problems.push(forbidden(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
  if (new Set(keys).size < keys.length)
    problems.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
  return problems;
}

/** Rules in CEL: their outer form. The expressions are not compiled here. */
function validateRules(schema: JSONSchemaProps, path: string): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule, message, messageExpression }, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`;
    const problems: FieldError[] = [];
    if (!rule?.trim()) problems.push(required(`${at}.rule`, 'rule is not specified'));
    if (message && message.trim() === '') problems.push(invalid(`${at}.message`, message, 'must be non-empty if specified'));
    else if (message?.includes('\n')) problems.push(invalid(`${at}.message`, message, 'must not contain line breaks'));
    else if (rule?.includes('\n') && !message)
      problems.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'));
    if (messageExpression && messageExpression.trim() === '')
      problems.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
    return problems;
  });
}
