/** Everything the generator knows of the API's types, joined from its sources. */
import type { Model, ModelField } from './client-node.ts';
import type { DefinitionFacts, Facts, PackageFacts } from './facts.ts';
import { foldedName, type FieldNotes, type Notes } from './kubernetes-models.ts';

export interface Definition {
  /** `io.k8s.api.apps.v1.Deployment` */
  readonly name: string;
  /** `Deployment` */
  readonly title: string;
  readonly packageName: string;
  /** Of the kinds in its package; absent for packages that have none. */
  readonly groupVersion?: string;
  readonly description: string;
  /** What it is, where it is no object with fields. */
  readonly opaque?: Scalar;
  readonly fields: readonly DefinitionField[];
  readonly facts: Facts;
}

export interface DefinitionField {
  readonly name: string;
  readonly required: boolean;
  readonly type: Type;
  readonly description: string;
  readonly enum?: readonly string[];
  readonly facts: Facts;
}

export type Type = Scalar | { readonly ref: string } | { readonly list: Type } | { readonly map: Type };

export type Scalar =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'byte'
  | 'date-time'
  | 'micro-time'
  | 'quantity'
  | 'int-or-string'
  | 'any'
  | 'object';

/** Definitions that stand for one value, whatever fields a package may show of them. */
export const opaqueDefinitions: Readonly<Record<string, Scalar>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'date-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'object',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': 'object',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'object',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
};

export interface Sources {
  readonly models: ReadonlyMap<string, Model>;
  readonly notes: Notes;
  readonly packages: readonly PackageFacts[];
}

/** In the order of the facts. */
export function joinDefinitions(sources: Sources): Definition[] {
  const names = modelNames(sources);
  return sources.packages.flatMap((pack) =>
    [...pack.definitions].map(([title, facts]) => joinDefinition({ ...sources, names }, pack, title, facts)),
  );
}

/** By model, the definition it shows. */
export function modelNames({ models, packages }: Pick<Sources, 'models' | 'packages'>): Map<string, string> {
  const names = new Map<string, string>();
  for (const pack of packages)
    for (const title of pack.definitions.keys()) {
      const model = modelCandidates(pack.name, title).find((candidate) => models.has(candidate));
      const name = `${pack.name}.${title}`;
      if (model !== undefined && names.has(model)) throw new Error(`both ${names.get(model)} and ${name} are ${model}`);
      if (model !== undefined) names.set(model, name);
    }
  return names;
}

/** The package prefixes a model with its group only where versions of two groups clash: `CoreV1Event`, but `V1Pod`. */
function modelCandidates(packageName: string, title: string): string[] {
  const [version = '', group = ''] = packageName.split('.').reverse().map(capitalized);
  return [group + version + title, version + title];
}

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Joining = Sources & { readonly names: ReadonlyMap<string, string> };

function joinDefinition(sources: Joining, pack: PackageFacts, title: string, facts: DefinitionFacts): Definition {
  const name = `${pack.name}.${title}`;
  const opaque = opaqueDefinitions[name];
  const model = modelCandidates(pack.name, title)
    .filter((candidate) => sources.names.get(candidate) === name)
    .map((candidate) => sources.models.get(candidate))[0];
  return {
    name,
    title,
    packageName: pack.name,
    ...(pack.groupVersion !== undefined && { groupVersion: pack.groupVersion }),
    description: sources.notes.get(foldedName(name))?.description || (model?.description ?? ''),
    ...(opaque !== undefined && { opaque }),
    fields: opaque === undefined ? (model?.fields ?? []).map((field) => joinField(sources, name, field, facts)) : [],
    facts: facts.own,
  };
}

function joinField(sources: Joining, definition: string, field: ModelField, { fields }: DefinitionFacts): DefinitionField {
  const facts = fields.get(field.name) ?? new Map();
  const own = sources.notes.get(foldedName(definition))?.fields.get(field.name);
  const notes = own ?? notesOfStable(sources.notes, definition, field.name);
  return {
    name: field.name,
    required: field.required,
    type: typeOf(field.type, field.format, sources.names, facts.get('of')),
    description: own?.description || field.description || (notes?.description ?? ''),
    ...(notes?.enum && { enum: notes.enum }),
    facts,
  };
}

/** A field of an alpha or beta type is mostly described as in the stable one. */
const notesOfStable = (notes: Notes, definition: string, field: string): FieldNotes | undefined =>
  notes.get(foldedName(definition.replace(/\.v\d+(alpha|beta)\d+\./, '.v1.')))?.fields.get(field);

function typeOf(written: string, format: string, names: ReadonlyMap<string, string>, of: string | undefined): Type {
  const item = /^Array<(.*)>$/.exec(written)?.[1];
  if (item !== undefined) return { list: typeOf(item, format, names, of) };
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(written)?.[1];
  if (value !== undefined) return { map: typeOf(value, format, names, of) };
  if (of === 'quantity' || of === 'int-or-string') return of;
  if (of !== undefined) return { ref: of };
  const scalar = scalars[`${written}|${format}`] ?? scalars[written];
  if (scalar !== undefined) return scalar;
  const name = names.get(written);
  if (name === undefined) throw new Error(`no definition for the type ${written}`);
  return { ref: name };
}

const scalars: Readonly<Record<string, Scalar>> = {
  string: 'string',
  boolean: 'boolean',
  any: 'object',
  IntOrString: 'int-or-string',
  Date: 'date-time',
  V1MicroTime: 'micro-time',
  'string|byte': 'byte',
  'number|int32': 'int32',
  'number|int64': 'int64',
  'number|double': 'double',
};
