import type { NodeInfo, PodInfo } from '../../framework.ts';
import { maxScore } from '../normalize.ts';
import { assumedUse, countedCapacity, withWeights, type WeightedResource } from './resource-use.ts';

/** ScoringStrategy of kubescheduler.config.k8s.io/v1. */
export interface ScoringStrategy {
  readonly type?: string;
  readonly resources?: readonly Partial<WeightedResource>[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly UtilizationShapePoint[] };
}

/** `score` is of 0…10 at `utilization` of 0…100. */
export interface UtilizationShapePoint {
  readonly utilization?: number;
  readonly score?: number;
}

export type NodeScore = (pod: PodInfo, node: NodeInfo) => number;
/** Of one resource, 0…100; `capacity` is not 0. */
type ResourceScore = (requested: number, capacity: number) => number;

/** Throws for a strategy that there is not. */
export function scoreBy({ type = 'LeastAllocated', resources, requestedToCapacityRatio }: ScoringStrategy): NodeScore {
  const weighted = withWeights(resources);
  switch (type) {
    case 'LeastAllocated':
      return meanOf(weighted, leastAllocated);
    case 'MostAllocated':
      return meanOf(weighted, mostAllocated);
    case 'RequestedToCapacityRatio':
      return roundedMeanOf(weighted, requestedToCapacity(requestedToCapacityRatio?.shape ?? []));
    default:
      throw new Error(`scoring strategy ${type} is not supported`);
  }
}

export const leastAllocated: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * maxScore) / capacity);

/** Assumptions may ask for more than there is. */
export const mostAllocated: ResourceScore = (requested, capacity) => Math.floor((Math.min(requested, capacity) * maxScore) / capacity);

export function requestedToCapacity(shape: readonly UtilizationShapePoint[]): ResourceScore {
  const line = brokenLine(shape.map(({ utilization = 0, score = 0 }) => ({ utilization, score: score * (maxScore / 10) })));
  return (requested, capacity) => line(requested > capacity ? 100 : Math.floor((requested * 100) / capacity));
}

/** Straight between the points, flat beyond the first and the last. Divisions go towards zero, as Go's. */
function brokenLine(points: readonly Required<UtilizationShapePoint>[]): (utilization: number) => number {
  return (utilization) => {
    const next = points.findIndex((point) => utilization <= point.utilization);
    if (next === -1) return points.at(-1)?.score ?? 0;
    const to = points[next]!;
    const from = points[next - 1];
    if (!from) return to.score;
    const rise = (to.score - from.score) * (utilization - from.utilization);
    return from.score + Math.trunc(rise / (to.utilization - from.utilization));
  };
}

function meanOf(resources: readonly WeightedResource[], scoreOf: ResourceScore): NodeScore {
  return (pod, node) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const capacity = countedCapacity(name, pod, node);
      if (capacity === 0) continue;
      sum += weight * scoreOf(assumedUse(name, pod, node), capacity);
      weights += weight;
    }
    return weights === 0 ? 0 : Math.floor(sum / weights);
  };
}

/** A resource that scores nothing does not count at all. */
function roundedMeanOf(resources: readonly WeightedResource[], scoreOf: ResourceScore): NodeScore {
  return (pod, node) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const capacity = countedCapacity(name, pod, node);
      const score = capacity === 0 ? 0 : scoreOf(assumedUse(name, pod, node), capacity);
      if (score <= 0) continue;
      sum += weight * score;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}
