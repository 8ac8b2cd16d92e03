import type { ContainerPort, EnvVar, NodeSelectorTerm, Pod, PodAffinityTerm, PodSpec, Volume } from '../../generated/core/v1.ts';
import type { ObjectMeta } from '../../meta.ts';
import { parseQuantity, quantityText, scaledValue } from '../../quantity.ts';
import { ipWarnings } from '../../validation/ip.ts';
import { dns1123Label } from '../../validation/names.ts';
import { podContainers } from './pod-containers.ts';
import type { ResourceList } from './resource-quantities.ts';

/** Upstream's warnings for new pods (pkg/api/pod/warnings.go, and the strategy's own for the name). Updates, which only machines make, have none. */
export function warningsForPod(pod: Pod, old?: Pod): string[] {
  if (old) return [];
  const warnings = podWarnings(pod.spec, pod.metadata, undefined, '');
  const details = dns1123Label(pod.metadata.name ?? '');
  if (details.length === 0) return warnings;
  const surprise = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: ${surprise}: [${details.join(' ')}]`, ...warnings];
}

/** `holder` is the path of what has `metadata` and `spec`; '' for a pod itself. */
export function podWarnings(spec: PodSpec, metadata: ObjectMeta, old: PodSpec | undefined, holder: string): string[] {
  const prefix = holder === '' ? '' : `${holder}.`;
  const path = `${prefix}spec`;
  const annotationsPath = `${prefix}metadata.annotations`;
  return [
    ...nodeLabelWarnings(spec, path),
    ...annotationWarnings(metadata.annotations ?? {}, spec, { annotationsPath, isTemplate: holder !== '' }),
    ...(spec.volumes ?? []).flatMap((volume, i) => volumeWarnings(volume, `${path}.volumes[${i}]`)),
    ...tokenPathWarnings(spec.volumes ?? [], path),
    ...duplicateWarnings(spec, path),
    ...fractionalBytes(spec.overhead, `${path}.overhead`),
    ...containerWarnings(spec, path),
    ...portWarnings(spec, path),
    ...graceWarnings(spec, path),
    ...affinityWarnings(spec, path),
    ...addressWarnings(spec, old, path),
  ];
}

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

function nodeLabelWarnings(spec: PodSpec, path: string): string[] {
  const nodeAffinity = spec.affinity?.nodeAffinity;
  const at = `${path}.affinity.nodeAffinity`;
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) =>
      deprecatedNodeLabels[key] ? [`${path}.nodeSelector[${key}]: ${deprecatedNodeLabels[key]}`] : [],
    ),
    ...terms.flatMap((term, i) =>
      nodeSelectorTermWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...preferred.flatMap(({ preference }, i) =>
      nodeSelectorTermWarnings(preference ?? {}, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`),
    ),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => {
      const constraint = `${path}.topologySpreadConstraints[${i}]`;
      const deprecated = deprecatedNodeLabels[topologyKey];
      return [
        ...(deprecated ? [`${constraint}.topologyKey: ${topologyKey} is ${deprecated}`] : []),
        ...(labelSelector ? [] : [matchesNothing(`${constraint}.labelSelector`)]),
      ];
    }),
  ];
}

/** For whatever else selects nodes, too. */
export function nodeSelectorTermWarnings(term: NodeSelectorTerm, path: string): string[] {
  return (term.matchExpressions ?? []).flatMap(({ key }, i) => {
    const deprecated = deprecatedNodeLabels[key];
    return deprecated ? [`${path}.matchExpressions[${i}].key: ${key} is ${deprecated}`] : [];
  });
}

const matchesNothing = (path: string): string => `${path}: a null labelSelector results in matching no pod`;

const deadAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

