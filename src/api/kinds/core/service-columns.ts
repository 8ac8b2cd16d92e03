import type { LoadBalancerStatus, Service } from '../../generated/core/v1.ts';
import { ageColumn, nameColumn, type Column } from '../../kind.ts';
import { labelsText } from '../columns.ts';

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  { name: 'Type', type: 'string', cell: ({ spec }) => spec.type ?? '' },
  { name: 'Cluster-IP', type: 'string', cell: ({ spec }) => spec.clusterIP || '<none>' },
  { name: 'External-IP', type: 'string', cell: externalIpText },
  { name: 'Port(s)', type: 'string', cell: portsText },
  ageColumn,
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    cell: ({ spec }) => labelsText(spec.selector),
  },
];

function externalIpText({ spec, status }: Service): string {
  const externalIps = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return externalIps.join(',') || '<none>';
    case 'LoadBalancer':
      return [...loadBalancerAddresses(status.loadBalancer), ...externalIps].join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** Sorted, without repetition; an entry's IP rather than its host name. */
export function loadBalancerAddresses(status: Pick<LoadBalancerStatus, 'ingress'> | undefined): string[] {
  const addresses = (status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(addresses.filter((address) => address !== ''))].sort();
}

function portsText({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`);
  return ports.join(',') || '<none>';
}
