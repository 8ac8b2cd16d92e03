import type { Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, notSupported, type FieldError } from '../../field-error.ts';
import { validateText } from '../../validation/field-checks.ts';
import { isIpv4, isIpv6, validateLegacyIp } from '../../validation/ip.ts';
import { immutableField, validateNonNegative } from '../../validation/metadata.ts';
import { dns1123Subdomain, qualifiedName } from '../../validation/names.ts';
import { validateGroupId, validateUserId } from './container-security-validation.ts';
import { validatePodAnnotationChanges } from './pod-annotation-validation.ts';
import { isRestartableInit } from './pod-resources.ts';

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/** Upstream's ValidatePodStatusUpdate: what cannot happen to a pod. */
export function validatePodStatusUpdate(next: Pod, old: Pod): FieldError[] {
  const status = next.status ?? {};
  const before = old.status ?? {};
  return [
    ...validatePodAnnotationChanges(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations'),
    ...validateConditions(status),
    ...validateNonNegative(status.observedGeneration ?? 0, 'status.observedGeneration'),
    ...(next.spec.nodeName === old.spec.nodeName ? [] : [forbidden('status.nodeName', 'may not be changed directly')]),
    ...(status.nominatedNodeName && status.nominatedNodeName !== before.nominatedNodeName
      ? validateText(status.nominatedNodeName, 'status.nominatedNodeName', dns1123Subdomain)
      : []),
    ...(status.qosClass === before.qosClass ? [] : [invalid('status.qosClass', status.qosClass ?? '', immutableField)]),
    ...validateNoRevival(status, before, old.spec),
    ...validateClaimStatuses(next),
    ...validateIps(status),
    ...statusLists.flatMap((list) => validateUsers(status[list] ?? [], next.spec, `status.${list}`)),
    ...validateAllocated(status.containerStatuses ?? [], next.spec.containers, 'status.containerStatuses'),
    ...validateAllocated(status.initContainerStatuses ?? [], next.spec.initContainers ?? [], 'status.initContainerStatuses'),
  ];
}

const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

/** Under `metadata`, by a slip of upstream's that clients may have come to know. */
function validateConditions({ conditions = [] }: PodStatus): FieldError[] {
  return conditions.flatMap(({ type, observedGeneration }, i) => [
    ...(systemConditions.includes(type) ? [] : validateText(type ?? '', `metadata.conditions[${i}].Type`, qualifiedName)),
    ...validateNonNegative(observedGeneration ?? 0, `metadata.conditions[${i}].observedGeneration`),
  ]);
}

/** A container that has ended for good does not run again. */
function validateNoRevival(next: PodStatus, old: PodStatus, spec: PodSpec): FieldError[] {
  return statusLists.flatMap((list) =>
    (old[list] ?? []).flatMap((before, i) => {
      const code = before.state?.terminated?.exitCode;
      if (code === undefined || mayRestart(list, before.name, code, spec)) return [];
      const revived = (next[list] ?? []).some((after) => after.name === before.name && !after.state?.terminated);
      return revived ? [forbidden(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state')] : [];
    }),
  );
}

function mayRestart(list: (typeof statusLists)[number], name: string, exitCode: number, spec: PodSpec): boolean {
  if (list === 'ephemeralContainerStatuses') return false;
  const { restartPolicy } = spec;
  if (restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0)) return true;
  const containers = list === 'containerStatuses' ? spec.containers : (spec.initContainers ?? []);
  const container = containers.find((one) => one.name === name);
  return container !== undefined && hasOwnRestart(container, exitCode);
}

function hasOwnRestart(container: Container, exitCode: number): boolean {
  if (isRestartableInit(container)) return true;
  if (container.restartPolicy === 'OnFailure' && exitCode !== 0) return true;
  return (container.restartPolicyRules ?? []).some(({ exitCodes }) => {
    const named = (exitCodes?.values ?? []).includes(exitCode);
    return exitCodes?.operator === 'In' ? named : exitCodes?.operator === 'NotIn' && !named;
  });
}

function validateClaimStatuses({ spec, status }: Pod): FieldError[] {
  const known = new Set((spec.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  return (status?.resourceClaimStatuses ?? []).flatMap(({ name, resourceClaimName }, i) => {
    const path = `status.resourceClaimStatuses[${i}].name`;
    const problems = known.has(name) ? [] : [invalid(path, name, 'must match the name of an entry in `spec.resourceClaims`')];
    if (seen.has(name)) problems.push(duplicate(path, name));
    seen.add(name);
    if (resourceClaimName !== undefined) problems.push(...validateText(resourceClaimName, path, dns1123Subdomain));
    return problems;
  });
}

function validateIps({ hostIP, hostIPs = [], podIPs = [] }: PodStatus): FieldError[] {
  const problems = validateIpList(podIPs, 'status.podIPs');
  const first = hostIPs[0]?.ip;
  if (hostIPs.length > 0 && first !== hostIP) problems.push(invalid('status.hostIPs[0].ip', first ?? '', 'must be equal to `hostIP`'));
  return [...problems, ...validateIpList(hostIPs, 'status.hostIPs')];
}

/** At most one of each family. */
function validateIpList(list: readonly { readonly ip: string }[], path: string): FieldError[] {
  const problems = list.flatMap(({ ip }, i) => validateLegacyIp(ip ?? '', `${path}[${i}]`));
  if (list.length < 2) return problems;
  const dualStack = list.some(({ ip }) => isIpv4(ip)) && list.some(({ ip }) => isIpv6(ip));
  if (!dualStack || list.length > 2) problems.push(invalid(path, list, 'may specify no more than one IP for each IP family'));
  list.forEach((one, i) => {
    if (list.findIndex(({ ip }) => ip === one.ip) < i) problems.push(duplicate(`${path}[${i}]`, one));
  });
  return problems;
}

function validateUsers(statuses: readonly ContainerStatus[], spec: PodSpec, path: string): FieldError[] {
  return statuses.flatMap(({ user }, i) => {
    if (!user?.linux) return [];
    const at = `${path}[${i}].linux`;
    if (spec.os?.name === 'windows') return [forbidden(at, 'cannot be set for a windows pod')];
    return [
      ...validateUserId(user.linux.uid, `${at}.uid`),
      ...validateGroupId(user.linux.gid, `${at}.gid`),
      ...(user.linux.supplementalGroups ?? []).flatMap((group, j) => validateGroupId(group, `${at}.supplementalGroups[${j}]`)),
    ];
  });
}

const healthStates = ['Healthy', 'Unhealthy', 'Unknown'];

/** The devices a container holds are of resources it asked for. */
function validateAllocated(statuses: readonly ContainerStatus[], containers: readonly Container[], path: string): FieldError[] {
  return statuses.flatMap(({ name, allocatedResourcesStatus = [] }, i) =>
    allocatedResourcesStatus.flatMap((allocated, j) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      const container = containers.find((one) => one.name === name);
      const problems = container ? validateAllocatedName(allocated.name, container, `${at}.name`) : [];
      const ids = new Set<string>();
      for (const [k, { health, resourceID }] of (allocated.resources ?? []).entries()) {
        if (!healthStates.includes(health ?? '')) problems.push(notSupported(`${at}.resources[${k}].health`, health ?? '', healthStates));
        if (ids.has(resourceID)) problems.push(duplicate(`${at}.resources[${k}].resourceID`, resourceID));
        ids.add(resourceID);
      }
      return problems;
    }),
  );
}

function validateAllocatedName(name: string, { resources }: Container, path: string): FieldError[] {
  if (!name.startsWith('claim:')) {
    if (resources?.requests?.[name] !== undefined) return [];
    return [invalid(path, name, "must match one of the container's resource requests")];
  }
  const claims = (resources?.claims ?? []).map((claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`);
  if (claims.includes(name)) return [];
  const form = "'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  return [invalid(path, name, `must match one of the container's resource claims in a format ${form}`)];
}
