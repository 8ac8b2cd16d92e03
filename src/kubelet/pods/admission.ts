import type { Node, Pod } from '../../api/generated/core/v1.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { milliValue, value } from '../../api/quantity.ts';
import { requiredNodeAffinityMatches } from '../../api/scheduling/node-affinity.ts';
import { untolerated } from '../../api/scheduling/tolerations.ts';
import { totalRequests } from '../containers/resources.ts';

/** Why a node does not take a pod that was bound to it: the pod fails with it. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/**
 * Does the node take the pod beside those that it has already? The scheduler has asked the same, but
 * others bind pods too. Source: pkg/kubelet/lifecycle/predicate.go.
 */
export function admit(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const { os } = pod.spec;
  const nodeOs = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
  if (os && os.name !== nodeOs) {
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  }
  return tooMuch(pod, node, others) ?? notFitting(pod, node, others);
}

function tooMuch(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const allocatable = node.status.allocatable ?? {};
  const allowed = value(quantityFrom(allocatable['pods']));
  if (others.length + 1 > allowed) return lacking('pods', 1, others.length, allowed);
  const used = totalRequests(others);
  for (const [name, requested] of totalRequests([pod])) {
    // What the node says nothing of is looked after by others (an extender's extended resources).
    if (requested === 0 || (allocatable[name] === undefined && !nativeResources.has(name))) continue;
    const quantity = quantityFrom(allocatable[name]);
    const capacity = name === 'cpu' ? milliValue(quantity) : value(quantity);
    const before = used.get(name) ?? 0;
    if (before + requested > capacity) return lacking(name, requested, before, capacity);
  }
  return undefined;
}

const nativeResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

const lacking = (name: string, requested: number, used: number, capacity: number): Refusal => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

function notFitting(pod: Pod, node: Node, others: readonly Pod[]): Refusal | undefined {
  const failed = (name: string, why: string): Refusal => ({ reason: name, message: `Predicate ${name} failed: ${why}` });
  if (!requiredNodeAffinityMatches(pod, node)) return failed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  const taken = others.flatMap(hostPorts);
  if (hostPorts(pod).some((port) => taken.some((other) => collide(port, other)))) {
    return failed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  }
  const taint = untolerated(node.spec.taints ?? [], pod.spec.tolerations ?? [], ['NoExecute']);
  if (taint) return failed('TaintToleration', `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  return undefined;
}

interface HostPort {
  readonly protocol: string;
  /** `0.0.0.0` for all addresses. */
  readonly ip: string;
  readonly port: number;
}

const hostPorts = ({ spec }: Pod): HostPort[] =>
  spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ protocol = 'TCP', hostPort = 0, hostIP }) =>
      hostPort > 0 ? [{ protocol, ip: hostIP || '0.0.0.0', port: hostPort }] : [],
    ),
  );

const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0');
