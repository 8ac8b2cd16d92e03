import type { Container, Node, Pod, PodSpec, ResourceFieldSelector } from '../../api/generated/core/v1.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { value, milliValue } from '../../api/quantity.ts';
import { ConfigError } from './config-error.ts';

/** Addresses that a pod has once its sandbox is up. */
export interface PodAddresses {
  readonly podIps: readonly string[];
  readonly hostIps: readonly string[];
}

/** The value at a field path of the downward API. Throws `ConfigError` for one it does not have. Source: pkg/fieldpath. */
export function fieldValue({ metadata, spec }: Pod, path: string, { podIps, hostIps }: PodAddresses): string {
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? '';
  const reader = fields[path];
  if (reader) return reader(metadata, spec);
  if (path === 'metadata.labels' || path === 'metadata.annotations') return mapText(metadata[path.slice(9) as 'labels' | 'annotations']);
  if (path === 'status.podIP') return podIps[0] ?? '';
  if (path === 'status.podIPs') return podIps.join(',');
  if (path === 'status.hostIP') return hostIps[0] ?? '';
  if (path === 'status.hostIPs') return hostIps.join(',');
  throw new ConfigError(`unsupported fieldPath: ${path}`);
}

const fields: Readonly<Record<string, (metadata: Pod['metadata'], spec: PodSpec) => string>> = {
  'metadata.name': ({ name = '' }) => name,
  'metadata.namespace': ({ namespace = '' }) => namespace,
  'metadata.uid': ({ uid = '' }) => uid,
  'spec.nodeName': (_, { nodeName = '' }) => nodeName,
  'spec.serviceAccountName': (_, { serviceAccountName = '' }) => serviceAccountName,
};

/** `key="value"` lines in the order of keys. */
const mapText = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');

/** The pod's container of which a `resourceFieldRef` speaks. Throws `ConfigError` when there is none. */
export function containerNamed({ spec }: Pod, name: string): Container {
  const found = [...spec.containers, ...(spec.initContainers ?? [])].find((container) => container.name === name);
  if (!found) throw new ConfigError(`container ${name} not found`);
  return found;
}

/** A container's request or limit, in units of the divisor, rounded up; where no limit is set, what the node has. */
export function resourceValue(
  { resource, divisor = '1' }: ResourceFieldSelector,
  { resources = {} }: Container,
  node: Node | undefined,
): string {
  const [kind, ...rest] = resource.split('.');
  const name = rest.join('.');
  if (kind !== 'limits' && kind !== 'requests') throw new ConfigError(`unsupported container resource: ${resource}`);
  const said = resources[kind]?.[name];
  const amount = quantityFrom(said ?? (kind === 'limits' ? node?.status.allocatable?.[name] : undefined));
  const by = quantityFrom(divisor === '0' ? '1' : divisor);
  if (name === 'cpu') return String(Math.ceil(milliValue(amount) / milliValue(by)));
  return String(Math.ceil(value(amount) / value(by)));
}
