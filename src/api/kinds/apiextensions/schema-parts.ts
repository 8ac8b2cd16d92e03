import type { JSONSchemaProps } from '../../generated/apiextensions/v1.ts';

/** The parts of a schema that JSON may write in two ways, and that the types therefore leave open. */
export const itemsOf = ({ items }: JSONSchemaProps): JSONSchemaProps | undefined =>
  typeof items === 'object' && items !== null && !Array.isArray(items) ? items : undefined;

/** A schema for all further fields, or whether there may be any. */
export function additionalPropertiesOf({ additionalProperties }: JSONSchemaProps): JSONSchemaProps | boolean | undefined {
  if (typeof additionalProperties === 'boolean') return additionalProperties;
  return typeof additionalProperties === 'object' && additionalProperties !== null ? additionalProperties : undefined;
}
