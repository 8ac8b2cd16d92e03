/** Schemas as OpenAPI writes them, in version 2's dialect or version 3's, with all that they refer to. */
import type { Kind } from '../../api/kind.ts';
import type { Field, Schema } from '../../api/schema.ts';
import { schemaOf } from '../../api/schemas.ts';
import { definitionName, kindsOf, listDefinitionName, metaPackage } from './definition-names.ts';
import { describe } from './descriptions.ts';

export type Json = Record<string, unknown>;
export type Dialect = 'v2' | 'v3';

/** Gathers definitions: whatever is referred to by name is written too. */
export class Definitions {
  readonly #dialect: Dialect;
  readonly #written = new Map<string, Json>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** `{ $ref }` to one of Kubernetes' own definitions. */
  ref(name: string): Json {
    if (!this.#written.has(name)) {
      // Marked first: types refer to themselves.
      this.#written.set(name, {});
      this.#written.set(name, this.#definition(name, schemaOf(name)));
    }
    return this.#refTo(name);
  }

  refToKind(kind: Kind): Json {
    if (kind.schema().name !== undefined) return this.ref(definitionName(kind));
    const name = definitionName(kind);
    if (!this.#written.has(name)) this.#written.set(name, this.#customDefinition(kind));
    return this.#refTo(name);
  }

  refToList(kind: Kind): Json {
    const name = listDefinitionName(kind);
    if (kind.schema().name !== undefined) return this.ref(name);
    if (!this.#written.has(name)) this.#written.set(name, this.#customList(kind));
    return this.#refTo(name);
  }

  /** All of them by name, in order. */
  result(): Json {
    return Object.fromEntries([...this.#written].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #refTo(name: string): Json {
    return { $ref: `${this.#dialect === 'v2' ? '#/definitions/' : '#/components/schemas/'}${name}` };
  }

  #definition(name: string, schema: Schema): Json {
    const described = describe(name);
    const kinds = kindsOf(name, schema);
    const required = [...(schema.fields ?? [])].filter(([, field]) => field.required).map(([field]) => field);
    return {
      ...(described?.description && { description: described.description }),
      ...(opaqueForms[name]?.[this.#dialect] ?? this.#objectForm(schema, described?.fields ?? {})),
      ...(required.length > 0 && { required: required.sort() }),
      ...(kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds.map(({ group, kind, version }) => ({ group, kind, version })) }),
      ...(schema.mapType && { 'x-kubernetes-map-type': schema.mapType }),
      ...(described?.unions !== undefined && { 'x-kubernetes-unions': described.unions }),
    };
  }

  #objectForm(schema: Schema, descriptions: Readonly<Record<string, string>>): Json {
    const properties = [...(schema.fields ?? [])].map(([name, field]) => [name, this.#property(field, descriptions[name])]);
    return { type: 'object', ...(properties.length > 0 && { properties: Object.fromEntries(properties) }) };
  }

  #property(field: Field, description: string | undefined): Json {
    const { schema } = field;
    const own = {
      ...(description !== undefined && { description }),
      ...(this.#dialect === 'v3' && field.default !== undefined && { default: field.default }),
      ...(schema.listType && { 'x-kubernetes-list-type': schema.listType }),
      ...(schema.mapKeys && { 'x-kubernetes-list-map-keys': schema.mapKeys }),
      ...(field.patchMergeKey !== undefined && { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
      ...(field.patchStrategy !== undefined && { 'x-kubernetes-patch-strategy': field.patchStrategy }),
      // A definition's own stands with the definition.
      ...(schema.mapType && schema.mapType !== namedMapType(schema) && { 'x-kubernetes-map-type': schema.mapType }),
    };
    return this.#beside(this.#type(schema), own);
  }

  /** OpenAPI 3 ignores what stands beside a `$ref`, and so wraps it. */
  #beside(type: Json, own: Json): Json {
    const wraps = this.#dialect === 'v3' && '$ref' in type && Object.keys(own).length > 0;
    return wraps ? { allOf: [type], ...own } : { ...type, ...own };
  }

  #type(schema: Schema): Json {
    const named = schema.name ?? scalarDefinitions[schema.format ?? schema.type];
    if (named !== undefined) return this.ref(named);
    switch (schema.type) {
      case 'object':
        return this.#objectForm(schema, {});
      case 'list':
        return { type: 'array', items: this.#member(schema.items!) };
      case 'map':
        return { type: 'object', additionalProperties: this.#member(schema.values!) };
      case 'any':
        return {};
      default:
        return { type: schema.type, ...(schema.format && { format: schema.format }), ...(schema.enum && { enum: schema.enum }) };
    }
  }

  /** Of a list or map. Go holds those by value, so version 3 names their zero values. */
  #member(schema: Schema): Json {
    const type = this.#type(schema);
    const zero = schema.format === 'byte' ? undefined : zeros[schema.type];
    const isObject = schema.type === 'object' && schema.name !== undefined;
    if (this.#dialect === 'v2' || (zero === undefined && !isObject)) return type;
    return this.#beside(type, { default: isObject ? {} : zero });
  }

  #customDefinition(kind: Kind): Json {
    const published = kind.publishedSchema?.() ?? this.#objectForm(kind.schema(), {});
    const { properties, ...rest } = this.#dialect === 'v2' ? inVersion2(published) : published;
    const typeFields = describe('io.k8s.api.core.v1.Pod')?.fields ?? {};
    return {
      ...rest,
      type: 'object',
      properties: {
        ...(typeof properties === 'object' ? properties : {}),
        apiVersion: { type: 'string', description: typeFields['apiVersion'] },
        kind: { type: 'string', description: typeFields['kind'] },
        metadata: this.#beside(this.ref(`${metaPackage}.ObjectMeta`), { description: typeFields['metadata'] }),
      },
      'x-kubernetes-group-version-kind': [{ group: kind.group, kind: kind.kind, version: kind.version }],
    };
  }

  #customList(kind: Kind): Json {
    const typeFields = describe('io.k8s.api.core.v1.PodList')?.fields ?? {};
    return {
      description: `${kind.kind}List is a list of ${kind.kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string', description: typeFields['apiVersion'] },
        items: { description: `List of ${kind.plural}.`, type: 'array', items: this.refToKind(kind) },
        kind: { type: 'string', description: typeFields['kind'] },
        metadata: this.#beside(this.ref(`${metaPackage}.ListMeta`), { description: typeFields['metadata'] }),
      },
      'x-kubernetes-group-version-kind': [{ group: kind.group, kind: `${kind.kind}List`, version: kind.version }],
    };
  }
}

const namedMapType = ({ name }: Schema): Schema['mapType'] => (name === undefined ? undefined : schemaOf(name).mapType);

/** Scalars that have a definition of their own, by format or type. */
const scalarDefinitions: Readonly<Record<string, string>> = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'int-or-string': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'date-time': `${metaPackage}.Time`,
  'micro-time': `${metaPackage}.MicroTime`,
};

const time = { v2: { type: 'string', format: 'date-time' }, v3: { type: 'string', format: 'date-time' } };
const anything = { v2: {}, v3: {} };
/** Definitions that are no objects with fields. */
const opaqueForms: Readonly<Record<string, Readonly<Record<Dialect, Json>>>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { v2: { type: 'string' }, v3: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    v2: { type: 'string', format: 'int-or-string' },
    v3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  [`${metaPackage}.Time`]: time,
  [`${metaPackage}.MicroTime`]: time,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': anything,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': anything,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': anything,
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': anything,
};

const zeros: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

/** What version 2 has no words for is left out, and so is what is below it: clients must not judge by half of it. */
const unknownToVersion2: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'default']);

function inVersion2(schema: Json): Json {
  // Values that may be null, or hold anything, are of no type to clients of version 2.
  const isShapeless = schema['nullable'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const out: Json = {};
  for (const [name, value] of Object.entries(schema)) {
    if (unknownToVersion2.has(name) || (isShapeless && shape.has(name))) continue;
    if (name === 'properties') out[name] = eachSchema(value);
    else out[name] = shape.has(name) && isJson(value) ? inVersion2(value) : value;
  }
  return out;
}

const shape: ReadonlySet<string> = new Set(['type', 'properties', 'items', 'additionalProperties']);

const eachSchema = (value: unknown): Json =>
  isJson(value)
    ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, isJson(schema) ? inVersion2(schema) : schema]))
    : {};

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
