import { compareVersions } from './api-priorities.ts';
import { columnsOf } from './crd-columns.ts';
import { customObjectStrategy } from './custom-object-strategy.ts';
import { applySchemaDefaults } from './decode.ts';
import { DecodeError, decodeValue } from './decode-value.ts';
import type { Draft } from './draft.ts';
import { internal } from './errors.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
  JSONSchemaProps,
} from './generated/apiextensions/v1.ts';
import { defineKind, type FieldReader, type Kind, type Refreshed, type ResourceVerb, type ScalePaths, type StoredAs } from './kind.ts';
import { apiVersionOf, type KubeObject } from './meta.ts';
import type { Schema } from './schema.ts';
import { schemaFromCrd } from './schema-from-crd.ts';

/** In the order in which discovery shows them. */
const verbs: readonly ResourceVerb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/**
 * A custom resource in one of its versions, as a kind like any other, under the names that the CRD
 * has been granted. `servedByDefault` says whether the version is served at all. Throws for a version
 * that the CRD does not have.
 */
export function kindFromCrd(crd: CustomResourceDefinition, versionName: string): Kind {
  const { group, scope, versions } = crd.spec;
  const version = versions.find(({ name }) => name === versionName);
  if (!version) throw new Error(`${crd.metadata.name} has no version ${versionName}`);
  const stored = versions.find(({ storage }) => storage) ?? version;
  const names = namesOf(crd);
  const root = rootOf(version);
  const { status, scale } = version.subresources ?? {};
  const schema = schemaFromCrd(root);
  return defineKind<KubeObject>({
    group,
    version: versionName,
    kind: names.kind,
    ...(names.listKind && { listKind: names.listKind }),
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    schema: () => schema,
    publishedSchema: () => root as Readonly<Record<string, unknown>>,
    subresources: { ...(status && { status: true }), ...(scale && { scale: scalePaths(scale) }) },
    selectableFields: selectableFields(version),
    columns: columnsOf(version),
    servedByDefault: version.served,
    ...(stored !== version && { storage: storedIn(crd, version, stored) }),
    refresh: (object) => refreshed(object, schema),
    ...(version.deprecated && { deprecation: version.deprecationWarning ?? defaultDeprecation(crd, versionName) }),
    strategy: customObjectStrategy(version, root),
  });
}

/** Those that it asks for, until it has been granted some. */
function namesOf({ spec, status }: CustomResourceDefinition): CustomResourceDefinitionNames {
  return status?.acceptedNames?.plural ? status.acceptedNames : spec.names;
}

const rootOf = ({ schema }: CustomResourceDefinitionVersion): JSONSchemaProps =>
  schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/**
 * Conversion strategy None: only the apiVersion changes, and what the other version does not know is
 * dropped. Webhooks are not called: where a CRD wants one, only the stored version can be used.
 */
function storedIn(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  stored: CustomResourceDefinitionVersion,
): StoredAs {
  const { group, names, conversion } = crd.spec;
  const convert = (to: CustomResourceDefinitionVersion) => {
    const schema = schemaFromCrd(rootOf(to));
    const apiVersion = apiVersionOf({ group, version: to.name });
    return (object: Draft<KubeObject>): Draft<KubeObject> => {
      if (conversion?.strategy === 'Webhook')
        throw internal(`conversion webhook for ${object.apiVersion}, Kind=${names.kind} failed: webhooks are not called`);
      return { ...pruned(object, schema).object, apiVersion };
    };
  };
  return { group, version: stored.name, toStored: convert(stored), fromStored: convert(version) };
}

function refreshed(stored: Draft<KubeObject>, schema: Schema): Refreshed {
  const { object, changed } = pruned(stored, schema);
  return { object, changed: applySchemaDefaults(object, schema) || changed };
}

/** What the schema does not know is gone. An object whose metadata cannot be read stays as it is. */
function pruned(object: Draft<KubeObject>, schema: Schema): Refreshed {
  try {
    const { value, unknownFields } = decodeValue({ ...object }, schema, { copies: false });
    return { object: value as unknown as Draft<KubeObject>, changed: unknownFields.length > 0 };
  } catch (error) {
    if (error instanceof DecodeError) return { object, changed: false };
    throw error;
  }
}

/** Names a better version where there is one. */
function defaultDeprecation({ spec: { group, names, versions } }: CustomResourceDefinition, deprecated: string): string {
  const better = versions
    .filter((version) => version.served && !version.deprecated && compareVersions(version.name, deprecated) < 0)
    .map(({ name }) => name)
    .sort(compareVersions)[0];
  return `${group}/${deprecated} ${names.kind} is deprecated${better === undefined ? '' : `; use ${group}/${better} ${names.kind}`}`;
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
