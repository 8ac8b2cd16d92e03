import type { Draft } from '../../draft.ts';
import type { Service, ServiceSpec } from '../../generated/core/v1.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { isExternallyAccessible, needsClusterIp, needsHealthCheckNodePort, needsNodePort } from './service-needs.ts';

type Spec = Draft<ServiceSpec>;

/**
 * Values that were given out stay with a client that does not repeat them: whoever applies again
 * the manifest from which the Service came, without addresses, changes nothing.
 */
export function adoptAllocated(service: Draft<Service>, old: Service): void {
  const { spec } = service;
  const oldSpec = old.spec;
  if (needsClusterIp(old) && needsClusterIp(service)) {
    if (!spec.clusterIP && oldSpec.clusterIP) spec.clusterIP = oldSpec.clusterIP;
    if (!spec.clusterIPs?.length && oldSpec.clusterIPs?.length) spec.clusterIPs = [...oldSpec.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(service)) adoptNodePorts(spec, oldSpec);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(service) && !spec.healthCheckNodePort) {
    if (oldSpec.healthCheckNodePort) spec.healthCheckNodePort = oldSpec.healthCheckNodePort;
  }
}

/** By the ports' names; a number that another port now asks for is not handed back. */
function adoptNodePorts(spec: Spec, oldSpec: ServiceSpec): void {
  const taken = new Set(nodePorts(spec));
  const byName = new Map((oldSpec.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
  for (const port of spec.ports ?? []) {
    const before = byName.get(port.name ?? '') ?? 0;
    if (!port.nodePort && before !== 0 && !taken.has(before)) port.nodePort = before;
  }
}

/** Keeps `clusterIPs` in step for clients that know only `clusterIP`; what does not fit together is left for validation. */
export function normalizeClusterIps(service: Draft<Service>, old?: Service): void {
  const { spec } = service;
  const clusterIp = spec.clusterIP ?? '';
  if (!old) {
    if (clusterIp !== '' && !spec.clusterIPs?.length) spec.clusterIPs = [clusterIp];
    return;
  }
  const oldClusterIp = old.spec.clusterIP ?? '';
  const oldClusterIps = old.spec.clusterIPs ?? [];
  if (clusterIp === oldClusterIp) {
    if (oldClusterIps.length > 0 && !spec.clusterIPs?.length) spec.clusterIPs = [...oldClusterIps];
    return;
  }
  if (!semanticallyEqual(spec.clusterIPs, oldClusterIps)) return;
  if (clusterIp === '') delete spec.clusterIPs;
  else spec.clusterIPs = [clusterIp];
}

/**
 * A Service that changes its type sheds what no longer applies, but only what its owner did not
 * change at the same time: that is for validation to refuse.
 */
export function dropTypeDependentFields(service: Draft<Service>, old: Service): void {
  const { spec } = service;
  const oldSpec = old.spec;
  const next = service as Service;
  const same = (...fields: (keyof Spec)[]) => fields.every((field) => semanticallyEqual(spec[field], oldSpec[field]));
  const drop = (...fields: (keyof Spec)[]) => fields.forEach((field) => delete spec[field]);

  if (needsClusterIp(old) && !needsClusterIp(next)) {
    if (same('clusterIP', 'clusterIPs')) drop('clusterIP', 'clusterIPs');
    if (same('ipFamilies')) drop('ipFamilies');
    if (same('ipFamilyPolicy')) drop('ipFamilyPolicy');
  }
  if (needsNodePort(old) && !needsNodePort(next) && nodePorts(spec).every((port) => nodePorts(oldSpec).includes(port))) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(next) && same('healthCheckNodePort')) drop('healthCheckNodePort');
  if (oldSpec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (same('allocateLoadBalancerNodePorts')) drop('allocateLoadBalancerNodePorts');
    if (same('loadBalancerClass')) drop('loadBalancerClass');
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(next) && same('externalTrafficPolicy')) drop('externalTrafficPolicy');
  if (spec.type !== 'LoadBalancer') service.status = { ...service.status, loadBalancer: {} };
}

const nodePorts = (spec: ServiceSpec): number[] => (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));
