import type { Key } from '../../store/store.ts';

/** What an etcd key of a Kubernetes cluster says of its object. */
export interface StoredKey {
  /** `pods`, `deployments`; of custom resources `widgets.example.com`. */
  readonly resource: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** Resources whose place in etcd is not their name. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['minions', 'nodes'],
  ['controllers', 'replicationcontrollers'],
  ['ingress', 'ingresses'],
  ['services/specs', 'services'],
  ['services/endpoints', 'endpoints'],
  ['apiregistration.k8s.io/apiservices', 'apiservices'],
  ['apiextensions.k8s.io/customresourcedefinitions', 'customresourcedefinitions'],
]);

/**
 * Undefined for keys that no object stands under. The first part is the cluster's own prefix:
 * `/registry/`, or `/kubernetes.io/` and `/openshift.io/` of OpenShift. A part with a dot after it is
 * the group of a custom resource; built-in resources have none.
 */
export function parseStoredKey(key: Key): StoredKey | undefined {
  const [root, prefix, ...parts] = key.split('/');
  if (root !== '' || !prefix || parts.length < 2 || parts.includes('')) return undefined;
  const [first = '', second = ''] = parts;
  const isPair = renamed.has(`${first}/${second}`);
  const isCustom = !isPair && first.includes('.');
  const rest = parts.slice(isPair || isCustom ? 2 : 1).map(decoded);
  if (rest.length === 0 || rest.length > 2) return undefined;
  const resource = isPair ? renamed.get(`${first}/${second}`)! : isCustom ? `${second}.${first}` : (renamed.get(first) ?? first);
  const [namespace, name] = rest.length === 2 ? (rest as [string, string]) : ['', rest[0]!];
  return { resource, namespace, name };
}

/** Keys hold a byte a code unit, and names may be UTF-8. */
const decoded = (part: string): string => (/^[\0-\x7f]*$/.test(part) ? part : Buffer.from(part, 'latin1').toString('utf8'));