function annotationWarnings(
  annotations: Readonly<Record<string, string>>,
  spec: PodSpec,
  { annotationsPath, isTemplate }: { readonly annotationsPath: string; readonly isTemplate: boolean },
): string[] {
  const warnings = Object.keys(deadAnnotations)
    .filter((name) => name in annotations)
    .map((name) => `${annotationsPath}[${name}]: ${deadAnnotations[name]}`);
  const unheeded = (name: string, since: string, field: string) => {
    if (name in annotations) warnings.push(`${annotationsPath}[${name}]: ${since}; use the "${field}" field instead`);
  };
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {};
  if (!seccompProfile) unheeded('seccomp.security.alpha.kubernetes.io/pod', 'non-functional in v1.27+', 'seccompProfile');
  for (const { container } of podContainers(spec, '')) {
    const security = container.securityContext;
    if (!security?.seccompProfile) {
      unheeded(`container.seccomp.security.alpha.kubernetes.io/${container.name}`, 'non-functional in v1.27+', 'seccompProfile');
    }
    if (isTemplate && !appArmorProfile && !security?.appArmorProfile) {
      unheeded(`container.apparmor.security.beta.kubernetes.io/${container.name}`, 'deprecated since v1.30', 'appArmorProfile');
    }
  }
  return warnings;
}

