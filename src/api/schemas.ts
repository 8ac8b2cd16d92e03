/** Schemas and kinds of Kubernetes' own types, from generated data that is read a definition at a time, when first asked for. */
import { packages } from './generated/packages.ts';
import { resources } from './generated/resources.ts';
import { schemaText } from './generated/schema-text.ts';
import type { KindDefinition, ResourceVerb, SubresourceInfo } from './kind.ts';
import type { KubeObject } from './meta.ts';
import type { Field, Schema, SchemaType } from './schema.ts';

/** A resource that Kubernetes serves, as its paths and methods tell. */
export interface GeneratedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly ResourceVerb[];
  readonly status: boolean;
  /** Where the replicas stand is for the kind to say. */
  readonly scale: boolean;
  readonly others: Readonly<Record<string, SubresourceInfo>>;
  /** `io.k8s.api.apps.v1.Deployment` */
  readonly definition: string;
}

/** What the published API says of a kind; its behaviour, scale paths, short names, columns … are for its own file. */
export type GeneratedKind = Pick<
  KindDefinition<KubeObject>,
  'group' | 'version' | 'kind' | 'plural' | 'namespaced' | 'verbs' | 'subresources' | 'schema'
>;

/** Throws for kinds that Kubernetes does not serve. */
export function generatedKind(group: string, version: string, kind: string): GeneratedKind {
  const resource = resources.find((one) => one.kind === kind && one.version === version && one.group === group);
  if (!resource) throw new Error(`Kubernetes serves no ${kind} in ${group === '' ? version : `${group}/${version}`}`);
  const { plural, namespaced, verbs, status, others, definition } = resource;
  const hasOthers = Object.keys(others).length > 0;
  return {
    group,
    version,
    kind,
    plural,
    namespaced,
    verbs,
    subresources: { ...(status && { status }), ...(hasOthers && { others }) },
    schema: () => schemaOf(definition),
  };
}

/** The definition of a kind that has no resource of its own (`DeleteOptions`, `Scale`, `PodList` …), by its apiVersion. Undefined where there is none. */
export function definitionOf(apiVersion: string, kind: string): string | undefined {
  for (const [name, served] of Object.entries(packages))
    if (served === apiVersion && lines().has(`${name}.${kind}`)) return `${name}.${kind}`;
  return undefined;
}

const schemas = new Map<string, Schema>();

/** By OpenAPI name, such as `io.k8s.api.core.v1.PodSpec`; the same object each time. Throws for names that Kubernetes does not define. */
export function schemaOf(definitionName: string): Schema {
  let schema = schemas.get(definitionName);
  if (!schema) {
    schema = readDefinition(definitionName);
    schemas.set(definitionName, schema);
  }
  return schema;
}

export const definitionNames = (): string[] => [...lines().keys()];

/** Where each definition's lines start in the text. */
let starts: Map<string, number> | undefined;

function lines(): ReadonlyMap<string, number> {
  if (starts) return starts;
  starts = new Map();
  for (let at = 0; at < schemaText.length;) {
    const end = lineEnd(at);
    if (schemaText[at] !== ' ') starts.set(schemaText.slice(at, end).split(' ', 1)[0]!, at);
    at = end + 1;
  }
  return starts;
}

const lineEnd = (start: number): number => {
  const end = schemaText.indexOf('\n', start);
  return end < 0 ? schemaText.length : end;
};

function readDefinition(name: string): Schema {
  let at = lines().get(name);
  if (at === undefined) throw new Error(`Kubernetes defines no ${name}`);
  const [, ...facts] = schemaText.slice(at, lineEnd(at)).split(' ');
  const type = facts[0] !== undefined && !facts[0].includes('=') ? facts[0] : undefined;
  if (type !== undefined) return { name, ...scalarSchema(type) };
  const ownLines: string[] = [];
  for (at = lineEnd(at) + 1; schemaText[at] === ' '; at = lineEnd(at) + 1) ownLines.push(schemaText.slice(at + 1, lineEnd(at)));
  const mapType = facts.includes('map=atomic') ? 'atomic' : undefined;
  let fields: Map<string, Field> | undefined;
  return {
    type: 'object',
    name,
    ...(mapType && { mapType }),
    // Types refer to each other in circles, so fields come when they are asked for.
    get fields() {
      fields ??= new Map(ownLines.map(readField));
      return fields;
    },
  };
}

