import type { HostAlias, PodDNSConfig, PodReadinessGate, PodResourceClaim, PodSpec } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import { validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { validateLegacyIp } from '../../validation/ip.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { dns1123Label, dns1123Subdomain, dns1123SubdomainWithUnderscore, qualifiedName, rangeDetail } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateContainerResources } from './container-resources-validation.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './container-validation.ts';
import { validatePodLevelResources } from './pod-level-resources.ts';
import { validateAffinity, validateSchedulingGates, validateTolerations, validateTopologySpread } from './pod-scheduling-validation.ts';
import { validateHostUsers, validatePodSecurity } from './pod-security-validation.ts';
import { validateHostProcess, validateOs } from './pod-windows-validation.ts';
import { validateVolumes } from './volume-validation.ts';

export interface PodSpecContext {
  /** A real pod's spec, rather than a template's. */
  readonly isPod: boolean;
  /** The pod's, where it is known. */
  readonly podName?: string;
}

const maxInt32 = 2 ** 31 - 1;

/** Upstream's ValidatePodSpec: everything that is wrong with it, in upstream's order. */
export function validatePodSpec(spec: PodSpec, path: string, pod: PodSpecContext = { isPod: false }): FieldError[] {
  const volumes = validateVolumes(spec.volumes ?? [], pod, `${path}.volumes`);
  const claimNames = new Set((spec.resourceClaims ?? []).map(({ name }) => name).filter((name) => name));
  const context = { spec, volumes: volumes.byName, claimNames };
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(`${path}.terminationGracePeriodSeconds`)] : []),
    ...volumes.problems,
    ...validateResourceClaims(spec.resourceClaims ?? [], `${path}.resourceClaims`),
    ...validateContainers(context, `${path}.containers`),
    ...validateInitContainers(context, `${path}.initContainers`),
    ...validateEphemeralContainers(context, `${path}.ephemeralContainers`),
    ...validatePodLevelResources(spec, claimNames, `${path}.resources`),
    ...validateHostNetworkPorts(spec, pod, path),
    ...validatePolicies(spec, path),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validatePodSecurity(spec, path),
    ...validateAffinity(spec.affinity, `${path}.affinity`),
    ...validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, `${path}.dnsConfig`),
    ...validateReadinessGates(spec.readinessGates ?? [], `${path}.readinessGates`),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${path}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], pod, `${path}.topologySpreadConstraints`),
    ...validateHostProcess(spec, path),
    ...validateHostUsers(spec, path),
    ...validateNames(spec, path),
    ...validateDeadline(spec.activeDeadlineSeconds, `${path}.activeDeadlineSeconds`),
    ...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`),
    ...validateHostAliases(spec.hostAliases ?? [], `${path}.hostAliases`),
    ...(spec.preemptionPolicy === undefined
      ? []
      : validateRequiredSupported(spec.preemptionPolicy, `${path}.preemptionPolicy`, ['PreemptLowerPriority', 'Never'])),
    ...(spec.overhead ? validateContainerResources({ limits: spec.overhead }, new Set(), `${path}.overhead`) : []),
    ...validateOs(spec, path),
  ];
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

const validatePolicies = (spec: PodSpec, path: string): FieldError[] => [
  ...validateRequiredSupported(spec.restartPolicy, `${path}.restartPolicy`, restartPolicies),
  ...validateRequiredSupported(spec.dnsPolicy, `${path}.dnsPolicy`, dnsPolicies),
];

function validateNames(spec: PodSpec, path: string): FieldError[] {
  const subdomains = ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'] as const;
  const problems = [
    ...subdomains.flatMap((field) => (spec[field] ? validateText(spec[field], `${path}.${field}`, dns1123Subdomain) : [])),
    ...(['hostname', 'subdomain'] as const).flatMap((field) =>
      spec[field] ? validateText(spec[field], `${path}.${field}`, dns1123Label) : [],
    ),
  ];
  if (spec.runtimeClassName === '') problems.push(...validateText('', `${path}.runtimeClassName`, dns1123Subdomain));
  if (spec.hostnameOverride !== undefined) problems.push(...validateHostnameOverride(spec, spec.hostnameOverride, path));
  if (spec.schedulingGroup?.podGroupName !== undefined) {
    problems.push(...validateText(spec.schedulingGroup.podGroupName, `${path}.schedulingGroup.podGroupName`, dns1123Subdomain));
  }
  return problems;
}

/** A hostname of Linux has 64 bytes. */
const maxHostnameBytes = 64;

function validateHostnameOverride(spec: PodSpec, hostname: string, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (spec.setHostnameAsFQDN) {
    problems.push(invalid(`${path}.setHostnameAsFQDN`, true, 'cannot be true when `hostnameOverride` is set'));
  }
  if (spec.hostNetwork) problems.push(invalid(`${path}.hostNetwork`, true, 'cannot be true when `hostnameOverride` is set'));
  problems.push(...validateText(hostname, `${path}.hostnameOverride`, dns1123Subdomain));
  if (utf8Length(hostname) > maxHostnameBytes) {
    problems.push(invalid(`${path}.hostnameOverride`, hostname, `must be no more than ${maxHostnameBytes} bytes`));
  }
  return problems;
}

function validateDeadline(seconds: number | undefined, path: string): FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= maxInt32)) return [];
  return [invalid(path, seconds, rangeDetail(1, maxInt32))];
}

/** On the host's network a port is the host's: a template may leave it out, as its pods will get it. */
function validateHostNetworkPorts(spec: PodSpec, { isPod }: PodSpecContext, path: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return (spec.containers ?? []).flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalid(`${path}.containers[${i}].ports[${j}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : [],
    ),
  );
}

