import type { Endpoint, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { endpointKey, sameEndpointState, type SlicePlan } from '../../workloads/services/endpoint-slices.ts';

export interface Placement {
  /** With the same ports and of the same address type. */
  readonly existing: readonly EndpointSlice[];
  readonly wanted: readonly Endpoint[];
  /** `--max-endpoints-per-slice`. */
  readonly maxEndpoints: number;
  /** An empty slice for these endpoints. */
  readonly fresh: () => EndpointSlice;
  /** What becomes of a slice whose labels are not what they should be; the slice itself otherwise. */
  readonly relabel: (slice: EndpointSlice) => EndpointSlice;
}

/**
 * Puts endpoints into slices with as few writes as possible, since each written slice goes to every
 * node: who has a place keeps it; newcomers fill slices that are written anyway, fullest first; the
 * rest goes into the one untouched slice that becomes fullest by it, else into new slices. Slices
 * are not evened out. Source: reconcileByPortMapping in k8s.io/endpointslice.
 */
export function place({ existing, wanted, maxEndpoints, fresh, relabel }: Placement): SlicePlan {
  const waiting = new Map(wanted.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const touched: Filling[] = [];
  const untouched: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const slice of existing) {
    const { kept, changed } = keep(slice, waiting);
    const relabelled = relabel(slice);
    if (changed && kept.length === 0) remove.push(slice);
    else if (changed || relabelled !== slice) touched.push({ slice: relabelled, endpoints: kept });
    else untouched.push(slice);
  }
  for (const filling of touched.toSorted((a, b) => b.endpoints.length - a.endpoints.length)) fill(filling, waiting, maxEndpoints);
  const create: Filling[] = [];
  while (waiting.size > 0) {
    const room = waiting.size < maxEndpoints ? roomiest(untouched, waiting.size, maxEndpoints) : undefined;
    if (room) untouched.splice(untouched.indexOf(room), 1);
    const filling = { slice: room ?? fresh(), endpoints: [...(room?.endpoints ?? [])] };
    (room ? touched : create).push(filling);
    fill(filling, waiting, maxEndpoints);
  }
  return { create: create.map(filled), update: touched.map(filled), remove };
}

interface Filling {
  readonly slice: EndpointSlice;
  readonly endpoints: Endpoint[];
}

const filled = ({ slice, endpoints }: Filling): EndpointSlice => ({ ...slice, endpoints });

/** Takes those out of `waiting` that have their place in the slice. */
function keep({ endpoints = [] }: EndpointSlice, waiting: Map<string, Endpoint>): { kept: Endpoint[]; changed: boolean } {
  const kept: Endpoint[] = [];
  let changed = false;
  for (const endpoint of endpoints) {
    const key = endpointKey(endpoint);
    const now = waiting.get(key);
    if (!now) continue;
    waiting.delete(key);
    const same = sameEndpointState(now, endpoint);
    // Hints are kept here, and put right later.
    kept.push(same ? endpoint : { ...now, ...(endpoint.hints && { hints: endpoint.hints }) });
    changed ||= !same;
  }
  return { kept, changed: changed || kept.length !== endpoints.length };
}

function fill({ endpoints }: Filling, waiting: Map<string, Endpoint>, maxEndpoints: number): void {
  for (const [key, endpoint] of waiting) {
    if (endpoints.length >= maxEndpoints) return;
    endpoints.push(endpoint);
    waiting.delete(key);
  }
}

/** The slice that is fullest with `count` more; undefined where they fit into none. */
function roomiest(slices: readonly EndpointSlice[], count: number, maxEndpoints: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  let leastLeft = maxEndpoints;
  for (const slice of slices) {
    const left = maxEndpoints - count - (slice.endpoints ?? []).length;
    if (left < 0 || left >= leastLeft) continue;
    best = slice;
    leastLeft = left;
  }
  return best;
}
