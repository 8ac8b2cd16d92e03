/**
 * The runtime shape of API types: what strict decoding, defaulting, patches, field management,
 * OpenAPI and explain read. Built-in kinds have it from generated data (`api/generated`), custom
 * resources from their CRD. Descriptions are apart, loaded only for OpenAPI.
 */
export interface Schema {
  readonly type: SchemaType;
  /** The OpenAPI definition's name, such as `io.k8s.api.core.v1.PodSpec`; absent for inline shapes. */
  readonly name?: string;
  readonly format?: 'int32' | 'int64' | 'double' | 'byte' | 'date-time' | 'micro-time' | 'duration';
  readonly enum?: readonly string[];
  /** `object`: its fields. Read lazily where types are recursive. */
  readonly fields?: ReadonlyMap<string, Field>;
  /** Fields beyond `fields` stay as they came (x-kubernetes-preserve-unknown-fields of custom resources). */
  readonly preservesUnknownFields?: boolean;
  /** Null is a value like others, in custom resources; elsewhere, and where this is absent, it means absence. */
  readonly nullable?: boolean;
  /** `map`: of what. */
  readonly values?: Schema;
  /** `list`: of what. */
  readonly items?: Schema;
  /** x-kubernetes-list-type; a list without one is atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** x-kubernetes-list-map-keys, for `listType: 'map'`. */
  readonly mapKeys?: readonly string[];
  /** x-kubernetes-map-type of an object or map; granular when absent. */
  readonly mapType?: 'atomic' | 'granular';
  /** Go's name for the type, such as `v1.RestartPolicy`, where errors of decoding name another than `type` and `name` suggest. */
  readonly goType?: string;
}

/**
 * `any` is a RawExtension or JSON value: kept as it came. `quantity` and `int-or-string` are the
 * scalars that JSON may write either way.
 */
export type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'map' | 'list' | 'any' | 'quantity' | 'int-or-string';

export interface Field {
  readonly schema: Schema;
  /** In OpenAPI's sense: the Go field has no omitempty. An empty value satisfies it. */
  readonly required: boolean;
  /** The default that OpenAPI publishes for it. */
  readonly default?: unknown;
  /** An empty value ('' 0 false [] {}) means absence, and decoding drops it: Go's by-value fields with omitempty. */
  readonly omitsZero?: boolean;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}