function readField(line: string): [string, Field] {
  const [label = '', type = '', ...cells] = line.split(' ');
  const facts = new Map(cells.map((cell): [string, string] => [cell.slice(0, cell.indexOf('=')), cell.slice(cell.indexOf('=') + 1)]));
  const required = label.endsWith('!');
  const published = facts.get('default');
  const strategy = facts.get('strategy');
  const mergeKey = facts.get('merge');
  const schema = readType(type, facts);
  return [
    required ? label.slice(0, -1) : label,
    {
      schema,
      required,
      ...(hasZero.has(schema.type) && !facts.has('zero') && { omitsZero: true }),
      ...(published !== undefined && { default: JSON.parse(published) }),
      ...(strategy !== undefined && { patchStrategy: strategy }),
      ...(mergeKey !== undefined && { patchMergeKey: mergeKey }),
    },
  ];
}

const hasZero: ReadonlySet<SchemaType> = new Set<SchemaType>(['string', 'integer', 'number', 'boolean', 'list', 'map']);

/** `facts` are the field's, and belong to its outermost type, but for the enum. */
function readType(type: string, facts: ReadonlyMap<string, string>): Schema {
  const goType = facts.get('go');
  const own = { ...(goType !== undefined && { goType }) };
  if (type.startsWith('@')) {
    const referred = schemaOf(type.slice(1));
    const mapType = mapTypeIn(facts);
    return mapType || goType !== undefined ? restated(referred, { ...own, ...(mapType && { mapType }) }) : referred;
  }
  const inner = innerFacts(facts);
  if (type.startsWith('[')) {
    const listType = listTypeIn(facts);
    const keys = facts.get('keys');
    return {
      type: 'list',
      items: readType(type.slice(1), inner),
      ...(listType && { listType }),
      ...(keys !== undefined && { mapKeys: keys.split(',') }),
      ...own,
    };
  }
  if (type.startsWith('{')) {
    const mapType = mapTypeIn(facts);
    return { type: 'map', values: readType(type.slice(1), inner), ...(mapType && { mapType }), ...own };
  }
  const listType = listTypeIn(facts);
  return {
    ...scalarSchema(type),
    ...(listType && { listType }),
    ...(facts.has('enum') && { enum: facts.get('enum')!.split('|') }),
    ...own,
  };
}

/** What a field's facts say of the items of its list, or the values of its map. */
function innerFacts(facts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const inner = new Map<string, string>();
  const values = facts.get('enum');
  if (values !== undefined) inner.set('enum', values);
  const goType = /^(?:\[\]|map\[[^\]]*\])\*?(.+)$/.exec(facts.get('go') ?? '')?.[1];
  if (goType !== undefined) inner.set('go', goType);
  return inner;
}

/** The same type with facts of the field that holds it; its fields stay lazy. */
const restated = (referred: Schema, own: Partial<Schema>): Schema => ({
  type: referred.type,
  ...(referred.name !== undefined && { name: referred.name }),
  ...(referred.mapType && { mapType: referred.mapType }),
  ...own,
  get fields() {
    return referred.fields;
  },
});

function listTypeIn(facts: ReadonlyMap<string, string>): Schema['listType'] {
  const value = facts.get('list');
  return value === 'atomic' || value === 'set' || value === 'map' ? value : undefined;
}

function mapTypeIn(facts: ReadonlyMap<string, string>): Schema['mapType'] {
  const value = facts.get('map');
  return value === 'atomic' || value === 'granular' ? value : undefined;
}

/** Of the generator's names for scalars. */
function scalarSchema(name: string): Schema {
  const scalar = scalars[name];
  if (!scalar) throw new Error(`the generated schemas have no type ${name}`);
  return scalar;
}

const scalars: Readonly<Record<string, Schema & { readonly type: SchemaType }>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  byte: { type: 'string', format: 'byte' },
  'date-time': { type: 'string', format: 'date-time' },
  'micro-time': { type: 'string', format: 'micro-time' },
  quantity: { type: 'quantity' },
  'int-or-string': { type: 'int-or-string' },
  any: { type: 'any' },
  object: { type: 'any' },
};
