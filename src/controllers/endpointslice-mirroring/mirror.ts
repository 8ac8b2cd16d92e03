import type { EndpointAddress, EndpointPort as ElderPort, Endpoints as EndpointsObject } from '../../api/generated/core/v1.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { ipText, parseIp } from '../../api/validation/ip.ts';
import { controllerReference } from '../../workloads/owner.ts';
import {
  endpointKey,
  managedByLabel,
  portsKey,
  recycle,
  sameEndpointState,
  serviceNameLabel,
  sliceNamePrefix,
  type AddressType,
  type SlicePlan,
} from '../../workloads/services/endpoint-slices.ts';
import { triggerTimeAnnotation } from '../../workloads/services/trigger-times.ts';

/** The value of `endpointslice.kubernetes.io/managed-by` on mirrored slices. */
export const managedBy = 'endpointslicemirroring-controller.k8s.io';

export interface Mirrored {
  readonly plan: SlicePlan;
  /** Addresses that are no IP addresses. */
  readonly invalid: number;
  /** All addresses left out, invalid ones and those beyond the limit. */
  readonly skipped: number;
}

/**
 * One slice for each set of ports and address type, at most `maxPerSubset` addresses of each subset.
 * Source: reconcile in pkg/controller/endpointslicemirroring.
 */
export function mirror(endpoints: EndpointsObject, existing: readonly EndpointSlice[], maxPerSubset: number): Mirrored {
  const { groups, invalid, skipped } = wantedOf(endpoints, maxPerSubset);
  const existingByGroup = Map.groupBy(existing, ({ ports, addressType }) => groupKey(portsKey(ports), addressType));
  const create: EndpointSlice[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const [first, ...others] = existingByGroup.get(key) ?? [];
    remove.push(...others);
    const slice = sliceOf(endpoints, group, maxPerSubset);
    if (!first) create.push(slice);
    else if (!sameEndpoints(first, slice)) update.push(inPlaceOf(first, slice));
  }
  for (const [key, slices] of existingByGroup) if (!groups.has(key)) remove.push(...slices);
  const going = endpoints.metadata.deletionTimestamp !== undefined;
  const plan = recycle({ create, update, remove });
  return { plan: going ? { ...plan, create: [] } : plan, invalid, skipped };
}

interface Group {
  readonly addressType: AddressType;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

const groupKey = (ports: string, addressType: string): string => `${addressType}:${ports}`;

function wantedOf({ subsets = [] }: EndpointsObject, maxPerSubset: number) {
  const groups = new Map<string, Group>();
  let invalid = 0;
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const slicePorts = ports.map(mirroredPort);
    let added = 0;
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    for (const { address, ready } of all) {
      if (added >= maxPerSubset) break;
      const mirrored = mirroredAddress(address, ready);
      if (!mirrored) {
        invalid++;
        continue;
      }
      added++;
      const key = groupKey(portsKey(slicePorts), mirrored.addressType);
      const group: Group = groups.get(key) ?? { addressType: mirrored.addressType, ports: slicePorts, endpoints: new Map() };
      groups.set(key, group);
      group.endpoints.set(endpointKey(mirrored.endpoint), mirrored.endpoint);
    }
    skipped += all.length - added;
  }
  return { groups, invalid, skipped };
}

const mirroredPort = ({ name = '', port, protocol = 'TCP', appProtocol }: ElderPort): EndpointPort => ({
  name,
  port,
  protocol,
  ...(appProtocol !== undefined && { appProtocol }),
});

function mirroredAddress({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean) {
  const address = parseIp(ip);
  if (!address) return undefined;
  const endpoint: Endpoint = {
    addresses: [ipText(address)],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName !== undefined && { nodeName }),
    ...(targetRef && { targetRef }),
  };
  const addressType: AddressType = address.length === 4 ? 'IPv4' : 'IPv6';
  return { endpoint, addressType };
}

/** Labels and annotations are copied, but for those that say something of the Endpoints object alone. */
function sliceOf(owner: EndpointsObject, { addressType, ports, endpoints }: Group, maxPerSubset: number): EndpointSlice {
  const { name = '', namespace, labels, annotations = {} } = owner.metadata;
  const copied = Object.entries(annotations).filter(([annotation]) => !notMirrored.includes(annotation));
  return {
    metadata: {
      generateName: sliceNamePrefix(name),
      namespace,
      labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy },
      annotations: Object.fromEntries(copied),
      ownerReferences: [controllerReference(owner, Endpoints)],
    },
    addressType,
    endpoints: [...endpoints.values()].slice(0, maxPerSubset),
    ports,
  };
}

const notMirrored: readonly string[] = [triggerTimeAnnotation, 'kubectl.kubernetes.io/last-applied-configuration'];

function inPlaceOf({ metadata: { name } }: EndpointSlice, slice: EndpointSlice): EndpointSlice {
  const { generateName: _, ...metadata } = slice.metadata;
  return { ...slice, metadata: { ...metadata, name } };
}

function sameEndpoints(slice: EndpointSlice, wanted: EndpointSlice): boolean {
  const byKey = new Map((wanted.endpoints ?? []).map((endpoint) => [endpointKey(endpoint), endpoint]));
  return (
    (slice.endpoints ?? []).length === byKey.size &&
    (slice.endpoints ?? []).every((endpoint) => {
      const now = byKey.get(endpointKey(endpoint));
      return now !== undefined && sameEndpointState(now, endpoint);
    }) &&
    sameMetadata(slice, wanted)
  );
}

const sameMetadata = (slice: EndpointSlice, wanted: EndpointSlice): boolean =>
  sameMap(slice.metadata.labels, wanted.metadata.labels) && sameMap(slice.metadata.annotations, wanted.metadata.annotations);

const sameMap = (one: Readonly<Record<string, string>> = {}, other: Readonly<Record<string, string>> = {}): boolean =>
  Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);
