/** The resources that the API serves, read off the paths that client-node's methods request. */
import type { Operation } from './client-node.ts';
import type { Definition } from './definitions.ts';
import { capitalized } from './definitions.ts';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Discovery's words, sorted. */
  readonly verbs: readonly string[];
  readonly status: boolean;
  readonly scale: boolean;
  /** Beyond status and scale, by name. */
  readonly others: Readonly<Record<string, Subresource>>;
  readonly definition: string;
}

export interface Subresource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

interface Gathering {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  namespaced: boolean;
  kind: string;
  readonly verbs: Set<string>;
  readonly subresources: Map<string, { verbs: Set<string>; body?: string }>;
}

/** Those whose kinds have a definition, by group, version and plural. The package also knows versions that are gone. */
export function gatherResources(
  operations: readonly Operation[],
  definitions: readonly Definition[],
  models: ReadonlyMap<string, string>,
): Resource[] {
  const found = new Map<string, Gathering>();
  for (const operation of operations) gather(found, operation);
  const byKind = new Map(definitions.map((definition) => [`${definition.groupVersion}/${definition.title}`, definition]));
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  return [...found.values()]
    .filter(({ group, version, kind }) => byKind.has(`${groupVersionOf(group, version)}/${kind}`))
    .map((one) => resourceOf(one, byKind.get(`${groupVersionOf(one.group, one.version)}/${one.kind}`)!, byName, models))
    .sort((a, b) => compare(a.group, b.group) || compare(a.version, b.version) || compare(a.plural, b.plural));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const groupVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`);

function gather(found: Map<string, Gathering>, { path, method, summary, body }: Operation): void {
  const [, core, group = '', version = '', namespace, plural = '', name, subresource] = resourcePath.exec(path) ?? [];
  if (plural === '' || (namespace !== undefined && plural === 'finalize') || subresource?.includes('/')) return;
  const key = `${group}/${version ?? core}/${plural}`;
  const one = found.get(key) ?? { group, version, plural, namespaced: false, kind: '', verbs: new Set(), subresources: new Map() };
  found.set(key, one);
  if (namespace !== undefined) one.namespaced = true;
  if (subresource === undefined) {
    one.kind ||= kindIn(summary);
    const verb = name === undefined ? collectionVerbs[method] : itemVerbs[method];
    if (verb === undefined) throw new Error(`${method} ${path} is no verb`);
    one.verbs.add(verb);
  } else {
    const sub = one.subresources.get(subresource) ?? { verbs: new Set() };
    one.subresources.set(subresource, sub);
    const verb = subresourceVerbs[method];
    if (verb !== undefined) sub.verbs.add(verb);
    if (body !== undefined && body !== 'any') sub.body = body;
  }
}

/** group, version, namespace, plural, name, subresource */
const resourcePath =
  /^\/(?:(api)|apis\/([^/{]+))\/([^/{]+)(\/namespaces\/\{namespace\})?\/([^/{]+)(\/\{name\})?(?:\/([^{]+(?:\{path\})?))?$/;

/** `list or watch objects of kind Pod`, `read the specified Pod`, `create an Ingress`, `delete collection of Pod` */
function kindIn(summary: string): string {
  return / (?:of kind|of|the specified|an?) ([A-Z]\w*)$/.exec(summary)?.[1] ?? '';
}

const collectionVerbs: Readonly<Record<string, string>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const itemVerbs: Readonly<Record<string, string>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const subresourceVerbs: Readonly<Record<string, string>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  POST: 'create',
};

function resourceOf(
  one: Gathering,
  definition: Definition,
  byName: ReadonlyMap<string, Definition>,
  models: ReadonlyMap<string, string>,
): Resource {
  const { group, version, kind, plural, namespaced } = one;
  // What can be listed and deleted can be watched; the package leaves the watch paths out.
  if (one.verbs.has('list') && one.verbs.has('delete')) one.verbs.add('watch');
  const others: Record<string, Subresource> = {};
  for (const [name, sub] of [...one.subresources].sort(([a], [b]) => compare(a, b))) {
    if (name === 'status' || name === 'scale') continue;
    const body = sub.body === undefined ? undefined : byName.get(models.get(sub.body) ?? '');
    others[name] = { ...(body ? kindOf(body) : { group, version, kind: bodiless(kind, name) }), verbs: [...sub.verbs].sort() };
  }
  return {
    group,
    version,
    kind,
    plural,
    namespaced,
    verbs: [...one.verbs].sort(),
    status: one.subresources.has('status'),
    scale: one.subresources.has('scale'),
    others,
    definition: definition.name,
  };
}

export function kindOf({ groupVersion = '', title }: Definition): { group: string; version: string; kind: string } {
  const [first = '', second] = groupVersion.split('/');
  return second === undefined ? { group: '', version: first, kind: title } : { group: first, version: second, kind: title };
}

/** Subresources that open a stream have options of their own for a kind, which stand in the query; the rest show the object. */
function bodiless(kind: string, subresource: string): string {
  if (subresource === 'portforward') return `${kind}PortForwardOptions`;
  return ['attach', 'exec', 'proxy'].includes(subresource) ? `${kind}${capitalized(subresource)}Options` : kind;
}
