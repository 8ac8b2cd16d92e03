import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../../generated/core/v1.ts';
import { validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { validateLegacyCidr, validateLegacyIp } from '../../validation/ip.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { dns1123Label, dns1123Subdomain, portName, portNumber, qualifiedName } from '../../validation/names.ts';
import { validateClusterIps } from './service-cluster-ip-validation.ts';
import { isHeadless } from './service-needs.ts';
import { validateAffinity, validateTrafficPolicies } from './service-traffic-validation.ts';
import { validateNonSpecialIp } from './special-ip.ts';

const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const topologyHintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const topologyModeAnnotation = 'service.kubernetes.io/topology-mode';
const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const portProtocols: readonly string[] = ['SCTP', 'TCP', 'UDP'];

/** Upstream's ValidateService, after cluster addresses and node ports have been given out. */
export function validateService(service: Service): FieldError[] {
  const { spec } = service;
  return [
    ...validateTopologyAnnotations(service),
    ...validateByType(service, spec),
    ...validatePorts(spec.ports ?? []),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...validateClusterIps(service),
    ...(spec.externalIPs ?? []).flatMap((ip, i) => validateExternalIp(ip, `spec.externalIPs[${i}]`)),
    ...validateRequiredSupported(spec.type, 'spec.type', serviceTypes),
    ...validatePortsTogether(spec),
    ...validateSourceRanges(service, spec),
    ...validateLoadBalancerFields(spec),
    ...validateTrafficPolicies(service, spec),
  ];
}

function validateTopologyAnnotations({ metadata }: Service): FieldError[] {
  const hints = metadata.annotations?.[topologyHintsAnnotation];
  const mode = metadata.annotations?.[topologyModeAnnotation];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const path = `metadata.annotations[${topologyModeAnnotation}]`;
  return [invalid(path, mode, `must match annotations[${topologyHintsAnnotation}] when both are specified`)];
}

function validateByType(service: Service, spec: ServiceSpec): FieldError[] {
  const problems: FieldError[] = [];
  const headless = isHeadless(service);
  if (!spec.ports?.length && !headless && spec.type !== 'ExternalName') problems.push(required('spec.ports'));
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    problems.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  return spec.type === 'ExternalName' ? [...problems, ...validateExternalName(spec)] : problems;
}

function validateExternalName(spec: ServiceSpec): FieldError[] {
  const notHere = 'may not be set for ExternalName services';
  const problems: FieldError[] = [];
  if (spec.clusterIPs?.length) problems.push(forbidden('spec.clusterIPs', notHere));
  if (spec.ipFamilies?.length) problems.push(forbidden('spec.ipFamilies', notHere));
  if (spec.ipFamilyPolicy !== undefined) problems.push(forbidden('spec.ipFamilyPolicy', notHere));
  // A trailing dot says that the name is fully qualified.
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') return [...problems, required('spec.externalName')];
  return [...problems, ...validateText(name, 'spec.externalName', dns1123Subdomain)];
}

function validatePorts(ports: readonly ServicePort[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const path = `spec.ports[${i}]`;
    return [...validatePortName(port, ports.length > 1, names, path), ...validatePort(port, path)];
  });
}

function validatePortName({ name }: ServicePort, needed: boolean, seen: Set<string>, path: string): FieldError[] {
  if (!name) return needed ? [required(`${path}.name`)] : [];
  const problems = validateText(name, `${path}.name`, dns1123Label);
  if (seen.has(name)) problems.push(duplicate(`${path}.name`, name));
  seen.add(name);
  return problems;
}

function validatePort({ port, protocol, targetPort, appProtocol }: ServicePort, path: string): FieldError[] {
  return [
    ...portNumber(port).map((problem) => invalid(`${path}.port`, port, problem)),
    ...validateProtocol(protocol, `${path}.protocol`),
    ...validatePortNumberOrName(targetPort ?? 0, `${path}.targetPort`),
    ...(appProtocol === undefined ? [] : validateText(appProtocol, `${path}.appProtocol`, qualifiedName)),
  ];
}

export const validateProtocol = (protocol: string | undefined, path: string): FieldError[] =>
  validateRequiredSupported(protocol, path, portProtocols);

const validatePortNumberOrName = (port: number | string, path: string): FieldError[] =>
  (typeof port === 'number' ? portNumber(port) : portName(port)).map((problem) => invalid(path, port, problem));

function validateExternalIp(ip: string, path: string): FieldError[] {
  const problems = validateLegacyIp(ip, path);
  return problems.length > 0 ? problems : validateNonSpecialIp(ip, path);
}

/** No node port on a ClusterIP service, and no number twice under one protocol. */
function validatePortsTogether({ type, ports = [] }: ServiceSpec): FieldError[] {
  const problems: FieldError[] = [];
  if (type === 'ClusterIP') {
    ports.forEach(({ nodePort }, i) => {
      if (nodePort) problems.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const seen = new Set<string>();
  const isTwice = (key: string) => seen.has(key) || !seen.add(key);
  ports.forEach(({ nodePort, protocol }, i) => {
    if (nodePort && isTwice(`node ${protocol} ${nodePort}`)) problems.push(duplicate(`spec.ports[${i}].nodePort`, nodePort));
  });
  ports.forEach(({ port, protocol }, i) => {
    if (isTwice(`${protocol} ${port}`)) problems.push(duplicate(`spec.ports[${i}]`, { protocol, port }));
  });
  return problems;
}

const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";

/** The first path's capital letter is upstream's. Both the field and the annotation may be padded with spaces. */
function validateSourceRanges({ metadata }: Service, { type, loadBalancerSourceRanges = [] }: ServiceSpec): FieldError[] {
  if (loadBalancerSourceRanges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    const ranges = loadBalancerSourceRanges.flatMap((range, i) => validateLegacyCidr(range.trim(), `${path}[${i}]`));
    return type === 'LoadBalancer' ? ranges : [forbidden(path, onlyLoadBalancer), ...ranges];
  }
  const annotation = metadata.annotations?.[sourceRangesAnnotation];
  if (annotation === undefined) return [];
  const path = `metadata.annotations[${sourceRangesAnnotation}]`;
  const texts = annotation.trim() === '' ? [] : annotation.trim().split(',');
  const ranges = texts.flatMap((range) => validateLegacyCidr(range.trim(), path));
  return type === 'LoadBalancer' ? ranges : [forbidden(path, onlyLoadBalancer), ...ranges];
}

function validateLoadBalancerFields({ type, allocateLoadBalancerNodePorts, loadBalancerClass }: ServiceSpec): FieldError[] {
  const problems: FieldError[] = [];
  if (type === 'LoadBalancer') {
    if (allocateLoadBalancerNodePorts === undefined) problems.push(required('allocateLoadBalancerNodePorts'));
    if (loadBalancerClass === undefined) return problems;
    return [...problems, ...validateText(loadBalancerClass, 'spec.loadBalancerClass', qualifiedName)];
  }
  if (allocateLoadBalancerNodePorts !== undefined) problems.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyLoadBalancer));
  if (loadBalancerClass !== undefined) problems.push(forbidden('spec.loadBalancerClass', onlyLoadBalancer));
  return problems;
}