/** By the volume's field; the path's last part is upstream's, in its own capitals. */
const deadVolumes: readonly (readonly [source: keyof Volume, shown: string, why: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function volumeWarnings(volume: Volume, path: string): string[] {
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec?.resources;
  const claimPath = `${path}.ephemeral.volumeClaimTemplate.spec.resources`;
  return [
    ...deadVolumes.filter(([source]) => volume[source]).map(([, shown, why]) => `${path}.${shown}: ${why}`),
    ...fractionalBytes(claim?.requests, `${claimPath}.requests`, ['storage']),
    ...fractionalBytes(claim?.limits, `${claimPath}.limits`, ['storage']),
  ];
}

/** A token's file that another source of some volume would hide. */
function tokenPathWarnings(volumes: readonly Volume[], path: string): string[] {
  const sources = volumes.flatMap((volume, i) => (volume.projected?.sources ?? []).map((source) => ({ source, i })));
  const tokens = new Set(sources.flatMap(({ source }) => (source.serviceAccountToken ? [source.serviceAccountToken.path] : [])));
  if (tokens.size === 0) return [];
  const warn = (i: number, place: string, file: string) =>
    tokens.has(file)
      ? [`${path}.volumes[${i}].projected.sources.${place}: has duplicated path with ServiceAccountToken ${JSON.stringify(file)}`]
      : [];
  return sources.flatMap(({ source, i }) => [
    ...(source.configMap?.items ?? []).flatMap((item, j) => warn(i, `configMap[${j}]`, item.path)),
    ...(source.secret?.items ?? []).flatMap((item, j) => warn(i, `secrets[${j}]`, item.path)),
    ...(source.downwardAPI?.items ?? []).flatMap((item, j) => warn(i, `downwardAPI[${j}]`, item.path)),
    ...(source.clusterTrustBundle ? warn(i, 'ClusterTrustBundle', source.clusterTrustBundle.path) : []),
  ]);
}

function duplicateWarnings(spec: PodSpec, path: string): string[] {
  const aliases = (spec.hostAliases ?? []).map(({ ip }) => ip);
  const secrets = (spec.imagePullSecrets ?? []).map(({ name }) => name ?? '');
  const repeated = (list: readonly string[], place: string, field: string) =>
    list.flatMap((one, i) => (list.indexOf(one) < i ? [`${path}.${place}[${i}].${field}: duplicate ${field} ${JSON.stringify(one)}`] : []));
  return [
    ...repeated(aliases, 'hostAliases', 'ip'),
    ...repeated(secrets, 'imagePullSecrets', 'name'),
    ...secrets.flatMap((name, i) => (name === '' ? [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`] : [])),
  ];
}

function fractionalBytes(
  list: ResourceList | undefined,
  path: string,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): string[] {
  return names.flatMap((name) => {
    const written = list?.[name];
    if (written === undefined) return [];
    const quantity = parseQuantity(String(written));
    if (scaledValue(quantity, -3) % 1000n === 0n) return [];
    return [`${path}[${name}]: fractional byte value ${JSON.stringify(quantityText(quantity))} is invalid, must be an integer`];
  });
}

function containerWarnings(spec: PodSpec, path: string): string[] {
  return podContainers(spec, path).flatMap(({ container, at }) => [
    ...fractionalBytes(container.resources?.limits, `${at}.resources.limits`),
    ...fractionalBytes(container.resources?.requests, `${at}.resources.requests`),
    ...hiddenEnvWarnings(container.env ?? [], `${at}.env`),
  ]);
}

/** A variable said twice is meant only where the second builds on the first: `PATH=$(PATH):/x`. */
function hiddenEnvWarnings(variables: readonly EnvVar[], path: string): string[] {
  const seen = new Set<string>();
  return variables.flatMap(({ name, value = '', valueFrom }, i) => {
    const reference = `$(${name})`;
    const hides = seen.has(name) && (valueFrom !== undefined || value === reference || !value.includes(reference));
    seen.add(name);
    return hides ? [`${path}[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`] : [];
  });
}

function portWarnings(spec: PodSpec, path: string): string[] {
  const seen = new Map<string, { readonly at: string; readonly port: ContainerPort }[]>();
  const warnings: string[] = [];
  for (const { container, at: containerPath } of podContainers(spec, path)) {
    for (const [i, port] of (container.ports ?? []).entries()) {
      const at = `${containerPath}.ports[${i}]`;
      if (port.hostIP && !port.hostPort) warnings.push(`${at}: hostIP set without hostPort: ${goText(port)}`);
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) warnings.push(...overlapWarnings(port, other.port, at, other.at));
      seen.set(key, [...others, { at, port }]);
    }
  }
  return warnings;
}

/** As Go's %+v shows a container's port. */
const goText = ({ name = '', hostPort = 0, containerPort, protocol, hostIP = '' }: ContainerPort): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol ?? ''} HostIP:${hostIP}}`;

function overlapWarnings(port: ContainerPort, other: ContainerPort, at: string, otherAt: string): string[] {
  const [ip, otherIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  const [hostPort, otherHostPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  if (ip === otherIp && hostPort === otherHostPort) return [`${at}: duplicate port definition with ${otherAt}`];
  if (hostPort === 0 || otherHostPort === 0) return [`${at}: overlapping port definition with ${otherAt}`];
  const oneIsOpen = (ip === '') !== (otherIp === '');
  return hostPort === otherHostPort && oneIsOpen ? [`${at}: dangerously ambiguous port definition with ${otherAt}`] : [];
}

function graceWarnings({ terminationGracePeriodSeconds }: PodSpec, path: string): string[] {
  if (terminationGracePeriodSeconds === undefined || terminationGracePeriodSeconds >= 0) return [];
  return [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`];
}

function affinityWarnings({ affinity }: PodSpec, path: string): string[] {
  const unselective = (term: Partial<PodAffinityTerm>, at: string) => (term.labelSelector ? [] : [matchesNothing(`${at}.labelSelector`)]);
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((field) => {
    const at = `${path}.affinity.${field}`;
    const { requiredDuringSchedulingIgnoredDuringExecution: hard = [], preferredDuringSchedulingIgnoredDuringExecution: soft = [] } =
      affinity?.[field] ?? {};
    return [
      ...hard.flatMap((term, i) => unselective(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`)),
      ...soft.flatMap(({ podAffinityTerm }, i) =>
        unselective(podAffinityTerm ?? {}, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`),
      ),
    ];
  });
}

/** Only once: an update that changes neither stays silent. */
function addressWarnings(spec: PodSpec, old: PodSpec | undefined, path: string): string[] {
  if (old) return [];
  return [
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((server, i) => ipWarnings(server, `${path}.dnsConfig.nameservers[${i}]`)),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, i) => ipWarnings(ip ?? '', `${path}.hostAliases[${i}].ip`)),
  ];
}
