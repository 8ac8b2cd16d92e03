import type { Node, Pod, Service } from '../../api/generated/core/v1.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { belongsInEndpoints } from '../../workloads/services/endpoint-rules.ts';
import { portsKey, recycle, type AddressType, type SlicePlan } from '../../workloads/services/endpoint-slices.ts';
import { trafficDistributionOf, withHints } from './hints.ts';
import { place } from './placement.ts';
import { addressTypesOf, endpointOf, endpointPortsOf } from './pod-endpoint.ts';
import { hasLabelsOf, isOwnedBy, newSlice, sliceLabels } from './service-slice.ts';
import { asksForTopologyHints, withTopologyHints, type TopologyHinted } from './topology-hints.ts';
import type { ZoneShares } from './zone-shares.ts';

export interface Situation {
  readonly service: Service;
  /** Those that it selects. */
  readonly pods: readonly Pod[];
  /** Slices of this controller for a service of this name, without those that are going. */
  readonly slices: readonly EndpointSlice[];
  readonly nodeOf: (name: string) => Node | undefined;
  /** For services that want their endpoints shared out in proportion to it. */
  readonly zoneShares: () => ZoneShares | undefined;
  readonly maxEndpoints: number;
}

export interface Outcome {
  readonly plan: SlicePlan;
  /** Sentences on pods that are left out since their node is not known; it is worth trying again for them. */
  readonly skipped: readonly string[];
  /** Of services that ask for topology hints: whether they have them, for each address type. */
  readonly topology: readonly { readonly addressType: AddressType; readonly problem?: string }[];
}

/** What has to be written so that the slices tell of the pods. Source: Reconcile in k8s.io/endpointslice. */
export function planSlices(situation: Situation): Outcome {
  const { service, slices } = situation;
  const addressTypes = addressTypesOf(service);
  const outcomes = addressTypes.map((type) =>
    planAddressType(
      situation,
      type,
      slices.filter(({ addressType }) => addressType === type),
    ),
  );
  const unsupported = slices.filter(({ addressType }) => !(addressTypes as readonly string[]).includes(addressType));
  const plans = outcomes.map(({ plan }) => plan);
  const isGoing = service.metadata.deletionTimestamp !== undefined;
  return {
    plan: {
      // The garbage collector takes the slices of a service that is going: none is to come behind its back.
      create: isGoing ? [] : plans.flatMap(({ create }) => create),
      update: plans.flatMap(({ update }) => update),
      remove: [...plans.flatMap(({ remove }) => remove), ...unsupported],
    },
    skipped: outcomes.flatMap(({ skipped }) => skipped),
    topology: outcomes.flatMap(({ topology }) => topology),
  };
}

function planAddressType(situation: Situation, addressType: AddressType, existing: readonly EndpointSlice[]): Outcome {
  const { service, maxEndpoints } = situation;
  const own = Map.groupBy(
    existing.filter((slice) => isOwnedBy(slice, service)),
    ({ ports }) => portsKey(ports),
  );
  const { groups, skipped } = wantedByPorts(situation, addressType);
  const placed = Array.from(groups, ([key, { ports, endpoints }]) =>
    place({
      existing: own.get(key) ?? [],
      wanted: endpoints,
      maxEndpoints,
      fresh: () => newSlice(service, addressType, ports),
      relabel: (slice) =>
        hasLabelsOf(slice, service) ? slice : { ...slice, metadata: { ...slice.metadata, labels: sliceLabels(service) } },
    }),
  );
  const outdated = Array.from(own).flatMap(([key, slices]) => (groups.has(key) ? [] : slices));
  const plan = withPlaceholder(
    {
      create: placed.flatMap(({ create }) => create),
      update: placed.flatMap(({ update }) => update),
      remove: [...existing.filter((slice) => !isOwnedBy(slice, service)), ...placed.flatMap(({ remove }) => remove), ...outdated],
    },
    existing,
    newSlice(service, addressType, []),
  );
  const byTopology = asksForTopologyHints(service);
  const hinted: TopologyHinted = byTopology
    ? withTopologyHints(plan, existing, situation.zoneShares())
    : { plan: withHints(plan, existing, trafficDistributionOf(service.spec?.trafficDistribution)) };
  return {
    plan: recycle(hinted.plan, (slice) => isOwnedBy(slice, service)),
    skipped,
    topology: byTopology ? [{ addressType, ...(hinted.problem !== undefined && { problem: hinted.problem }) }] : [],
  };
}

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

/** Pods whose ports have other numbers cannot share a slice. */
function wantedByPorts({ service, pods, nodeOf }: Situation, addressType: AddressType) {
  const groups = new Map<string, Group>();
  const skipped: string[] = [];
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, true)) continue;
    const ports = endpointPortsOf(pod, service);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    const nodeName = pod.spec.nodeName ?? '';
    const node = nodeOf(nodeName);
    if (!node && !service.spec?.publishNotReadyAddresses) {
      const { namespace, name } = service.metadata;
      skipped.push(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`);
      continue;
    }
    const endpoint = endpointOf(pod, node, service, addressType);
    if (endpoint) group.endpoints.push(endpoint);
  }
  return { groups, skipped };
}

/** A service without endpoints has one empty slice, by which one sees that it was dealt with. */
function withPlaceholder(plan: SlicePlan, existing: readonly EndpointSlice[], placeholder: EndpointSlice): SlicePlan {
  if (existing.length !== plan.remove.length || plan.create.length > 0) return plan;
  const [only] = plan.remove;
  if (plan.remove.length === 1 && only && isPlaceholder(only, placeholder)) return { ...plan, remove: [] };
  return { ...plan, create: [placeholder] };
}

const isPlaceholder = ({ metadata, endpoints = [], ports = [] }: EndpointSlice, placeholder: EndpointSlice): boolean =>
  endpoints.length === 0 &&
  ports.length === 0 &&
  metadata.ownerReferences?.[0]?.uid === placeholder.metadata.ownerReferences?.[0]?.uid &&
  sameLabels(metadata.labels ?? {}, placeholder.metadata.labels ?? {});

const sameLabels = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean =>
  Object.keys({ ...one, ...other }).every((label) => one[label] === other[label]);
