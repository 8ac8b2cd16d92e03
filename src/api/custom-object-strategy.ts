import { invalid, type FieldError } from './field-error.ts';
import type { CustomResourceDefinitionVersion, CustomResourceSubresourceScale, JSONSchemaProps } from './generated/apiextensions/v1.ts';
import type { Strategy } from './kind.ts';
import { validateEmbeddedResources } from './embedded-resources.ts';
import { additionalPropertiesOf, itemsOf } from './kinds/apiextensions/schema-parts.ts';
import type { KubeObject } from './meta.ts';
import { validateBySchema, type SchemaValidationOptions } from './validate-by-schema.ts';
import { validateListTypes } from './validate-list-types.ts';
import { qualifiedName } from './validation/names.ts';

/** What happens to custom objects of one version on their way in. Source: apiextensions' customresource strategies. */
export function customObjectStrategy({ subresources = {} }: CustomResourceDefinitionVersion, root: JSONSchemaProps): Strategy<KubeObject> {
  const { status, scale } = subresources;
  const hasRuleSomewhere = hasRules(root);
  const finish = (problems: FieldError[]) => (hasRuleSomewhere && problems.some(isBlocking) ? [...problems, rulesUnchecked] : problems);
  const validateWhole = (object: KubeObject, options: SchemaValidationOptions) => [
    ...validateBySchema(object, root, options),
    ...(scale ? [...validateReplicas(object, scale.specReplicasPath), ...validateScaleStatus(object, scale)] : []),
    ...validateEmbeddedResources(object, root),
  ];
  return {
    validateCreate: (object) => finish([...validateWhole(object, {}), ...validateListTypes(object, root, '')]),
    validateUpdate: (object, old) => finish([...validateWhole(object, { old: { value: old } }), ...newListProblems(object, old, root)]),
    validateStatusUpdate: (object, old) =>
      finish([
        ...validateStatus(object, old, root),
        ...(scale ? validateScaleStatus(object, scale) : []),
        ...newListProblems(object, old, root),
      ]),
    warnings: (object, old) => finalizerWarnings(object, old),
    unconditionalUpdate: false,
    generationFields: generationFields(root, status !== undefined),
  };
}

/** All that is not metadata counts, but for a status that is written apart. */
function generationFields({ properties = {} }: JSONSchemaProps, hasStatus: boolean): string[] {
  const uncounted = ['apiVersion', 'kind', 'metadata', ...(hasStatus ? ['status'] : [])];
  const declared = Object.keys(properties).filter((name) => !uncounted.includes(name));
  return declared.includes('spec') ? declared : ['spec', ...declared];
}

function validateStatus(object: KubeObject, old: KubeObject, { properties = {} }: JSONSchemaProps): FieldError[] {
  const status = statusOf(object);
  if (!properties['status'] || status === undefined) return [];
  return validateBySchema(status, properties['status'], { within: 'status', old: { value: statusOf(old) } });
}

const statusOf = (object: KubeObject): unknown => at(object, ['status']);

/** Lists that were wrong before may stay so. */
const newListProblems = (object: KubeObject, old: KubeObject, root: JSONSchemaProps): FieldError[] => {
  const problems = validateListTypes(object, root, '');
  return problems.length === 0 || validateListTypes(old, root, '').length > 0 ? [] : problems;
};

const maxInt32 = 2 ** 31 - 1;

function validateScaleStatus(object: KubeObject, { statusReplicasPath, labelSelectorPath }: CustomResourceSubresourceScale): FieldError[] {
  return [
    ...validateReplicas(object, statusReplicasPath),
    ...(labelSelectorPath ? validateType(object, labelSelectorPath, 'string', '') : []),
  ];
}

function validateReplicas(object: KubeObject, path: string): FieldError[] {
  const wrongType = validateType(object, path, 'int64', 0);
  if (wrongType.length > 0) return wrongType;
  const replicas = Number(at(object, namesIn(path)) ?? 0);
  if (replicas < 0) return [invalid(path, replicas, 'should be a non-negative integer')];
  return replicas > maxInt32 ? [invalid(path, replicas, `should be less than or equal to ${maxInt32}`)] : [];
}

function validateType(object: KubeObject, path: string, type: 'int64' | 'string', zero: unknown): FieldError[] {
  const value = at(object, namesIn(path));
  const actual = goType(value);
  if (value === undefined || actual === type) return [];
  const detail = `${path} accessor error: ${goText(value)} is of the type ${actual}, expected ${type}`;
  return [invalid(path, zero, detail)];
}

const namesIn = (path: string): string[] => path.replace(/^\./, '').split('.');

/** Go's name for what a JSON value becomes. */
function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

const goText = (value: unknown): string => (typeof value === 'string' ? value : value === null ? '<nil>' : JSON.stringify(value));

function at(object: unknown, names: readonly string[]): unknown {
  let value = object;
  for (const name of names) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}

/** Are there rules in CEL? They would only be looked at in objects that are otherwise in order, and one is told so. */
function hasRules(schema: JSONSchemaProps): boolean {
  const additional = additionalPropertiesOf(schema);
  const items = itemsOf(schema);
  return (
    (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
    Object.values(schema.properties ?? {}).some(hasRules) ||
    (typeof additional === 'object' && hasRules(additional)) ||
    (items !== undefined && hasRules(items))
  );
}

const blocking: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const isBlocking = ({ type }: FieldError): boolean => blocking.has(type);
const rulesUnchecked = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Of finalizers that are new in the object, in the order of the alphabet. */
function finalizerWarnings({ metadata }: KubeObject, old: KubeObject | undefined): string[] {
  const known = new Set(old?.metadata.finalizers);
  const added = [...new Set(metadata.finalizers)].filter((finalizer) => !known.has(finalizer)).sort();
  return added.flatMap((finalizer) => {
    const about = (text: string) => `metadata.finalizers: ${JSON.stringify(finalizer)}: ${text}`;
    const warnings = qualifiedName(finalizer).map(about);
    if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return warnings;
    const path = finalizer.includes('.') ? ' including a path (/)' : '';
    return [
      ...warnings,
      about(`prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`),
    ];
  });
}

const standardFinalizers: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);
