/** Discovery as it was before aggregation: a document a group, and one a version (meta/v1's APIGroup and APIResourceList). */
import { apiVersionOf, type GroupVersion } from '../../api/meta.ts';
import type { KindRegistry, ServedGroup } from '../../api/registry.ts';
import { discover } from './resources.ts';

/** `serverAddress` is what clients anywhere reach the server by, `HOST:PORT`. */
export const apiVersions = (serverAddress: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
});

export const apiGroupList = (kinds: KindRegistry) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: kinds.groups.filter(({ group }) => group !== '').map(groupBody),
});

export function apiGroup(kinds: KindRegistry, group: string) {
  const served = kinds.groups.find((one) => one.group === group);
  return served && { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(served) };
}

function groupBody({ group, versions, preferredVersion }: ServedGroup) {
  const entry = (version: string) => ({ groupVersion: apiVersionOf({ group, version }), version });
  return { name: group, versions: versions.map(entry), preferredVersion: entry(preferredVersion) };
}

/** Resources with their subresources after them; undefined for a version that is not served. */
export function apiResourceList(kinds: KindRegistry, groupVersion: GroupVersion) {
  const own = kinds.kindsOf(groupVersion);
  if (own.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    // The core group's list is older than the apiVersion of such documents.
    ...(groupVersion.group !== '' && { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(groupVersion),
    resources: own.flatMap((kind) => {
      const { resource, subresources } = discover(kind, kinds);
      return [resource, ...subresources];
    }),
  };
}
