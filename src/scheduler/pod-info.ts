import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../api/generated/core/v1.ts';
import { isRestartableInit } from '../api/kinds/core/pod-resources.ts';
import { matchesLabels, selectorOf } from '../api/label-selector.ts';
import type { AffinityTerm, HostPort, PodInfo, WeightedTerm } from './framework.ts';
import { requestsForScoring, requestsOf } from './pod-requests.ts';

/** Reads a pod once, so that no node that is tried has to. Source: kube-scheduler's framework.NewPodInfo. */
export function podInfoOf(pod: Pod): PodInfo {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const requests = requestsOf(pod);
  const scored = requestsForScoring(pod, requests);
  return {
    pod,
    key: podKey(pod),
    requests,
    nonZeroMilliCpu: scored.milliCpu,
    nonZeroMemoryBytes: scored.memoryBytes,
    hostPorts: hostPortsOf(pod),
    affinity: terms(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: terms(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: weightedTerms(pod, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: weightedTerms(pod, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** The same pod, to be run on that node: what has been worked out stays. */
export function assignedTo(info: PodInfo, nodeName: string): PodInfo {
  const { pod } = info;
  return { ...info, pod: { ...pod, spec: { ...pod.spec, nodeName } } };
}

export const podKey = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;
export const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

export const hasAffinity = (pod: PodInfo): boolean =>
  pod.affinity.length + pod.antiAffinity.length + pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0;

function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  const ports: HostPort[] = [];
  for (const container of [...spec.containers, ...(spec.initContainers ?? []).filter(isRestartableInit)]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort) ports.push({ protocol: protocol || 'TCP', hostIp: hostIP || '0.0.0.0', port: hostPort });
    }
  }
  return ports.length === 0 ? noPorts : ports;
}

const noPorts: readonly HostPort[] = [];
const noTerms: readonly AffinityTerm[] = [];
const noWeightedTerms: readonly WeightedTerm[] = [];

const terms = (pod: Pod, written: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
  written?.length ? written.map((term) => affinityTermOf(pod, term)) : noTerms;

const weightedTerms = (pod: Pod, written: readonly WeightedPodAffinityTerm[] | undefined): readonly WeightedTerm[] =>
  written?.length
    ? written.map(({ weight, podAffinityTerm }) => ({ weight, term: affinityTermOf(pod, podAffinityTerm) }))
    : noWeightedTerms;

/** Without namespaces and namespace selector a term speaks of its pod's own namespace. */
function affinityTermOf(pod: Pod, { topologyKey, labelSelector, namespaces = [], namespaceSelector }: PodAffinityTerm): AffinityTerm {
  const selector = selectorOf(labelSelector);
  const named = namespaces.length === 0 && !namespaceSelector ? [pod.metadata.namespace ?? ''] : namespaces;
  const ofNamespaces = namespaceSelector && selectorOf(namespaceSelector);
  return {
    topologyKey,
    selects({ metadata }, namespaceLabels) {
      const namespace = metadata.namespace ?? '';
      if (!named.includes(namespace) && !(ofNamespaces && matchesLabels(ofNamespaces, namespaceLabels(namespace)))) return false;
      return matchesLabels(selector, metadata.labels);
    },
  };
}
