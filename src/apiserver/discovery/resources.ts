import { sha256 } from '../../base/sha256.ts';
import { toBase64, utf8 } from '../../codec/bytes.ts';
import type { Kind } from '../../api/kind.ts';
import type { KindRegistry } from '../../api/registry.ts';

/** meta/v1's APIResource, members in the order in which they are written. */
export interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  /** Where it is not that of the list. */
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
}

export interface DiscoveredResource {
  readonly resource: ApiResource;
  readonly kind: Kind;
  readonly subresources: readonly ApiResource[];
}

const readWrite = ['get', 'patch', 'update'];

/** What one kind adds to its group-version: itself, and its subresources by name. */
export function discover(kind: Kind, kinds: KindRegistry): DiscoveredResource {
  return { resource: mainResource(kind, kinds), kind, subresources: subresources(kind) };
}

function mainResource(kind: Kind, kinds: KindRegistry): ApiResource {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    // What cannot be watched is not stored.
    ...(kind.verbs.includes('watch') && { storageVersionHash: storageVersionHash(kinds.storedAs(kind)) }),
  };
}

/** Changes when the stored version does: then stored objects want to be written anew. */
export const storageVersionHash = ({ group, version, kind }: Kind): string =>
  toBase64(sha256(utf8(`${group}/${version}/${kind}`)).subarray(0, 8));

function subresources(kind: Kind): ApiResource[] {
  const { status, scale, others = {} } = kind.subresources;
  const all = [
    ...(status ? [subresource(kind, 'status', kind, readWrite)] : []),
    ...(scale ? [subresource(kind, 'scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' }, readWrite)] : []),
    ...Object.entries(others).map(([name, info]) => subresource(kind, name, info, info.verbs)),
  ];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function subresource(parent: Kind, name: string, served: Pick<Kind, 'group' | 'version' | 'kind'>, verbs: readonly string[]): ApiResource {
  const isForeign = served.group !== parent.group || served.version !== parent.version;
  return {
    name: `${parent.plural}/${name}`,
    singularName: '',
    namespaced: parent.namespaced,
    ...(isForeign && { group: served.group, version: served.version }),
    kind: served.kind,
    verbs,
  };
}
