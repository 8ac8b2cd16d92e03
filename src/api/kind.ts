import type { User } from './call.ts';
import type { Draft } from './draft.ts';
import type { FieldError } from './field-error.ts';
import type { KubeObject } from './meta.ts';
import type { Schema } from './schema.ts';

/**
 * Everything the rest of the system knows about a kind: a custom resource definition plus
 * behaviour. From it alone come storage key, routes, discovery, OpenAPI, explain, tables, status
 * and scale, generation counting, field selectors, typed clients and informers.
 */
export interface Kind<O extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** What may be done with the resource itself, in discovery's order. */
  readonly verbs: readonly ResourceVerb[];
  /** Of the whole object, `metadata` included. Resolved on first use. */
  readonly schema: () => Schema;
  /** A custom resource's OpenAPI v3 schema as its definition says it, descriptions and all; built-in kinds' is made from `schema`. */
  readonly publishedSchema?: () => Readonly<Record<string, unknown>>;
  readonly subresources: Subresources;
  /** Paths that a field selector may name, beyond `metadata.name` and `metadata.namespace`, which every kind has. Absent values are ''. */
  readonly selectableFields: Readonly<Record<string, FieldReader<O>>>;
  readonly columns: readonly Column<O>[];
  /** The version in which objects are stored, where it is another one; `convert` goes between them. */
  readonly storage?: StoredAs;
  /**
   * Brings a stored object, which it may change, to what the schema of today says: custom resources'
   * schemas change while their objects stay. Answers the object, and whether it is another than before.
   */
  readonly refresh?: (stored: Draft<KubeObject>) => Refreshed;
  /** The kind of its lists; `<kind>List` when absent. Custom resources may name another. */
  readonly listKind?: string;
  /** Sent as a `Warning` with every answer about the kind in this version (upstream's APILifecycleDeprecated). */
  readonly deprecation?: string;
  /** Beta and alpha versions are served only where `--runtime-config` asks for them. */
  readonly servedByDefault: boolean;
  readonly strategy: Strategy<O>;
}

/** Written as a method's type, like the functions of Column and Strategy, so that a `Kind<Pod>` is a `Kind`. */
export type FieldReader<O> = { read(object: O): string }['read'];

export type ResourceVerb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Subresources {
  /** Written through `/status` alone; the main resource's writes keep what is there. */
  readonly status?: boolean;
  readonly scale?: ScalePaths;
  /** Others, each with the verbs and the kind that discovery names: `binding`, `eviction`, `token`, `log`, `exec`, `approval` … */
  readonly others?: Readonly<Record<string, SubresourceInfo>>;
}

export interface ScalePaths {
  readonly spec: string;
  readonly status: string;
  /** Where the selector stands: a path in the object; a LabelSelector, a map or a string. */
  readonly selector?: string;
}

