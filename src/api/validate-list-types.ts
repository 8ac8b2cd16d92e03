import { duplicate, invalid, type FieldError } from './field-error.ts';
import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';

/**
 * Sets (x-kubernetes-list-type) hold each value once, maps each combination of their keys. Source:
 * apiextensions' listtype.ValidateListSetsAndMaps.
 */
export function validateListTypes(value: unknown, schema: JSONSchemaProps, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return [
      ...validateUnique(value, schema, path),
      ...(items ? value.flatMap((item, index) => validateListTypes(item, items, `${path}[${index}]`)) : []),
    ];
  }
  if (!isObject(value)) return [];
  const additional = additionalPropertiesOf(schema);
  return Object.entries(value).flatMap(([name, member]) => {
    const property = schema.properties?.[name];
    if (property) return validateListTypes(member, property, path === '' ? name : `${path}.${name}`);
    return typeof additional === 'object' ? validateListTypes(member, additional, `${path}[${name}]`) : [];
  });
}

function validateUnique(list: readonly unknown[], schema: JSONSchemaProps, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set') return duplicatesIn(list, path);
  if (listType !== 'map') return [];
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger >= 0) return [invalid(`${path}[${stranger}]`, list[stranger], 'must be an object for an array of list-type map')];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identities = list.map((item) => Object.fromEntries(keys.map((key) => [key, isObject(item) ? item[key] : undefined])));
  return duplicatesIn(identities, path);
}

/** Each value that comes again is told of once, at its second place. */
function duplicatesIn(values: readonly unknown[], path: string): FieldError[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    const text = canonicalText(value);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 2 ? [duplicate(`${path}[${index}]`, value)] : [];
  });
}

/** The same for values that differ in the order of their fields only. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'bigint') return { bigint: String(part) };
    return isObject(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part;
  });

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
