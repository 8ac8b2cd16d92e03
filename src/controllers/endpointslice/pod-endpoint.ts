import type { Node, Pod, Service } from '../../api/generated/core/v1.ts';
import type { Endpoint, EndpointPort } from '../../api/generated/discovery/v1.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { ipText, parseIp } from '../../api/validation/ip.ts';
import { endpointHostname, isHeadless, targetPort } from '../../workloads/services/endpoint-rules.ts';
import type { AddressType } from '../../workloads/services/endpoint-slices.ts';
import { zoneOf } from './zone-shares.ts';

/** The families in which a service is reached: a set of slices each. One that says nothing has its address's, or both. */
export function addressTypesOf({ spec }: Service): readonly AddressType[] {
  const families = (spec?.ipFamilies ?? []).filter((family) => family !== '');
  if (families.length > 0) return [...new Set(families)];
  if (spec?.clusterIP && spec.clusterIP !== 'None') return [spec.clusterIP.includes(':') ? 'IPv6' : 'IPv4'];
  return ['IPv4', 'IPv6'];
}

/** Undefined when the pod has no address of this type. `node` is undefined when it is gone. */
export function endpointOf(pod: Pod, node: Node | undefined, service: Service, addressType: AddressType): Endpoint | undefined {
  const addresses = addressesOf(pod, addressType);
  if (addresses.length === 0) return undefined;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const zone = node && zoneOf(node);
  const hostname = endpointHostname(pod, service);
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses,
    conditions: {
      // For clients that know only `ready`, who is going is not ready, unless all are to be published.
      ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(zone && { zone }),
  };
}

/** Where the service's ports lead in this pod; ports that it does not have are left out. */
export function endpointPortsOf(pod: Pod, service: Service): EndpointPort[] {
  const ports = service.spec?.ports ?? [];
  if (ports.length === 0 && isHeadless(service)) return [];
  return ports.flatMap((servicePort) => {
    const port = targetPort(pod, servicePort);
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function addressesOf({ status }: Pod, addressType: AddressType): string[] {
  return (status?.podIPs ?? []).flatMap(({ ip }) => {
    if (ip.includes(':') !== (addressType === 'IPv6')) return [];
    // IPv4 addresses can be written in one way only.
    const address = addressType === 'IPv6' ? parseIp(ip) : undefined;
    return address ? [ipText(address)] : [ip];
  });
}
