import type { CustomResourceDefinition, JSONSchemaProps } from '../../generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './schema-parts.ts';

/** What a definition may say but hardly means: formats that nobody checks, and sets of what has no identity. Only what is new is told of. */
export function definitionWarnings(next: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const before = new Set(old ? allWarnings(old) : []);
  return allWarnings(next).filter((warning) => !before.has(warning));
}

function allWarnings({ spec }: CustomResourceDefinition): string[] {
  const schemas = (spec.versions ?? []).flatMap(({ schema }) => (schema?.openAPIV3Schema ? partsOf(schema.openAPIV3Schema) : []));
  const formats = schemas.filter(hasUnknownFormat).map(({ format }) => `unrecognized format ${JSON.stringify(format)}`);
  return [...formats, ...[...new Set(schemas.flatMap(setWarning))].sort()];
}

/** The schema and all within it. */
function partsOf(schema: JSONSchemaProps): JSONSchemaProps[] {
  const items = itemsOf(schema);
  const additional = additionalPropertiesOf(schema);
  const { properties = {}, allOf = [], anyOf = [], oneOf = [], not } = schema;
  const inner = [
    ...(items ? [items] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(not ? [not] : []),
    ...Object.values(properties),
    ...(typeof additional === 'object' ? [additional] : []),
  ];
  return [schema, ...inner.flatMap(partsOf)];
}

function hasUnknownFormat({ format, type = '' }: JSONSchemaProps): boolean {
  if (!format) return false;
  if (type === '' || type === 'string') return !stringFormats.has(format.replaceAll('-', ''));
  return !(numberFormats[type] ?? []).includes(format);
}

const numberFormats: Readonly<Record<string, readonly string[]>> = { integer: ['int32', 'int64'], number: ['float', 'double'] };
const stringFormats: ReadonlySet<string> = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor ' +
    'byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
);

function setWarning(schema: JSONSchemaProps): string[] {
  const type = itemsOf(schema)?.type ?? '';
  if (schema['x-kubernetes-list-type'] !== 'set' || !['object', 'array'].includes(type)) return [];
  return [
    `x-kubernetes-list-type: set for items of type ${JSON.stringify(type)} is not supported by server-side apply or CEL validation rules`,
  ];
}
