import type { DaemonSet } from '../../api/generated/apps/v1.ts';
import type { Affinity, NodeSelectorRequirement, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../api/generated/core/v1.ts';
import { revisionLabel } from '../../workloads/controller-history.ts';

/** What all daemon pods bear: they are to be on a node for better or worse. */
export function withDaemonTolerations(spec: PodSpec): PodSpec {
  const added = (spec.hostNetwork ? [...always, whileUnreachable] : always).filter((toleration) => !hasSame(spec, toleration));
  return { ...spec, tolerations: [...(spec.tolerations ?? []), ...added] };
}

/** The pod for one node. The scheduler binds it: the only node that its affinity lets it go to is this one. */
export function daemonTemplate({ spec, metadata }: DaemonSet, hash: string, nodeName: string): PodTemplateSpec {
  const { template } = spec;
  const generation = metadata.annotations?.['deprecated.daemonset.template.generation'];
  const podSpec = withDaemonTolerations(template.spec ?? { containers: [] });
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, ...(generation && { 'pod-template-generation': generation }), [revisionLabel]: hash },
    },
    spec: { ...podSpec, affinity: onlyTo(nodeName, podSpec.affinity) },
  };
}

/** The node that the pod is on or made for; undefined for one that nobody made for a node. */
export function targetNodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = (required?.nodeSelectorTerms ?? []).flatMap(({ matchFields = [] }) => matchFields);
  const { values = [] } = fields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In') ?? {};
  return values.length === 1 ? values[0] : undefined;
}

export const hashOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[revisionLabel];

/** The terms of the template's own required affinity were asked when the node was chosen. */
function onlyTo(nodeName: string, affinity: Affinity = {}): Affinity {
  const field: NodeSelectorRequirement = { key: 'metadata.name', operator: 'In', values: [nodeName] };
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [field] }] },
    },
  };
}

const exists = (key: string, effect: Toleration['effect']): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

const always: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];
/** For pods in the host's network, which may be what brings the others theirs. */
const whileUnreachable = exists('network-unavailable', 'NoSchedule');

const hasSame = ({ tolerations = [] }: PodSpec, { key, operator, effect }: Toleration): boolean =>
  tolerations.some((one) => one.key === key && one.operator === operator && one.effect === effect && !one.value);
