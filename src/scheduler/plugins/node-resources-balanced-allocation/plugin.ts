import { skip, type NodeInfo, type PluginFactory, type PodInfo } from '../../framework.ts';
import { amountIn, countedCapacity, withWeights, type WeightedResource } from '../node-resources-fit/resource-use.ts';
import { maxScore } from '../normalize.ts';

/** NodeResourcesBalancedAllocationArgs of kubescheduler.config.k8s.io/v1. Weights are not used. */
interface Args {
  readonly resources?: readonly Partial<WeightedResource>[];
}

/** Prefers nodes whose resources the pod brings to be used evenly. Source: kube-scheduler's plugins/noderesources/balanced_allocation.go. */
export const nodeResourcesBalancedAllocation: PluginFactory = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  make(_handle, args) {
    const names = withWeights((args as Args | undefined)?.resources).map(({ name }) => name);
    const usual = names.length === 2 && names.includes('cpu') && names.includes('memory');
    return {
      name: 'NodeResourcesBalancedAllocation',
      // A pod that asks for nothing changes no balance.
      preScore: (_state, { requests }) => (names.some((name) => amountIn(requests, name) > 0) ? undefined : skip),
      score: usual ? (_state, pod, node) => cpuAndMemoryScore(pod, node) : (_state, pod, node) => balanceScore(names, pod, node),
    };
  },
};

/** 75 for a balance that stays as it is; 100 for the best turn it can take and 50 for the worst. */
export function balanceScore(names: readonly string[], pod: PodInfo, node: NodeInfo): number {
  return scoreOf(deviation(names, pod, node, false) - deviation(names, pod, node, true));
}

const scoreOf = (change: number): number => Math.floor((0.75 + change / 2) * maxScore);

/** The same of the usual two, which is short: all nodes that fit are asked for each pod. */
export function cpuAndMemoryScore({ requests }: PodInfo, { allocatable, requested }: NodeInfo): number {
  const { milliCpu, memoryBytes } = allocatable;
  if (milliCpu === 0 || memoryBytes === 0) return scoreOf(0);
  const cpuBefore = Math.min(1, requested.milliCpu / milliCpu);
  const cpuAfter = Math.min(1, (requested.milliCpu + requests.milliCpu) / milliCpu);
  const memoryBefore = Math.min(1, requested.memoryBytes / memoryBytes);
  const memoryAfter = Math.min(1, (requested.memoryBytes + requests.memoryBytes) / memoryBytes);
  return scoreOf((Math.abs(cpuBefore - memoryBefore) - Math.abs(cpuAfter - memoryAfter)) / 2);
}

/** The standard deviation of the fractions in use, 0…0.5. */
function deviation(names: readonly string[], pod: PodInfo, node: NodeInfo, withPod: boolean): number {
  let count = 0;
  let sum = 0;
  for (const name of names) {
    const fraction = fractionInUse(name, pod, node, withPod);
    if (fraction === undefined) continue;
    sum += fraction;
    count++;
  }
  if (count < 2) return 0;
  const mean = sum / count;
  let squares = 0;
  for (const name of names) {
    const fraction = fractionInUse(name, pod, node, withPod);
    if (fraction !== undefined) squares += (fraction - mean) ** 2;
  }
  return Math.sqrt(squares / count);
}

function fractionInUse(name: string, pod: PodInfo, node: NodeInfo, withPod: boolean): number | undefined {
  const capacity = countedCapacity(name, pod, node);
  if (capacity === 0) return undefined;
  const used = amountIn(node.requested, name) + (withPod ? amountIn(pod.requests, name) : 0);
  return Math.min(1, used / capacity);
}
