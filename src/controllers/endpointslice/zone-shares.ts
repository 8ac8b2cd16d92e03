import type { Node } from '../../api/generated/core/v1.ts';
import { milliValue, parseQuantity } from '../../api/quantity.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** What part of the ready nodes' CPU each zone has; the zones in the order of their names. */
export type ZoneShares = ReadonlyMap<string, number>;

/**
 * Undefined where that is not known of each ready node, or there are not two zones: then nothing can be
 * shared out. Control plane nodes do not count. Source: SetNodes in k8s.io/endpointslice/topologycache.
 */
export function zoneShares(nodes: readonly Node[]): ZoneShares | undefined {
  const cpuByZone = new Map<string, number>();
  for (const node of nodes.filter((one) => isReady(one) && !isControlPlane(one))) {
    const zone = zoneOf(node);
    const cpu = milliValue(parseQuantity(cpuOf(node)));
    if (!zone || cpu === 0) return undefined;
    cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpu);
  }
  if (cpuByZone.size < 2) return undefined;
  const total = [...cpuByZone.values()].reduce((sum, cpu) => sum + cpu, 0);
  return new Map([...cpuByZone].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, cpu]) => [zone, cpu / total]));
}

/** Does this update of a node leave the shares as they are? Heartbeats do. */
export const sameForZones = (old: Node, now: Node): boolean =>
  isReady(old) === isReady(now) && cpuOf(old) === cpuOf(now) && semanticallyEqual(old.metadata.labels, now.metadata.labels);

export const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.['topology.kubernetes.io/zone'];

const isReady = ({ status }: Node): boolean => status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
const isControlPlane = ({ metadata: { labels = {} } }: Node): boolean =>
  'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels;
const cpuOf = ({ status }: Node): string => status?.allocatable?.['cpu'] ?? '0';
