import type { JSONSchemaProps } from '../../generated/apiextensions/v1.ts';

/** The schema of the field at `.spec.color`; undefined where there is none. */
export function schemaAt(root: JSONSchemaProps, path: string): JSONSchemaProps | undefined {
  if (!path.startsWith('.')) return undefined;
  let schema: JSONSchemaProps | undefined = root;
  for (const name of path.slice(1).split('.')) schema = schema?.properties?.[name];
  return schema;
}
