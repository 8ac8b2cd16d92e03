import type { Container, ContainerRestartRule, ContainerStatus, Pod, PodCondition, PodSpec, PodStatus } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import { validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { isIpv4, isIpv6, validateLegacyIp } from '../../validation/ip.ts';
import { immutableField } from '../../validation/metadata.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../validation/names.ts';
import { validateGroupId, validateUserId } from './container-security-validation.ts';
import { validatePodAnnotationChanges, validatePodAnnotations } from './pod-annotation-validation.ts';
import { podContainers } from './pod-containers.ts';

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/** Upstream's ValidatePodStatusUpdate: what cannot happen to a pod. */
export function validatePodStatusUpdate(next: Pod, old: Pod): FieldError[] {
  const status = next.status ?? {};
  const before = old.status ?? {};
  const annotations = next.metadata.annotations ?? {};
  return [
    ...validatePodAnnotationChanges(annotations, old.metadata.annotations ?? {}, 'metadata.annotations'),
    ...validatePodAnnotations(annotations, next.spec, 'metadata.annotations'),
    ...(status.conditions ?? []).flatMap((condition, i) => validateCondition(condition, `status.conditions[${i}]`)),
    ...(next.spec.nodeName === old.spec.nodeName ? [] : [forbidden('status.nodeName', 'may not be changed directly')]),
    ...validateNomination(status, before, old.spec),
    ...validateGeneration(status.observedGeneration, 'status.observedGeneration'),
    ...(status.qosClass === before.qosClass ? [] : [invalid('status.qosClass', status.qosClass ?? '', immutableField)]),
    ...validateNoRevival(status, before, old.spec),
    ...validateClaimStatuses(next),
    ...validateExtendedClaim(next),
    ...validateIps(status, before),
    ...statusLists.flatMap((list) => validateUsers(status[list] ?? [], next.spec, `status.${list}`)),
    ...validateAllocated(status.containerStatuses ?? [], next.spec.containers, 'status.containerStatuses'),
    ...validateAllocated(status.initContainerStatuses ?? [], next.spec.initContainers ?? [], 'status.initContainerStatuses'),
    ...validateNothingAllocated(status.ephemeralContainerStatuses ?? [], 'status.ephemeralContainerStatuses'),
  ];
}

const systemConditions = ['PodScheduled', 'Ready', 'Initialized'];

function validateCondition({ type, observedGeneration }: PodCondition, path: string): FieldError[] {
  const problems = validateGeneration(observedGeneration, `${path}.observedGeneration`);
  return systemConditions.includes(type) ? problems : [...problems, ...validateText(type ?? '', `${path}.Type`, qualifiedName)];
}

const validateGeneration = (generation: number | undefined, path: string): FieldError[] =>
  (generation ?? 0) < 0 ? [invalid(path, generation, 'must be a non-negative integer')] : [];

/** A node is nominated for a pod that has none. */
function validateNomination({ nominatedNodeName }: PodStatus, before: PodStatus, spec: PodSpec): FieldError[] {
  const path = 'status.nominatedNodeName';
  if (!nominatedNodeName || nominatedNodeName === before.nominatedNodeName) return [];
  const problems = validateText(nominatedNodeName, path, dns1123Subdomain);
  return spec.nodeName ? [...problems, forbidden(path, 'may not be set on pods that are already bound to a node')] : problems;
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

/** Whether a container that ended so is started again: by its rules, else by its policy, else by the pod's. */
function mayRestart(list: (typeof statusLists)[number], name: string, exitCode: number, spec: PodSpec): boolean {
  if (list === 'ephemeralContainerStatuses') return false;
  const container = (list === 'containerStatuses' ? spec.containers : spec.initContainers)?.find((one) => one.name === name);
  if (!container) return false;
  if (podContainers(spec, '').some((one) => restartsAll(one.container))) return true;
  const rule = (container.restartPolicyRules ?? []).find((one) => ruleMatches(one, exitCode));
  if (rule?.action === 'Restart') return true;
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never';
}

/** One container of the pod may restart all the others, however these have ended. */
const restartsAll = ({ restartPolicyRules = [] }: Pick<Container, 'restartPolicyRules'>): boolean =>
  restartPolicyRules.some(({ action }) => action === 'RestartAllContainers');

function ruleMatches({ exitCodes }: ContainerRestartRule, exitCode: number): boolean {
  const named = (exitCodes?.values ?? []).includes(exitCode);
  if (exitCodes?.operator === 'In') return named;
  return exitCodes?.operator === 'NotIn' && !named;
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

/** The claim that was made for resources of device plugins which the pod asks for by name. */
function validateExtendedClaim({ spec, status }: Pod): FieldError[] {
  const claim = status?.extendedResourceClaimStatus;
  if (!claim) return [];
  const path = 'status.extendedResourceClaimStatus';
  const mappings = claim.requestMappings ?? [];
  const problems = mappings.length > 0 ? [] : [required(`${path}.requestMappings`, 'at least one request mapping is required')];
  const seen = new Set<string>();
  mappings.forEach(({ containerName, resourceName, requestName }, i) => {
    const at = `${path}.requestMappings[${i}]`;
    const container = [...(spec.initContainers ?? []), ...spec.containers].find(({ name }) => name === containerName);
    if (!container) {
      const detail = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
      problems.push(invalid(`${at}.containerName`, containerName, detail));
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      const places = 'spec.initContainers.resources.requests or spec.containers.resources.requests';
      problems.push(invalid(`${at}.resourceName`, resourceName, `must match the extended resource name of an entry in ${places}`));
    }
    problems.push(...validateText(requestName ?? '', `${path}.requestName`, dns1123Label));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    const values = { containerName, resourceName, requestName };
    if (seen.has(key)) problems.push(...Object.entries(values).map(([field, value]) => duplicate(`${at}.${field}`, value)));
    seen.add(key);
  });
  return [...problems, ...validateRequiredText(claim.resourceClaimName, `${path}.resourceClaimName`, dns1123Subdomain)];
}

function validateIps({ hostIP, hostIPs = [], podIPs = [] }: PodStatus, before: PodStatus): FieldError[] {
  const problems = validateIpList(podIPs, before.podIPs ?? [], 'status.podIPs');
  const first = hostIPs[0]?.ip;
  if (hostIPs.length > 0 && first !== hostIP) problems.push(invalid('status.hostIPs[0].ip', first ?? '', 'must be equal to `hostIP`'));
  return [...problems, ...validateIpList(hostIPs, before.hostIPs ?? [], 'status.hostIPs')];
}

type IpList = readonly { readonly ip: string }[];

/** At most one of each family. What stood there before may be of a form that is refused now. */
function validateIpList(list: IpList, before: IpList, path: string): FieldError[] {
  const problems = list.flatMap(({ ip }, i) => (before.some((one) => one.ip === ip) ? [] : validateLegacyIp(ip ?? '', `${path}[${i}]`)));
  if (list.length < 2) return problems;
  const dualStack = list.length === 2 && list.some(({ ip }) => isIpv4(ip)) && list.some(({ ip }) => isIpv6(ip));
  return dualStack ? problems : [...problems, invalid(path, list, 'may specify no more than one IP for each IP family')];
}

function validateUsers(statuses: readonly ContainerStatus[], spec: PodSpec, path: string): FieldError[] {
  return statuses.flatMap(({ user }, i) => {
    if (!user?.linux) return [];
    const at = `${path}[${i}].user.linux`;
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

function validateNothingAllocated(statuses: readonly ContainerStatus[], path: string): FieldError[] {
  return statuses.flatMap(({ allocatedResourcesStatus = [] }, i) =>
    allocatedResourcesStatus.length > 0
      ? [forbidden(`${path}[${i}].allocatedResourcesStatus`, 'must not be specified in container status')]
      : [],
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