function validateResourceClaims(claims: readonly PodResourceClaim[], path: string): FieldError[] {
  const names = new Set<string>();
  return claims.flatMap((claim, i) => {
    const at = `${path}[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const problems: FieldError[] = [];
    if (!name) problems.push(required(`${at}.name`));
    else if (names.has(name)) problems.push(duplicate(`${at}.name`, name));
    else problems.push(...validateText(name, `${at}.name`, dns1123Label));
    names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      problems.push(invalid(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      problems.push(invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    }
    for (const [field, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
      if (value !== undefined) problems.push(...validateText(value, `${at}.${field}`, dns1123Subdomain));
    }
    return problems;
  });
}

const maxNameservers = 3;
const maxSearches = 32;
const maxSearchBytes = 2048;

function validateDnsConfig(config: PodDNSConfig | undefined, policy: string | undefined, path: string): FieldError[] {
  if (policy === 'None') {
    if (!config) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!config.nameservers?.length) {
      return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  const problems: FieldError[] = [];
  if (nameservers.length > maxNameservers) {
    problems.push(invalid(`${path}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`));
  }
  problems.push(...nameservers.flatMap((server, i) => validateLegacyIp(server, `${path}.nameservers[${i}]`)));
  if (searches.length > maxSearches) {
    problems.push(invalid(`${path}.searches`, searches, `must not have more than ${maxSearches} search paths`));
  }
  if (utf8Length(searches.join(' ')) > maxSearchBytes) {
    const detail = `must not have more than ${maxSearchBytes} characters (including spaces) in the search list`;
    problems.push(invalid(`${path}.searches`, searches, detail));
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    problems.push(...validateText(search.replace(/\.$/, ''), `${path}.searches[${i}]`, dns1123SubdomainWithUnderscore));
  });
  options.forEach(({ name }, i) => {
    if (!name) problems.push(required(`${path}.options[${i}]`, 'must not be empty'));
  });
  return problems;
}

const validateReadinessGates = (gates: readonly PodReadinessGate[], path: string): FieldError[] =>
  gates.flatMap(({ conditionType }, i) => validateText(conditionType ?? '', `${path}[${i}].conditionType`, qualifiedName));

function validateHostAliases(aliases: readonly HostAlias[], path: string): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, i) => [
    ...validateLegacyIp(ip ?? '', `${path}[${i}].ip`),
    ...hostnames.flatMap((name, j) => validateText(name, `${path}[${i}].hostnames[${j}]`, dns1123Subdomain)),
  ]);
}

/** Containers that come later, through their own subresource. */
export const validateNoEphemeralContainers = (spec: PodSpec, path: string, detail: string): FieldError[] =>
  spec.ephemeralContainers?.length ? [forbidden(`${path}.ephemeralContainers`, detail)] : [];
