import { required, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../generated/apiextensions/v1.ts';
import { itemsOf } from './schema-parts.ts';

/**
 * Whatever the logical keywords of the root narrow must be declared outside of them. `declaredPath`
 * is where it should be, `path` where it is spoken of.
 */
export function validateCompleteness(schema: JSONSchemaProps, path: string): FieldError[] {
  return validateKeywords(schema, schema, path, path);
}

function validateKeywords(values: JSONSchemaProps, declared: JSONSchemaProps, declaredPath: string, path: string): FieldError[] {
  const nested = (one: JSONSchemaProps, at: string) => validateNested(one, declared, declaredPath, `${path}.${at}`);
  return [
    ...(values.not ? nested(values.not, 'not') : []),
    ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((keyword) =>
      (values[keyword] ?? []).flatMap((one, index) => nested(one, `${keyword}[${index}]`)),
    ),
  ];
}

function validateNested(values: JSONSchemaProps, declared: JSONSchemaProps | undefined, declaredPath: string, path: string): FieldError[] {
  if (!declared) return [required(declaredPath, `because it is defined in ${path}`)];
  const items = itemsOf(values);
  return [
    ...validateKeywords(values, declared, declaredPath, path),
    ...(items ? validateNested(items, itemsOf(declared), `${declaredPath}.items`, `${path}.items`) : []),
    ...Object.entries(values.properties ?? {}).flatMap(([name, property]) =>
      validateNested(property, declared.properties?.[name], `${declaredPath}.properties[${name}]`, `${path}.properties[${name}]`),
    ),
  ];
}
