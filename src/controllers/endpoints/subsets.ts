import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/generated/core/v1.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { belongsInEndpoints, endpointHostname, isHeadless, targetPort } from '../../workloads/services/endpoint-rules.ts';

/** The pods' addresses by the ports that they serve, in the canonical layout of `repack`. */
export function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const all = service.spec?.publishNotReadyAddresses === true;
  const ports = service.spec?.ports ?? [];
  const subsets = pods.flatMap((pod): EndpointSubset[] => {
    const address = belongsInEndpoints(pod, all) ? addressOf(pod, service) : undefined;
    if (!address) return [];
    const addresses = all || isReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] };
    if (ports.length === 0) return isHeadless(service) ? [{ ...addresses, ports: [] }] : [];
    return ports.flatMap((servicePort) => {
      const port = targetPort(pod, servicePort);
      const { name, protocol = 'TCP', appProtocol } = servicePort;
      if (port === undefined) return [];
      return [{ ...addresses, ports: [{ ...(name && { name }), port, protocol, ...(appProtocol !== undefined && { appProtocol }) }] }];
    });
  });
  return repack(subsets);
}

/** In the service's first family; undefined when the pod has no address of it. */
function addressOf(pod: Pod, service: Service): EndpointAddress | undefined {
  const family = service.spec?.ipFamilies?.[0] || familyOf(isHeadless(service) ? pod.status?.podIP : service.spec?.clusterIP);
  const ip = (pod.status?.podIPs ?? []).find((one) => familyOf(one.ip) === family)?.ip;
  if (ip === undefined) return undefined;
  const hostname = endpointHostname(pod, service);
  const { namespace, name, uid } = pod.metadata;
  return {
    ip,
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

const familyOf = (ip: string | undefined): 'IPv4' | 'IPv6' => (ip?.includes(':') ? 'IPv6' : 'IPv4');

/**
 * One subset for each set of addresses, with all ports that this set serves; addresses by IP, ports by
 * name. An address that is once not ready for a port is not. What has no port is told without one.
 * Source: RepackSubsets in pkg/api/v1/endpoints/util.go, which orders ports and subsets by hashes.
 */
export function repack(subsets: readonly EndpointSubset[]): EndpointSubset[] {
  const byPort = new Map<string, Served>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    for (const port of ports.length > 0 ? ports : [undefined]) {
      const key = port ? portText(port) : '';
      const served: Served = byPort.get(key) ?? { port, addresses: new Map() };
      byPort.set(key, served);
      for (const address of addresses) serve(served, address, true);
      for (const address of notReadyAddresses) serve(served, address, false);
    }
  }
  const groups = Map.groupBy(byPort.values(), ({ addresses }) => addressesText(addresses));
  return Array.from(groups.values(), subsetOf).sort((a, b) => compare(subsetText(a), subsetText(b)));
}

interface Served {
  /** Undefined for addresses without ports. */
  readonly port: EndpointPort | undefined;
  readonly addresses: Map<string, { readonly address: EndpointAddress; readonly ready: boolean }>;
}

function serve({ addresses }: Served, address: EndpointAddress, ready: boolean): void {
  const key = addressText(address);
  const known = addresses.get(key);
  if (!known || (known.ready && !ready)) addresses.set(key, { address, ready });
}

function subsetOf(group: readonly Served[]): EndpointSubset {
  const sorted = [...group[0]!.addresses.values()].sort((a, b) => compare(addressText(a.address), addressText(b.address)));
  const addresses = sorted.filter(({ ready }) => ready).map(({ address }) => address);
  const notReadyAddresses = sorted.filter(({ ready }) => !ready).map(({ address }) => address);
  const ports = group.flatMap(({ port }) => port ?? []).sort((a, b) => compare(portText(a), portText(b)));
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && { ports }),
  };
}

const portText = ({ name = '', protocol = 'TCP', port, appProtocol = '' }: EndpointPort): string =>
  `${name}|${protocol}|${port}|${appProtocol}`;
const addressText = ({ ip, targetRef }: EndpointAddress): string => `${ip}|${targetRef?.uid ?? ''}`;
const addressesText = (addresses: Served['addresses']): string =>
  Array.from(addresses, ([key, { ready }]) => `${key}|${ready}`)
    .sort()
    .join(',');
const subsetText = ({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): string =>
  [ports.map(portText), addresses.map(addressText), notReadyAddresses.map(addressText)].join(';');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
