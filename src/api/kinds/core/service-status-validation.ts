import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { LoadBalancerIngress, Service } from '../../generated/core/v1.ts';
import { validateText } from '../../validation/field-checks.ts';
import { parseIp, validateLegacyIp } from '../../validation/ip.ts';
import { dns1123Subdomain } from '../../validation/names.ts';

const ipModes = ['Proxy', 'VIP'];

export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const path = 'status.loadBalancer.ingress';
  const ingress = status.loadBalancer?.ingress ?? [];
  if (spec.type !== 'LoadBalancer' && ingress.length > 0) {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((entry, i) => validateIngress(entry, `${path}[${i}]`));
}

function validateIngress(entry: LoadBalancerIngress, path: string): FieldError[] {
  return [
    ...(entry.ip ? validateLegacyIp(entry.ip, `${path}.ip`) : []),
    ...validateIpMode(entry, `${path}.ipMode`),
    ...validateIngressHostname(entry.hostname, `${path}.hostname`),
  ];
}

function validateIpMode({ ip, ipMode }: LoadBalancerIngress, path: string): FieldError[] {
  if (ipMode === undefined) return ip ? [required(path, 'must be specified when `ip` is set')] : [];
  if (!ip) return [forbidden(path, 'may not be specified when `ip` is not set')];
  return ipModes.includes(ipMode) ? [] : [notSupported(path, ipMode, ipModes)];
}

/** Of a load balancer's entry, in a Service's status or an Ingress's. */
export function validateIngressHostname(hostname: string | undefined, path: string): FieldError[] {
  if (!hostname) return [];
  const problems = validateText(hostname, path, dns1123Subdomain);
  if (parseIp(hostname)) problems.push(invalid(path, hostname, 'must be a DNS name, not an IP address'));
  return problems;
}
