/** How fast nodes of a zone may be emptied: slower, the more of it is gone, for then the fault is likelier on our side. */
import type { Node } from '../../api/generated/core/v1.ts';
import { isNodeReady } from './health.ts';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface ZoneCount {
  readonly ready: number;
  readonly notReady: number;
}

export interface EvictionRules {
  /** Nodes a second. */
  readonly nodeEvictionRate: number;
  readonly secondaryNodeEvictionRate: number;
  readonly largeClusterSizeThreshold: number;
  readonly unhealthyZoneThreshold: number;
}

/** Names the node's region and zone; '' for a node that says neither. */
export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

/** Nodes with the label `node.kubernetes.io/exclude-disruption` do not count. */
export function countZones(nodes: Iterable<Node>): Map<string, ZoneCount> {
  const zones = new Map<string, { ready: number; notReady: number }>();
  for (const node of nodes) {
    if (node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined) continue;
    const zone = zoneOf(node);
    const count = zones.get(zone) ?? { ready: 0, notReady: 0 };
    if (isNodeReady(node)) count.ready++;
    else count.notReady++;
    zones.set(zone, count);
  }
  return zones;
}

export function zoneState({ ready, notReady }: ZoneCount, { unhealthyZoneThreshold }: EvictionRules): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / (notReady + ready) >= unhealthyZoneThreshold ? 'PartialDisruption' : 'Normal';
}

export interface Disruption {
  readonly states: ReadonlyMap<string, ZoneState>;
  /** New rates, of those zones alone whose rate may change. */
  readonly rates: ReadonlyMap<string, number>;
  /** `began`: now nothing is ready anywhere; nobody is to be evicted, nor held to be so. `ended`: something is again. */
  readonly everywhere?: 'began' | 'ended';
}

/** What follows from how zones were and are. Source: node_lifecycle_controller.go, handleDisruption. */
export function judgeDisruption(
  before: ReadonlyMap<string, ZoneState>,
  zones: ReadonlyMap<string, ZoneCount>,
  rules: EvictionRules,
): Disruption {
  const states = new Map([...zones].map(([zone, count]) => [zone, zoneState(count, rules)]));
  const was = (zone: string): ZoneState => before.get(zone) ?? 'Initial';
  const allAre = [...states.values()].every((state) => state === 'FullDisruption');
  const allWere = [...states.keys()].every((zone) => was(zone) === 'FullDisruption');
  if (allAre) {
    if (allWere) return { states, rates: new Map() };
    return { states, rates: new Map([...states.keys()].map((zone) => [zone, 0])), everywhere: 'began' };
  }
  const rates = new Map<string, number>();
  for (const [zone, state] of states) if (allWere || was(zone) !== state) rates.set(zone, evictionRate(state, zones.get(zone)!, rules));
  return { states, rates, ...(allWere && { everywhere: 'ended' as const }) };
}

/** Nodes a second. Where a part is gone, large zones go slowly, and small ones wait. */
function evictionRate(state: ZoneState, { ready, notReady }: ZoneCount, rules: EvictionRules): number {
  if (state !== 'PartialDisruption') return rules.nodeEvictionRate;
  return ready + notReady > rules.largeClusterSizeThreshold ? rules.secondaryNodeEvictionRate : 0;
}
