/** Aggregated discovery (apidiscovery.k8s.io): everything that is served, in two documents rather than one a version. */
import type { KindRegistry, ServedGroup } from '../../api/registry.ts';
import { discover, type ApiResource, type DiscoveredResource } from './resources.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** `/api` holds the core group, `/apis` the others. */
export function aggregatedDiscovery(kinds: KindRegistry, root: 'api' | 'apis', version: AggregatedVersion) {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: kinds.groups.filter(({ group }) => (group === '') === (root === 'api')).map((served) => groupDiscovery(kinds, served)),
  };
}

const groupDiscovery = (kinds: KindRegistry, { group, versions }: ServedGroup) => ({
  metadata: group === '' ? {} : { name: group },
  versions: versions.map((version) => ({
    version,
    resources: kinds.kindsOf({ group, version }).map((kind) => resourceDiscovery(discover(kind, kinds))),
    freshness: 'Current',
  })),
});

function resourceDiscovery({ resource, kind, subresources }: DiscoveredResource) {
  return {
    resource: resource.name,
    // Built-in kinds leave out what the list around them says; custom resources repeat it.
    responseKind: kind.publishedSchema
      ? { group: kind.group, version: kind.version, kind: kind.kind }
      : { group: '', version: '', kind: kind.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singularName,
    verbs: resource.verbs,
    ...(resource.shortNames && { shortNames: resource.shortNames }),
    ...(resource.categories && { categories: resource.categories }),
    ...(subresources.length > 0 && { subresources: subresources.map(subresourceDiscovery) }),
  };
}

const subresourceDiscovery = ({ name, group = '', version = '', kind, verbs }: ApiResource) => ({
  subresource: name.slice(name.indexOf('/') + 1),
  responseKind: { group, version, kind },
  verbs,
});

/**
 * Which form the client wants, its media ranges best first; undefined for the documents of old. A
 * range that asks for protobuf, or for what we do not have, is passed over.
 */
export function negotiateAggregated(accept: readonly string[]): AggregatedVersion | undefined {
  for (const range of accept) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue;
    const asked = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    if (!asked.has('as')) return undefined;
    const version = asked.get('v');
    if (asked.get('as') !== 'APIGroupDiscoveryList' || asked.get('g') !== 'apidiscovery.k8s.io') continue;
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

export const aggregatedMediaType = (version: AggregatedVersion): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
