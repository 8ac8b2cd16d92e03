import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { Service, ServiceSpec } from '../../generated/core/v1.ts';
import { isIpv6, validateLegacyIp } from '../../validation/ip.ts';
import { isHeadless } from './service-needs.ts';

const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy`, each alone and all together. */
export function validateClusterIps(service: Service): FieldError[] {
  const { spec } = service;
  if (spec.type === 'ExternalName') return [];
  const problems = [...validateSingular(spec), ...validateFamilies(spec.ipFamilies ?? []), ...validateFamilyPolicy(spec.ipFamilyPolicy)];
  const addressProblems = validateAddresses(spec.clusterIPs ?? []);
  problems.push(...addressProblems);
  if (spec.clusterIPs && spec.clusterIPs.length > 2)
    problems.push(invalid('spec.clusterIPs', spec.clusterIPs, 'may only hold up to 2 values'));
  // With a bad address the rest would only confuse.
  return addressProblems.length > 0 ? problems : [...problems, ...validateTogether(service, spec)];
}

function validateSingular({ clusterIP, clusterIPs = [] }: ServiceSpec): FieldError[] {
  const path = 'spec.clusterIPs';
  if (!clusterIP) return clusterIPs.length > 0 ? [invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified')] : [];
  if (clusterIPs.length === 0) return [required(path)];
  return clusterIPs[0] === clusterIP ? [] : [invalid(path, clusterIPs, 'first value must match `clusterIP`')];
}

function validateFamilies(ipFamilies: readonly string[]): FieldError[] {
  return ipFamilies.flatMap((family, i) => {
    const path = `spec.ipFamilies[${i}]`;
    const problems = families.includes(family) ? [] : [notSupported(path, family, families)];
    return ipFamilies.indexOf(family) < i ? [...problems, duplicate(path, family)] : problems;
  });
}

const validateFamilyPolicy = (policy: string | undefined): FieldError[] =>
  policy === undefined || familyPolicies.includes(policy) ? [] : [notSupported('spec.ipFamilyPolicy', policy, familyPolicies)];

function validateAddresses(clusterIps: readonly string[]): FieldError[] {
  return clusterIps.flatMap((ip, i) => {
    if (i > 0 || ip !== 'None') return validateLegacyIp(ip, `spec.clusterIPs[${i}]`);
    return clusterIps.length > 1 ? [invalid('spec.clusterIPs', clusterIps, "'None' must be the first and only value")] : [];
  });
}

function validateTogether(service: Service, { clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  const problems: FieldError[] = [];
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs)) {
    problems.push(invalid('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(service)) return problems;
  clusterIPs.slice(0, ipFamilies.length).forEach((ip, i) => {
    const actual = isIpv6(ip) ? 'IPv6' : 'IPv4';
    const wanted = ipFamilies[i]!;
    if (families.includes(wanted) && wanted !== actual) {
      problems.push(invalid(`spec.clusterIPs[${i}]`, ip, `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``));
    }
  });
  return problems;
}

/** At least one address of each family. */
export const isDualStack = (ips: readonly string[]): boolean => ips.some(isIpv6) && !ips.every(isIpv6);