export interface SubresourceInfo {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

export interface Column<O> {
  /** The heading, as kubectl upper-cases it: `Ready`, `Nominated Node`. */
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown; above it only with `-o wide`. */
  readonly priority?: number;
  /** `nowMs` is for ages. Null where a custom resource has nothing at the column's path. */
  cell(object: O, nowMs: number): string | number | boolean | null;
}

export interface StoredAs {
  readonly group: string;
  readonly version: string;
  readonly toStored: (object: Draft<KubeObject>) => Draft<KubeObject>;
  readonly fromStored: (object: Draft<KubeObject>) => Draft<KubeObject>;
}

export interface Refreshed {
  readonly object: Draft<KubeObject>;
  readonly changed: boolean;
}

/** What happens to an object of the kind on its way in. Each step is optional and pure, but for the draft it is given. */
export interface Strategy<O extends KubeObject> {
  /** Upstream's SetDefaults, beyond the schema's own; run on every decode of a request body, and on status writes. */
  defaults?(object: Draft<O>): void;
  /** Drops what a creator may not say (the status goes by itself) and sets what the server says. The name, the uid and the creation time are there by now: a Job's selector is made of them. */
  prepareForCreate?(object: Draft<O>, write: WriteContext): void;
  prepareForUpdate?(object: Draft<O>, old: O, write: WriteContext): void;
  prepareForStatusUpdate?(object: Draft<O>, old: O, write: WriteContext): void;
  /** Problems of the object itself; metadata is checked for all kinds alike. Runs on updates too, before `validateUpdate`. */
  validate?(object: O): FieldError[];
  /** Problems only in a new object, such as names that old ones may keep; after `validate`. */
  validateCreate?(object: O): FieldError[];
  validateUpdate?(object: O, old: O): FieldError[];
  validateStatusUpdate?(object: O, old: O): FieldError[];
  /** Subresources beside `status` through which the whole object is written, such as `finalize` and `approval`. */
  readonly subresourceUpdates?: Readonly<Record<string, SubresourceUpdate<O>>>;
  /** May a new object bring its status? Nodes do: a kubelet registers its Node complete. */
  readonly statusOnCreate?: boolean;
  /** `Warning` headers on create and update. */
  warnings?(object: O, old?: O): string[];
  /** How `metadata.name` must look; a DNS subdomain when absent. Returns the details of what is wrong. */
  nameProblems?(name: string, asPrefix: boolean): string[];
  /** Default seconds between a deletion and its end; 0 (at once) when absent. Pods answer 30 or what their spec says. */
  deletionGraceSeconds?(object: O, requestedSeconds: number | undefined): number;
  /** Marks an object whose deletion begins and does not end at once: a Namespace is Terminating from then on. */
  prepareForDeletion?(object: Draft<O>): void;
  /** Does something beside finalizers and grace hold an object that is being deleted? Namespaces wait for `spec.finalizers`. */
  holdsDeletion?(object: O): boolean;
  /** May an update of a missing object create it? (Leases, Endpoints, Events …: upstream's AllowCreateOnUpdate.) */
  readonly createOnUpdate?: boolean;
  /** May an update leave out the resourceVersion? True when absent. */
  readonly unconditionalUpdate?: boolean;
  /** Counts `metadata.generation` when these fields change, top-level ones or paths such as `metadata.annotations`; `['spec']` when absent and there is a status. Of an empty list's kind no generation is kept. */
  readonly generationFields?: readonly string[];
  /** Default garbage collection when a delete names no propagation: `background` when absent. */
  readonly defaultPropagation?: 'background' | 'orphan';
  /** Seconds to live in the store, under a lease (Events); forever when absent. */
  readonly ttlSeconds?: number;
}

/** Who writes, and when. */
export interface WriteContext {
  readonly user: User;
  readonly nowMs: number;
}

/** An update through a subresource: it changes only what the subresource is for. */
export interface SubresourceUpdate<O extends KubeObject> {
  /** Puts back into the draft whatever of `old` may not be changed here. */
  prepare(object: Draft<O>, old: O, write: WriteContext): void;
  /** Instead of the strategy's `validate` and `validateUpdate`. */
  validate?(object: O, old: O): FieldError[];
}

/** What `defineKind` fills in where it is not said. */
type Defaulted =
  | 'singular'
  | 'shortNames'
  | 'categories'
  | 'verbs'
  | 'subresources'
  | 'selectableFields'
  | 'columns'
  | 'servedByDefault'
  | 'strategy';

export type KindDefinition<O extends KubeObject> = Omit<Kind<O>, Defaulted> & Partial<Pick<Kind<O>, Defaulted>>;

export const allVerbs: readonly ResourceVerb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export function defineKind<O extends KubeObject>(definition: KindDefinition<O>): Kind<O> {
  return {
    singular: definition.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    subresources: {},
    selectableFields: {},
    columns: nameAndAge,
    servedByDefault: !/(alpha|beta)/.test(definition.version),
    strategy: {},
    ...definition,
  };
}

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.',
  cell: (object) => object.metadata.name ?? '',
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the object was made.',
  cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs),
};

export const nameAndAge: readonly Column<KubeObject>[] = [nameColumn, ageColumn];

/** `5m30s` as kubectl shows it; `<unknown>` for no timestamp. */
export function ageOf(timestamp: string | undefined, nowMs: number): string {
  if (!timestamp) return '<unknown>';
  return humanDuration(nowMs - Date.parse(timestamp));
}

/** apimachinery's duration.HumanDuration: two units at most, coarser as it grows. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return pair(Math.trunc(hours / 24), 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24)}d`;
  const years = Math.trunc(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return pair(years, 'y', Math.trunc(hours / 24) % 365, 'd');
  return `${years}y`;
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;

/** `PodList`. */
export const listKindOf = ({ kind, listKind }: Pick<Kind, 'kind' | 'listKind'>): string => listKind ?? `${kind}List`;

/**
 * `/registry/pods/`: where etcd keeps the kind's objects (upstream's resource prefixes, oddities
 * included). Custom resources have their group in it whatever it is.
 */
export function storagePrefix(kind: Pick<Kind, 'group' | 'plural' | 'publishedSchema'>): string {
  if (kind.publishedSchema) return `/registry/${kind.group}/${kind.plural}/`;
  const special = specialPrefixes[kind.group === '' ? kind.plural : `${kind.group}/${kind.plural}`];
  if (special) return `/registry/${special}/`;
  return kind.group === '' || kind.group.endsWith('.k8s.io') || !kind.group.includes('.')
    ? `/registry/${kind.plural}/`
    : `/registry/${kind.group}/${kind.plural}/`;
}

const specialPrefixes: Record<string, string> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  'networking.k8s.io/ingresses': 'ingress',
  'networking.k8s.io/ingressclasses': 'ingressclasses',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
};

export function storageKey(
  kind: Pick<Kind, 'group' | 'plural' | 'namespaced' | 'publishedSchema'>,
  namespace: string | undefined,
  name: string,
): string {
  return storagePrefix(kind) + (kind.namespaced && namespace ? `${namespace}/` : '') + name;
}
