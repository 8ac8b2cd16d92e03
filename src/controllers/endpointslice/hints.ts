import type { Endpoint, EndpointHints, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { SlicePlan } from '../../workloads/services/endpoint-slices.ts';

/** What a service may ask of `spec.trafficDistribution`. */
export type TrafficDistribution = 'PreferClose' | 'PreferSameZone' | 'PreferSameNode';

const known: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'] satisfies TrafficDistribution[];

/** Undefined for what is not asked for, or not known. */
export const trafficDistributionOf = (value: string | undefined): TrafficDistribution | undefined =>
  value !== undefined && known.includes(value) ? (value as TrafficDistribution) : undefined;

/**
 * Gives each ready endpoint the hint that it is for its own zone, or node; takes all hints away where
 * nothing is asked for. Slices that nothing else changes are written for it, if they need it.
 */
export function withHints(plan: SlicePlan, existing: readonly EndpointSlice[], distribution: TrafficDistribution | undefined): SlicePlan {
  const written = new Set([...plan.update, ...plan.remove].map(({ metadata }) => metadata.name));
  const unchanged = existing.filter(({ metadata }) => !written.has(metadata.name));
  const hinted = (slice: EndpointSlice) => hintSlice(slice, distribution);
  return {
    create: plan.create.map(hinted),
    update: [...plan.update.map(hinted), ...unchanged.filter((slice) => hinted(slice) !== slice).map(hinted)],
    remove: plan.remove,
  };
}

/** The slice itself when it is right already. */
function hintSlice(slice: EndpointSlice, distribution: TrafficDistribution | undefined): EndpointSlice {
  const endpoints = (slice.endpoints ?? []).map((endpoint) => hintEndpoint(endpoint, distribution));
  return endpoints.some((endpoint, i) => endpoint !== slice.endpoints![i]) ? { ...slice, endpoints } : slice;
}

function hintEndpoint(endpoint: Endpoint, distribution: TrafficDistribution | undefined): Endpoint {
  // Nobody goes to an endpoint that is not ready: what it says does not matter.
  if (distribution && endpoint.conditions?.ready !== true) return endpoint;
  const { hints, ...bare } = endpoint;
  const wanted = distribution && hintsFor(endpoint, distribution);
  if (semanticallyEqual(hints, wanted)) return endpoint;
  return wanted ? { ...bare, hints: wanted } : bare;
}

function hintsFor({ zone, nodeName }: Endpoint, distribution: TrafficDistribution): EndpointHints | undefined {
  const forNode = distribution === 'PreferSameNode' && nodeName !== undefined;
  if (zone === undefined && !forNode) return undefined;
  return { ...(zone !== undefined && { forZones: [{ name: zone }] }), ...(forNode && { forNodes: [{ name: nodeName }] }) };
}
