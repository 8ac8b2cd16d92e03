import type { ResourceQuotaSpec } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { groupResourceText } from '../../api/meta.ts';

/** Counts that have names of their own, without `count/`. */
const plainCounts = ['configmaps', 'pods', 'replicationcontrollers', 'resourcequotas', 'secrets'];

const scoped: ReadonlySet<string> = new Set(['pods', 'persistentvolumeclaims']);

/** Those of the served kinds whose objects a quota counts; of others than pods and claims nothing has a scope. */
export function countedKinds(spec: ResourceQuotaSpec, kinds: readonly Kind[]): Kind[] {
  const isScoped = (spec.scopes?.length ?? 0) > 0 || (spec.scopeSelector?.matchExpressions?.length ?? 0) > 0;
  const wanted = new Set(Object.keys(spec.hard ?? {}).map(resourceOfLimit));
  return kinds.filter(({ group, plural, namespaced, verbs }) => {
    const resource = groupResourceText({ group, resource: plural });
    return namespaced && verbs.includes('watch') && wanted.has(resource) && (!isScoped || scoped.has(resource));
  });
}

/** The resource whose objects a quota's limit is about, as `services` or `deployments.apps`. */
export function resourceOfLimit(limit: string): string {
  if (limit.startsWith('count/')) return limit.slice('count/'.length);
  if (plainCounts.includes(limit)) return limit;
  if (limit === 'services' || limit.startsWith('services.')) return 'services';
  if (limit === 'persistentvolumeclaims' || limit === 'requests.storage') return 'persistentvolumeclaims';
  if (limit.includes('.storageclass.storage.k8s.io/')) return 'persistentvolumeclaims';
  if (limit.endsWith('.deviceclass.resource.k8s.io/devices')) return 'resourceclaims.resource.k8s.io';
  // Everything else is asked for by pods: cpu, limits.memory, requests.example.com/device …
  return 'pods';
}
