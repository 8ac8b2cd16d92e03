import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import type { Service } from '../../generated/core/v1.ts';
import { isHeadless, needsHealthCheckNodePort } from './service-needs.ts';

const mayNotChange = 'may not change once set';

/**
 * A second address or family may come and go (going needs the policy SingleStack); the first ones
 * stay for as long as the Service has cluster addresses at all.
 */
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  return [
    ...validateClusterIpChange(service, old),
    ...validateFamilyChange(service, old),
    ...validateLoadBalancerClassChange(service, old),
    ...validateHealthCheckPortChange(service, old),
  ];
}

const eitherIsExternalName = (service: Service, old: Service): boolean =>
  service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName';

function validateClusterIpChange(service: Service, old: Service): FieldError[] {
  if (eitherIsExternalName(service, old) || (isHeadless(old) && isHeadless(service))) return [];
  const ips = service.spec.clusterIPs ?? [];
  const oldIps = old.spec.clusterIPs ?? [];
  const changed = (i: number) => invalid(`spec.clusterIPs[${i}]`, ips, mayNotChange);
  if (oldIps.length === ips.length) return oldIps.flatMap((ip, i) => (ip === ips[i] ? [] : [changed(i)]));
  const problems: FieldError[] = [];
  if (ips.length === 0) problems.push(invalid('spec.clusterIPs[0]', ips, 'primary clusterIP can not be unset'));
  else if (oldIps.length > 0 && oldIps[0] !== ips[0]) problems.push(changed(0));
  if (oldIps.length > ips.length && ips.length === 1) problems.push(...validateRelease(service, 'clusterIP'));
  return problems;
}

function validateFamilyChange(service: Service, old: Service): FieldError[] {
  if (eitherIsExternalName(service, old) || isHeadless(service) || isHeadless(old)) return [];
  const families = service.spec.ipFamilies ?? [];
  const oldFamilies = old.spec.ipFamilies ?? [];
  const path = 'spec.ipFamilies[0]';
  if (oldFamilies.length === families.length) {
    return oldFamilies.flatMap((family, i) => (family === families[i] ? [] : [invalid(path, families, mayNotChange)]));
  }
  const problems: FieldError[] = [];
  const shrinks = oldFamilies.length > families.length;
  // Upstream looks at the addresses here, and shows them below.
  const ips = service.spec.clusterIPs ?? [];
  if (shrinks && ips.length === 0) problems.push(invalid(path, families, 'primary ipFamily can not be unset'));
  if (oldFamilies.length > 0 && families.length > 0 && oldFamilies[0] !== families[0]) problems.push(invalid(path, ips, mayNotChange));
  if (shrinks && families.length === 1) problems.push(...validateRelease(service, 'ipFamily'));
  return problems;
}

function validateRelease({ spec }: Service, what: string): FieldError[] {
  if (spec.ipFamilyPolicy === 'SingleStack') return [];
  return [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, `must be set to 'SingleStack' when releasing the secondary ${what}`)];
}

function validateLoadBalancerClassChange({ spec }: Service, { spec: oldSpec }: Service): FieldError[] {
  if (spec.type !== 'LoadBalancer' || oldSpec.type !== 'LoadBalancer') return [];
  if (spec.loadBalancerClass === oldSpec.loadBalancerClass) return [];
  return [invalid('spec.loadBalancerClass', spec.loadBalancerClass, mayNotChange)];
}

function validateHealthCheckPortChange(service: Service, old: Service): FieldError[] {
  if (!needsHealthCheckNodePort(old) || !needsHealthCheckNodePort(service)) return [];
  if ((service.spec.healthCheckNodePort ?? 0) === (old.spec.healthCheckNodePort ?? 0)) return [];
  return [forbidden('spec.healthCheckNodePort', 'field is immutable')];
}
