import type { Draft } from '../../draft.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { Service, ServiceSpec } from '../../generated/core/v1.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { isIpv6 } from '../../validation/ip.ts';
import { validateClusterIps } from './service-cluster-ip-validation.ts';

export type IpFamily = 'IPv4' | 'IPv6';

/**
 * Decides a Service's `ipFamilyPolicy` and `ipFamilies` before addresses are given out (upstream's
 * initIPFamilyFields). `clusterFamilies` are those of the cluster's ranges, the default one first.
 * Answers with what cannot be had; the draft is then half done and to be thrown away.
 */
export function resolveIpFamilies(service: Draft<Service>, old: Service | undefined, clusterFamilies: readonly IpFamily[]): FieldError[] {
  const { spec } = service;
  if (spec.type === 'ExternalName' || isSettled(spec, old?.spec)) return [];
  spec.ipFamilyPolicy ??= old?.spec.ipFamilyPolicy ?? (isHeadlessWithoutSelector(spec) ? 'RequireDualStack' : 'SingleStack');
  const malformed = validateClusterIps(service);
  if (malformed.length > 0) return malformed;
  const problems = old ? release(spec, old.spec) : [];
  problems.push(...policyProblems(spec), ...inferFamilies(spec, clusterFamilies));
  if (problems.length > 0) return problems;
  if (isHeadlessWithoutSelector(spec)) {
    // Its endpoints are made by hand, in whatever families.
    addFamilies(spec, clusterFamilies[0] ?? 'IPv4', true);
    return [];
  }
  const unavailable = availabilityProblems(spec, clusterFamilies);
  if (unavailable.length === 0) addFamilies(spec, clusterFamilies[0] ?? 'IPv4', clusterFamilies.length === 2);
  return unavailable;
}

const isHeadlessWithoutSelector = (spec: ServiceSpec): boolean =>
  spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;

/** A PreferDualStack service of which nothing changed keeps what it has, though the cluster may have become dual. */
function isSettled(spec: ServiceSpec, old: ServiceSpec | undefined): boolean {
  if (!old || spec.ipFamilyPolicy !== 'PreferDualStack' || old.ipFamilyPolicy !== 'PreferDualStack') return false;
  const unchanged = (['type', 'clusterIP', 'clusterIPs', 'ipFamilies'] as const).every((field) =>
    semanticallyEqual(spec[field], old[field]),
  );
  return unchanged && (spec.clusterIPs?.length ?? 0) > 0 && (spec.ipFamilies?.length ?? 0) > 0;
}

/** Going to SingleStack lets the second address and family go; no other policy does. */
function release(spec: Draft<ServiceSpec>, old: ServiceSpec): FieldError[] {
  const ips = spec.clusterIPs ?? [];
  const families = spec.ipFamilies ?? [];
  if (spec.ipFamilyPolicy === 'SingleStack') {
    if (ips.length > 1 && spec.clusterIP === old.clusterIP && semanticallyEqual(ips, old.clusterIPs)) spec.clusterIPs = ips.slice(0, 1);
    if (families.length > 1 && semanticallyEqual(families, old.ipFamilies)) spec.ipFamilies = families.slice(0, 1);
    return [];
  }
  const isReduced = (now: readonly string[], before: readonly string[] = []) =>
    now.length > 0 && now.length < before.length && now[0] === before[0];
  const wrong = (what: string) =>
    invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  return [
    ...(isReduced(ips, old.clusterIPs) ? [wrong('cluster IP')] : []),
    ...(isReduced(families, old.ipFamilies) ? [wrong('IP family')] : []),
  ];
}

function policyProblems({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const wrong = (what: string) =>
    invalid('spec.ipFamilyPolicy', ipFamilyPolicy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`);
  return [...(clusterIPs.length === 2 ? [wrong('cluster IPs')] : []), ...(ipFamilies.length === 2 ? [wrong('IP families')] : [])];
}

/** Addresses that were asked for tell their families. */
function inferFamilies(spec: Draft<ServiceSpec>, clusterFamilies: readonly IpFamily[]): FieldError[] {
  const problems: FieldError[] = [];
  const ips = spec.clusterIPs?.[0] === 'None' ? [] : (spec.clusterIPs ?? []);
  ips.forEach((ip, i) => {
    if (i < (spec.ipFamilies?.length ?? 0)) return;
    const family = isIpv6(ip) ? 'IPv6' : 'IPv4';
    if (clusterFamilies.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else problems.push(invalid(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`));
  });
  return problems;
}

function availabilityProblems({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec, clusterFamilies: readonly IpFamily[]): FieldError[] {
  const isLacking = ipFamilyPolicy === 'RequireDualStack' && clusterFamilies.length < 2;
  const absent = ipFamilies.flatMap((family, i) =>
    clusterFamilies.some((one) => one === family) ? [] : [invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster')],
  );
  if (!isLacking) return absent;
  return [invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services'), ...absent];
}

/** The default family where none was asked for, and the other one where two are wanted and to be had. */
function addFamilies(spec: Draft<ServiceSpec>, defaultFamily: IpFamily, canBeDual: boolean): void {
  const families = spec.ipFamilies?.length ? spec.ipFamilies : [defaultFamily];
  const wantsBoth = spec.ipFamilyPolicy !== 'SingleStack' && canBeDual && families.length === 1;
  spec.ipFamilies = wantsBoth ? [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4'] : families;
}
