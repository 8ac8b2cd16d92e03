import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';
import type { Field, Schema } from './schema.ts';
import { schemaOf } from './schemas.ts';

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
/** Nothing is known of it, and so nothing is dropped. */
const anything: Schema = { type: 'any', nullable: true };
const text: Field = { schema: { type: 'string' }, required: false };

/**
 * The shape that an openAPIV3Schema gives: what is pruned, defaulted, merged and tracked. What it
 * says of values beyond that (`minimum`, `pattern`, `oneOf` …) is for `validateBySchema`.
 */
export function schemaFromCrd(root: JSONSchemaProps): Schema {
  return resourceShape(root);
}

/** With the three fields that every object has, whatever the author wrote of them. */
function resourceShape(schema: JSONSchemaProps): Schema {
  const fields = new Map(fieldsOf(schema));
  fields.set('apiVersion', text);
  fields.set('kind', text);
  fields.set('metadata', { schema: schemaOf(objectMeta), required: false });
  return { type: 'object', fields, ...(schema['x-kubernetes-preserve-unknown-fields'] && { preservesUnknownFields: true }) };
}

function shapeOf(schema: JSONSchemaProps): Schema {
  const shape = plainShapeOf(schema);
  return schema.nullable ? { ...shape, nullable: true } : shape;
}

function plainShapeOf(schema: JSONSchemaProps): Schema {
  if (schema['x-kubernetes-int-or-string']) return { type: 'int-or-string' };
  if (schema['x-kubernetes-embedded-resource']) return resourceShape(schema);
  switch (schema.type) {
    case 'object':
      return objectShape(schema);
    case 'array':
      return listShape(schema);
    case 'integer':
      return { type: 'integer', ...(schema.format === 'int32' && { format: 'int32' }) };
    case 'number':
      return { type: 'number' };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string' };
    default:
      return schema.properties ? objectShape(schema) : { type: 'any' };
  }
}

function objectShape(schema: JSONSchemaProps): Schema {
  const additional = additionalPropertiesOf(schema);
  const keeps = schema['x-kubernetes-preserve-unknown-fields'] ?? false;
  const mapType = schema['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {};
  if (!schema.properties && additional) return { type: 'map', values: additional === true ? anything : shapeOf(additional), ...mapType };
  if (!schema.properties && keeps) return { type: 'map', values: anything, ...mapType };
  return { type: 'object', fields: fieldsOf(schema), ...(keeps && { preservesUnknownFields: true }), ...mapType };
}

function listShape(schema: JSONSchemaProps): Schema {
  const items = itemsOf(schema);
  const listType = schema['x-kubernetes-list-type'];
  const mapKeys = schema['x-kubernetes-list-map-keys'];
  return {
    type: 'list',
    items: items ? shapeOf(items) : { type: 'any' },
    ...((listType === 'set' || listType === 'map' || listType === 'atomic') && { listType }),
    ...(mapKeys && { mapKeys }),
  };
}

function fieldsOf({ properties = {}, required = [] }: JSONSchemaProps): ReadonlyMap<string, Field> {
  return new Map(
    Object.entries(properties).map(([name, property]) => [
      name,
      {
        schema: shapeOf(property),
        required: required.includes(name),
        ...(property.default !== undefined && { default: property.default }),
      },
    ]),
  );
}
