import type { Service } from '../../generated/core/v1.ts';
import { cidrWarnings, ipWarnings } from '../../validation/ip.ts';

const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const topologyMode = 'service.kubernetes.io/topology-mode';

/** Upstream's GetWarningsForService: what is deprecated, ignored or written in an unusual way. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const externalIps = spec.externalIPs ?? [];
  const isHeadless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const isExternalName = spec.type === 'ExternalName';
  const clusterIps = isExternalName || isHeadless ? [] : (spec.clusterIPs ?? []);
  const warnings: string[] = [];
  if (metadata.annotations?.[topologyHints] !== undefined) {
    warnings.push(`annotation ${topologyHints} is deprecated, please use ${topologyMode} instead`);
  }
  warnings.push(...clusterIps.flatMap((ip, i) => ipWarnings(ip, `spec.clusterIPs[${i}]`)));
  if (isHeadless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIps.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(...externalIps.flatMap((ip, i) => ipWarnings(ip, `spec.externalIPs[${i}]`)));
  if (externalIps.length > 0 && !isHeadless && !isExternalName) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.loadBalancerIP) warnings.push(...ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP'));
  warnings.push(...(spec.loadBalancerSourceRanges ?? []).flatMap((cidr, i) => cidrWarnings(cidr, `spec.loadBalancerSourceRanges[${i}]`)));
  if (isExternalName && externalIps.length > 0) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isExternalName && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
