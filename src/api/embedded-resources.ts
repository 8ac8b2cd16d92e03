import { invalid, required, type FieldError } from './field-error.ts';
import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';
import { parseApiVersion, type KubeObject, type ObjectMeta } from './meta.ts';
import { validateMetadata } from './validation/metadata.ts';
import { dns1035Label, pathSegmentName } from './validation/names.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whole objects inside of custom ones (x-kubernetes-embedded-resource) say what they are, and their
 * metadata is in order. Source: apiextensions' objectmeta.Validate.
 */
export function validateEmbeddedResources(value: unknown, schema: JSONSchemaProps, path = ''): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items ? value.flatMap((item, index) => validateEmbeddedResources(item, items, `${path}[${index}]`)) : [];
  }
  if (!isFields(value)) return [];
  const additional = additionalPropertiesOf(schema);
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const property = schema.properties?.[name];
    if (property) return validateEmbeddedResources(member, property, child(path, name));
    return typeof additional === 'object' ? validateEmbeddedResources(member, additional, `${path}[${name}]`) : [];
  });
  return schema['x-kubernetes-embedded-resource'] ? [...validateResource(value, path), ...inside] : inside;
}

function validateResource(resource: Fields, path: string): FieldError[] {
  return [
    ...validateText(resource['apiVersion'], child(path, 'apiVersion'), (apiVersion) =>
      parseApiVersion(apiVersion) ? [] : [`unexpected GroupVersion string: ${apiVersion}`],
    ),
    ...validateText(resource['kind'], child(path, 'kind'), (kind) => {
      const problems = dns1035Label(kind.toLowerCase());
      return problems.length === 0 ? [] : [`may have mixed case, but should otherwise match: ${problems.join(',')}`];
    }),
    ...(isFields(resource['metadata']) ? validateObjectMeta(resource['metadata'], path) : []),
  ];
}

function validateText(value: unknown, path: string, problemsOf: (text: string) => string[]): FieldError[] {
  if (value === undefined) return [required(path)];
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')];
  if (value === '') return [invalid(path, value, 'must not be empty')];
  return problemsOf(value).map((problem) => invalid(path, value, problem));
}

function validateObjectMeta(metadata: ObjectMeta, path: string): FieldError[] {
  // An object that is yet to be made, say from a template, need not have a name.
  const object: KubeObject = { metadata: { ...metadata, name: metadata.name || 'fakename' } };
  const rules = { group: '', namespaced: (metadata.namespace ?? '') !== '', strategy: { nameProblems: pathSegmentName } };
  return validateMetadata(rules, object).map((problem) => ({ ...problem, field: child(path, problem.field) }));
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
