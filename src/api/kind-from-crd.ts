import { JsonPathError } from '../codec/jsonpath/json-path-error.ts';
import { findResults, parseJsonPath, resultText, type JsonPath } from '../codec/jsonpath/json-path.ts';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  JSONSchemaProps,
} from './generated/apiextensions/v1.ts';
import { ageOf, defineKind, nameColumn, type Column, type FieldReader, type Kind, type ScalePaths } from './kind.ts';
import { storedAs } from './kinds/stored-as.ts';
import type { KubeObject } from './meta.ts';
import { schemaFromCrd } from './schema-from-crd.ts';
import { validateBySchema } from './validate-by-schema.ts';

/**
 * A custom resource in one of its versions, as a kind like any other. Objects go between versions
 * by their apiVersion alone (conversion strategy None). Throws for a version that the CRD does not
 * have.
 */
export function kindFromCrd(crd: CustomResourceDefinition, versionName: string): Kind {
  const { group, names, scope, versions } = crd.spec;
  const version = versions.find(({ name }) => name === versionName);
  if (!version) throw new Error(`${crd.metadata.name} has no version ${versionName}`);
  const stored = versions.find(({ storage }) => storage) ?? version;
  const root = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const { status, scale } = version.subresources ?? {};
  const schema = schemaFromCrd(root);
  return defineKind<KubeObject>({
    group,
    version: versionName,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    schema: () => schema,
    subresources: { ...(status && { status: true }), ...(scale && { scale: scalePaths(scale) }) },
    selectableFields: selectableFields(version),
    columns: columnsOf(version),
    servedByDefault: version.served,
    ...(stored !== version && { storage: storedAs({ group, version: versionName }, { group, version: stored.name }) }),
    ...(version.deprecated && { deprecation: version.deprecationWarning ?? `${group}/${versionName} ${names.kind} is deprecated` }),
    strategy: {
      validate: (object) => validateBySchema(object, root, ''),
      validateStatusUpdate: (object) => validateBySchema(object, root, ''),
      unconditionalUpdate: false,
      generationFields: generationFields(root, status !== undefined),
    },
  });
}

/** All that is not metadata counts, but for a status that is written apart. */
function generationFields({ properties = {} }: JSONSchemaProps, hasStatus: boolean): string[] {
  const uncounted = ['apiVersion', 'kind', 'metadata', ...(hasStatus ? ['status'] : [])];
  const declared = Object.keys(properties).filter((name) => !uncounted.includes(name));
  return declared.includes('spec') ? declared : ['spec', ...declared];
}

function scalePaths({ specReplicasPath, statusReplicasPath, labelSelectorPath }: CustomResourceSubresourceScale): ScalePaths {
  const plain = (path: string) => path.replace(/^\./, '');
  return {
    spec: plain(specReplicasPath),
    status: plain(statusReplicasPath),
    ...(labelSelectorPath && { selector: plain(labelSelectorPath) }),
  };
}

function selectableFields({ selectableFields: fields = [] }: CustomResourceDefinitionVersion): Record<string, FieldReader<KubeObject>> {
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const names = jsonPath.replace(/^\./, '').split('.');
      return [names.join('.'), (object: KubeObject) => fieldText(object, names)];
    }),
  );
}

function fieldText(object: KubeObject, names: readonly string[]): string {
  let value: unknown = object;
  for (const name of names) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

const age: CustomResourceColumnDefinition = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function columnsOf({ additionalPrinterColumns }: CustomResourceDefinitionVersion): readonly Column<KubeObject>[] {
  const columns = additionalPrinterColumns?.length ? additionalPrinterColumns : [age];
  return [nameColumn, ...columns.map(columnFrom)];
}

function columnFrom(column: CustomResourceColumnDefinition): Column<KubeObject> {
  const { name, type, format, jsonPath, priority } = column;
  const path = readPath(jsonPath);
  return {
    name,
    type: type as Column<KubeObject>['type'],
    ...(format && { format }),
    description: column.description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority && { priority }),
    cell: (object, nowMs) => cellOf(path && firstResult(path, object), type, nowMs),
  };
}

/** Undefined for a path that cannot be read: its column stays empty. */
function readPath(jsonPath: string): JsonPath | undefined {
  try {
    return parseJsonPath(`{${jsonPath}}`);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function firstResult(path: JsonPath, object: KubeObject): unknown {
  try {
    return findResults(path, object, { allowMissingKeys: true })[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

/** Null for what is missing or of another type than the column. */
function cellOf(value: unknown, type: string, nowMs: number): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return resultText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, nowMs) : null;
    default:
      return null;
  }
}

const dateCell = (text: string, nowMs: number): string =>
  Number.isNaN(Date.parse(text)) && text !== '' ? '<invalid>' : ageOf(text, nowMs);
