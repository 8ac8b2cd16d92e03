import type { Service } from '../../api/generated/core/v1.ts';
import type { Endpoint, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import type { SlicePlan } from '../../workloads/services/endpoint-slices.ts';
import { withHints } from './hints.ts';
import type { ZoneShares } from './zone-shares.ts';

/** A zone's endpoints may have this much more to do than those of others. */
const overloadThreshold = 0.2;

/** Does the service ask for hints in proportion to the zones' CPU? The elder annotation goes before. */
export function asksForTopologyHints({ metadata: { annotations = {} } }: Service): boolean {
  const asked = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return asked === 'Auto' || asked === 'auto';
}

export interface TopologyHinted {
  readonly plan: SlicePlan;
  /** Why there are no hints; undefined when there are. */
  readonly problem?: string;
}

/**
 * Gives each ready endpoint the hint of its own zone, and then some of zones with more endpoints than
 * their share to those with fewer. Without a way to serve all zones well there are none at all.
 * Source: AddHints in k8s.io/endpointslice/topologycache.
 */
export function withTopologyHints(plan: SlicePlan, existing: readonly EndpointSlice[], shares: ZoneShares | undefined): TopologyHinted {
  const without = (problem: string): TopologyHinted => ({ plan: withHints(plan, existing, undefined), problem });
  const written = new Set([...plan.update, ...plan.remove].map(({ metadata }) => metadata.name));
  const unchanged = existing.filter(({ metadata }) => !written.has(metadata.name));
  const ready = [...plan.create, ...plan.update, ...unchanged].flatMap(({ endpoints = [] }) => endpoints).filter(isReady);
  const wanted = allocate(shares, ready.length);
  if (typeof wanted === 'string') return without(wanted);
  const hinted = new Map<string, number>();
  const wrong = unchanged.filter((slice) => !keepsHints(slice, hinted, wanted));
  const update = [...plan.update, ...wrong];
  const open = [...plan.create, ...update].flatMap(({ endpoints = [] }) => endpoints).filter(isReady);
  if (open.some(({ zone }) => !zone)) return without('One or more endpoints do not have a zone specified');
  for (const { zone } of open) count(hinted, zone!, 1);
  if (hinted.size === 0) return without('No hints allocated for zones');
  const zones = redistribute(open, wanted, hinted);
  const hint = (slice: EndpointSlice): EndpointSlice => ({
    ...slice,
    endpoints: (slice.endpoints ?? []).map((endpoint) =>
      zones.has(endpoint) ? { ...endpoint, hints: { forZones: [{ name: zones.get(endpoint)! }] } } : endpoint,
    ),
  });
  return { plan: { create: plan.create.map(hint), update: update.map(hint), remove: plan.remove } };
}

interface Allocation {
  readonly maximum: number;
  readonly desired: number;
}
type Allocations = ReadonlyMap<string, Allocation>;

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true;
const count = (counts: Map<string, number>, zone: string, by: number): unknown => counts.set(zone, (counts.get(zone) ?? 0) + by);

/** How many endpoints each zone is to have, or why that cannot be. */
function allocate(shares: ZoneShares | undefined, endpoints: number): Allocations | string {
  if (!shares) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  const numbers = `(${endpoints} endpoints, ${shares.size} zones)`;
  if (shares.size > endpoints) return `Insufficient number of endpoints ${numbers}`;
  const minimums = Array.from(shares, ([zone, share]) => {
    const minimum = Math.ceil((share * endpoints) / (1 + overloadThreshold));
    return { zone, minimum, desired: Math.max(share * endpoints, minimum) };
  });
  const spare = endpoints - minimums.reduce((sum, { minimum }) => sum + minimum, 0);
  if (spare < 0) {
    return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${numbers}`;
  }
  return new Map(minimums.map(({ zone, minimum, desired }) => [zone, { maximum: minimum + spare, desired }]));
}

/** Are the slice's hints still good beside those counted so far? Then they are counted too. */
function keepsHints({ endpoints = [] }: EndpointSlice, hinted: Map<string, number>, wanted: Allocations): boolean {
  const own = new Map<string, number>();
  for (const endpoint of endpoints.filter(isReady)) {
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0 || zones.some(({ name }) => !wanted.has(name))) return false;
    for (const { name } of zones) count(own, name, 1);
  }
  for (const [zone, n] of own) if (n + (hinted.get(zone) ?? 0) > wanted.get(zone)!.maximum) return false;
  for (const [zone, n] of own) count(hinted, zone, n);
  return true;
}

/** For each open endpoint the zone that it is for: its own, or one that has too few. */
function redistribute(open: readonly Endpoint[], wanted: Allocations, hinted: ReadonlyMap<string, number>): Map<Endpoint, string> {
  const { giving, receiving } = transfers(wanted, hinted);
  const zones = new Map<Endpoint, string>();
  for (const endpoint of open) {
    const own = endpoint.zone!;
    const [receiver] = [...receiving].find(([, n]) => n > 0) ?? [];
    const gives = receiver !== undefined && (giving.get(own) ?? 0) > 0;
    zones.set(endpoint, gives ? receiver : own);
    if (!gives) continue;
    count(giving, own, -1);
    count(receiving, receiver, -1);
  }
  return zones;
}

/** How many whole endpoints each zone gives and gets, always from who has most too many to who has most too few. */
function transfers(wanted: Allocations, hinted: ReadonlyMap<string, number>) {
  const excess = new Map(Array.from(wanted, ([zone, { desired }]) => [zone, (hinted.get(zone) ?? 0) - desired]));
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const ordered = [...excess].sort(([, a], [, b]) => b - a);
    const [giver, tooMany] = ordered[0]!;
    const [receiver, surplus] = ordered.at(-1)!;
    const tooFew = -surplus;
    if (tooMany < 0.5 || tooFew < 0.5 || (tooMany < 1 && tooFew < 1)) return { giving, receiving };
    excess.set(giver, tooMany - 1);
    excess.set(receiver, surplus + 1);
    count(giving, giver, 1);
    count(receiving, receiver, 1);
  }
}
