import type { NodeInfo, PodInfo, Resources } from '../../framework.ts';

/** A resource that scores count, and how much. */
export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}

export const cpuAndMemory: readonly WeightedResource[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** What upstream fills in where a weight is left out. */
export const withWeights = (resources: readonly Partial<WeightedResource>[] | undefined): readonly WeightedResource[] =>
  resources?.map(({ name = '', weight }) => ({ name, weight: weight || 1 })) ?? cpuAndMemory;

export function amountIn(resources: Resources, name: string): number {
  switch (name) {
    case 'cpu':
      return resources.milliCpu;
    case 'memory':
      return resources.memoryBytes;
    case 'ephemeral-storage':
      return resources.ephemeralStorageBytes;
    default:
      return resources.scalar.get(name) ?? 0;
  }
}

/** Capacity that counts in the pod's scores: none of special resources that the pod does not want. */
export const countedCapacity = (name: string, pod: PodInfo, node: NodeInfo): number =>
  isScalar(name) && !pod.requests.scalar.get(name) ? 0 : amountIn(node.allocatable, name);

const isScalar = (name: string): boolean => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage';

/** What would be asked of the node with the pod on it, with assumptions for containers that do not say. */
export function assumedUse(name: string, pod: PodInfo, node: NodeInfo): number {
  switch (name) {
    case 'cpu':
      return node.nonZeroMilliCpu + pod.nonZeroMilliCpu;
    case 'memory':
      return node.nonZeroMemoryBytes + pod.nonZeroMemoryBytes;
    default:
      return amountIn(node.requested, name) + amountIn(pod.requests, name);
  }
}
