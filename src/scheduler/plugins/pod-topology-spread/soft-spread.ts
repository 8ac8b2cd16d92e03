import type { Node, Pod } from '../../../api/generated/core/v1.ts';
import type { NodeInfo } from '../../framework.ts';
import { maxScore } from '../normalize.ts';
import type { TopologyCounts } from '../topology-counts.ts';
import { countPods, isInAllTopologies, type SpreadConstraint } from './constraint.ts';

export const hostname = 'kubernetes.io/hostname';

/** Notes on one pod's constraints that are wishes. */
export interface SoftSpread {
  readonly namespace: string | undefined;
  readonly constraints: readonly SoftConstraint[];
  /** Nodes that lack a topology key, and get nothing. */
  readonly ignored: ReadonlySet<Node>;
}

interface SoftConstraint {
  readonly constraint: SpreadConstraint;
  /** Makes up for there being many domains, with few pods in each. */
  readonly weight: number;
  /** Absent for hosts: their pods are counted when they are scored. */
  readonly counts: TopologyCounts | undefined;
}

export function softSpread(
  { metadata }: Pod,
  constraints: readonly SpreadConstraint[],
  { nodes, needsAllTopologies }: { readonly nodes: readonly NodeInfo[]; readonly needsAllTopologies: boolean },
  counts: (constraint: SpreadConstraint, index: number) => TopologyCounts,
): SoftSpread {
  const all = nodes.map(({ node }) => node);
  const ignored = new Set(needsAllTopologies ? all.filter((node) => !isInAllTopologies(node, constraints)) : []);
  const scored = ignored.size === 0 ? all : all.filter((node) => !ignored.has(node));
  return {
    namespace: metadata.namespace,
    ignored,
    constraints: constraints.map((constraint, i) => {
      const { topologyKey } = constraint;
      const isHost = topologyKey === hostname;
      // Nodes without the key are one domain more.
      const domains = isHost ? scored.length : new Set(scored.map((node) => node.metadata.labels?.[topologyKey])).size;
      return { constraint, weight: Math.log(domains + 2), counts: isHost ? undefined : counts(constraint, i) };
    }),
  };
}

/** The fewer the better, until normalized. */
export function crowding({ namespace, constraints, ignored }: SoftSpread, info: NodeInfo): number {
  if (ignored.has(info.node)) return 0;
  const { labels } = info.node.metadata;
  let sum = 0;
  for (const { constraint, weight, counts } of constraints) {
    const { topologyKey, selector, maxSkew } = constraint;
    const value = labels?.[topologyKey];
    if (value === undefined) continue;
    const pods = counts ? counts.amount(topologyKey, value) : countPods(info, selector, namespace);
    // Much skew allowed makes differences matter less.
    sum += pods * weight + (maxSkew - 1);
  }
  return Math.round(sum);
}

export function normalizeCrowding({ ignored }: SoftSpread, nodes: readonly NodeInfo[], scores: number[]): void {
  let least = Infinity;
  let most = 0;
  for (let i = 0; i < scores.length; i++) {
    if (ignored.has(nodes[i]!.node)) continue;
    least = Math.min(least, scores[i]!);
    most = Math.max(most, scores[i]!);
  }
  for (let i = 0; i < scores.length; i++) {
    if (ignored.has(nodes[i]!.node)) scores[i] = 0;
    else scores[i] = most === 0 ? maxScore : Math.floor((maxScore * (most + least - scores[i]!)) / most);
  }
}
