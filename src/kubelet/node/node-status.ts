import { timestampOf } from '../../api/timestamps.ts';
import type { ContainerImage, Node, NodeCondition, NodeStatus } from '../../api/generated/core/v1.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { compareQuantities, quantityOf, quantityText, subtractQuantities } from '../../api/quantity.ts';
import type { Image, RuntimeVersion } from '../../runtime/cri.ts';
import type { KubeletConfig } from '../config.ts';
import type { Machine } from '../ports.ts';

export interface NodeStatusInput {
  readonly nodeName: string;
  readonly config: KubeletConfig;
  readonly machine: Machine;
  readonly version: RuntimeVersion;
  readonly images: readonly Image[];
  /** Why the node is not ready; none when it is. */
  readonly problems: readonly string[];
  readonly before: NodeStatus;
  readonly nowMs: number;
}

/** What the kubelet says of its node; fields that others write are not in it. Source: pkg/kubelet/nodestatus. */
export function nodeStatus(input: NodeStatusInput): NodeStatus {
  const { nodeName, config, machine, version, images } = input;
  return {
    capacity: machine.capacity,
    allocatable: allocatable(machine.capacity, config),
    conditions: conditions(input),
    addresses: [...machine.addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: nodeName }],
    daemonEndpoints: { kubeletEndpoint: { Port: config.port } },
    nodeInfo: {
      ...machine.info,
      containerRuntimeVersion: `${version.runtimeName}://${version.runtimeVersion}`,
      kubeletVersion: config.kubeletVersion,
      kubeProxyVersion: '',
    },
    images: imagesTold(images, config.nodeStatusMaxImages),
  };
}

/** What is left for pods. */
export function allocatable(capacity: Machine['capacity'], { systemReserved, kubeReserved }: KubeletConfig): Record<string, string> {
  const left: Record<string, string> = {};
  for (const [name, written] of Object.entries(capacity)) {
    const all = quantityFrom(written);
    const reserved = [systemReserved[name], kubeReserved[name]].filter((amount) => amount !== undefined);
    const rest = reserved.reduce((from, amount) => subtractQuantities(from, quantityFrom(amount)), all);
    left[name] = reserved.length === 0 ? written : quantityText(compareQuantities(rest, quantityOf(0)) < 0 ? quantityOf(0) : rest);
  }
  return left;
}

/** Large images first; digests before tags. */
function imagesTold(images: readonly Image[], most: number): ContainerImage[] {
  return [...images]
    .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.id < b.id ? -1 : 1))
    .slice(0, most < 0 ? images.length : most)
    .map(({ repoTags, repoDigests, sizeBytes }) => ({ names: [...repoDigests, ...repoTags], sizeBytes }));
}

type Verdict = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

function conditions({ machine, problems, before, nowMs }: NodeStatusInput): NodeCondition[] {
  const pressure = machine.pressure?.() ?? new Set();
  const verdicts: Verdict[] = pressures.map(({ type, short, enough }) => {
    const [reason, message] = pressure.has(type) ? short : enough;
    return { type, status: pressure.has(type) ? 'True' : 'False', reason, message };
  });
  const message = problems.length > 1 ? `[${problems.join(', ')}]` : (problems[0] ?? 'kubelet is posting ready status');
  const isReady = problems.length === 0;
  verdicts.push({ type: 'Ready', status: isReady ? 'True' : 'False', reason: isReady ? 'KubeletReady' : 'KubeletNotReady', message });
  const now = timestampOf(nowMs);
  return verdicts.map(({ type, ...verdict }) => {
    const old = before.conditions?.find((condition) => condition.type === type);
    const since = old?.status === verdict.status ? old.lastTransitionTime : undefined;
    return { type, ...verdict, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
  });
}

const pressures = [
  {
    type: 'MemoryPressure',
    short: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    enough: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  {
    type: 'DiskPressure',
    short: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    enough: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  {
    type: 'PIDPressure',
    short: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    enough: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
] as const;

/** The word for a condition's new state, as node events have it; undefined for a node that was never ready and is not. */
export function conditionEvent({ type, status }: NodeCondition): string {
  if (type === 'Ready') return status === 'True' ? 'NodeReady' : 'NodeNotReady';
  const words: Readonly<Record<string, readonly [string, string]>> = {
    MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
    DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
    PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  };
  return words[type]![status === 'True' ? 0 : 1];
}

/** The node as its kubelet registers it. */
export function registeredNode(
  nodeName: string,
  { nodeLabels, registerWithTaints, podCidr, providerId }: KubeletConfig,
  machine: Machine,
  status: NodeStatus,
): Node {
  const { operatingSystem, architecture } = machine.info;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'beta.kubernetes.io/arch': architecture,
        'beta.kubernetes.io/os': operatingSystem,
        'kubernetes.io/arch': architecture,
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': operatingSystem,
        ...nodeLabels,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      ...(podCidr !== '' && { podCIDR: podCidr, podCIDRs: [podCidr] }),
      ...(providerId !== '' && { providerID: providerId }),
      ...(registerWithTaints.length > 0 && { taints: registerWithTaints }),
    },
    status,
  };
}
