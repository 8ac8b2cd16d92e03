import type { Node } from '../../../api/generated/core/v1.ts';
import type { NodeInfo } from '../../framework.ts';
import { maxScore } from '../normalize.ts';
import type { TopologyCounts } from '../topology-counts.ts';
import { isInAllTopologies, type SpreadConstraint } from './constraint.ts';
import type { HostCounts } from './host-counts.ts';

export const hostname = 'kubernetes.io/hostname';

/** Notes on one pod's constraints that are wishes. */
export interface SoftSpread {
  readonly constraints: readonly SoftConstraint[];
  /** Nodes that lack a topology key, and get nothing. */
  readonly ignored: ReadonlySet<Node>;
}

interface SoftConstraint {
  readonly constraint: SpreadConstraint;
  /** Makes up for there being many domains, with few pods in each. */
  readonly weight: number;
  readonly counts: TopologyCounts | HostCounts;
}

export function softSpread(
  constraints: readonly SpreadConstraint[],
  { nodes, needsAllTopologies }: { readonly nodes: readonly NodeInfo[]; readonly needsAllTopologies: boolean },
  counts: {
    readonly ofDomains: (constraint: SpreadConstraint) => TopologyCounts;
    readonly ofHosts: (constraint: SpreadConstraint) => HostCounts;
  },
): SoftSpread {
  const all = nodes.map(({ node }) => node);
  const ignored = new Set(needsAllTopologies ? all.filter((node) => !isInAllTopologies(node, constraints)) : []);
  const scored = ignored.size === 0 ? all : all.filter((node) => !ignored.has(node));
  return {
    ignored,
    constraints: constraints.map((constraint) => {
      const { topologyKey } = constraint;
      const isHost = topologyKey === hostname;
      // Nodes without the key are one domain more.
      const domains = isHost ? scored.length : domainsOf(scored, topologyKey);
      return { constraint, weight: Math.log(domains + 2), counts: isHost ? counts.ofHosts(constraint) : counts.ofDomains(constraint) };
    }),
  };
}

function domainsOf(nodes: readonly Node[], topologyKey: string): number {
  const domains = new Set<string | undefined>();
  let last: string | undefined;
  for (const { metadata } of nodes) {
    const domain = metadata.labels?.[topologyKey];
    if (domain === last && domains.size > 0) continue;
    domains.add((last = domain));
  }
  return domains.size;
}

/** The fewer the better, until normalized. */
export function crowding({ constraints, ignored }: SoftSpread, info: NodeInfo): number {
  if (ignored.has(info.node)) return 0;
  const { labels } = info.node.metadata;
  let sum = 0;
  for (const { constraint, weight, counts } of constraints) {
    const { topologyKey, maxSkew } = constraint;
    const value = labels?.[topologyKey];
    if (value === undefined) continue;
    const pods = 'on' in counts ? counts.on(info) : counts.amount(topologyKey, value);
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
