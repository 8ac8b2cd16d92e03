import type { Container, Pod } from '../../api/generated/core/v1.ts';
import { podRequests, qosClass } from '../../api/kinds/core/pod-resources.ts';
import { quantityFrom } from '../../api/kinds/core/resource-quantities.ts';
import { milliValue, value } from '../../api/quantity.ts';
import type { LinuxContainerResources } from '../../runtime/cri.ts';

const periodMicros = 100_000;
const minShares = 2;
const maxShares = 262_144;
const minQuotaMicros = 1000;

/** A container's requests and limits in the kernel's terms. Source: kuberuntime generateLinuxContainerResources. */
export function linuxResources(pod: Pod, { resources = {} }: Container, memoryCapacityBytes: number): LinuxContainerResources {
  const { requests = {}, limits = {} } = resources;
  const cpuMilli = milliValue(quantityFrom(requests['cpu'] ?? limits['cpu']));
  const limitMilli = milliValue(quantityFrom(limits['cpu']));
  return {
    cpuShares: cpuMilli === 0 ? minShares : Math.min(maxShares, Math.max(minShares, Math.floor((cpuMilli * 1024) / 1000))),
    cpuQuotaMicros: limitMilli === 0 ? 0 : Math.max(minQuotaMicros, Math.floor((limitMilli * periodMicros) / 1000)),
    cpuPeriodMicros: periodMicros,
    memoryLimitBytes: value(quantityFrom(limits['memory'])),
    oomScoreAdj: oomScoreAdj(pod, requests, memoryCapacityBytes),
  };
}

/** The more of its node's memory a pod has asked for, the later it is killed. Source: pkg/kubelet/qos. */
function oomScoreAdj({ spec }: Pod, requests: Readonly<Record<string, string>>, capacityBytes: number): number {
  if ((spec.priority ?? 0) >= 2_000_000_000) return -997;
  const qos = qosClass(spec);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort' || capacityBytes === 0) return 1000;
  const requested = value(quantityFrom(requests['memory']));
  const score = 1000 - Math.floor((1000 * requested) / capacityBytes);
  return Math.min(999, Math.max(3, score));
}

/** CPU in thousandths and memory in bytes that the pods ask for together, and every other resource by name. */
export function totalRequests(pods: readonly Pod[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const { spec } of pods)
    for (const [name, quantity] of podRequests(spec)) {
      const amount = name === 'cpu' ? milliValue(quantity) : value(quantity);
      total.set(name, (total.get(name) ?? 0) + amount);
    }
  return total;
}
