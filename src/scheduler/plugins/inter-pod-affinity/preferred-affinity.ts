import type { NamespaceLabels, NodeInfo, PodInfo, WeightedTerm } from '../../framework.ts';
import { maxScore } from '../normalize.ts';
import type { Contribute, TopologyCounts } from '../topology-counts.ts';
import type { ExistingTerms, SelectingTerm } from './existing-terms.ts';

/** InterPodAffinityArgs of kubescheduler.config.k8s.io/v1. */
export interface Preferences {
  /** What a pod that is required to be near others adds for each of those. */
  readonly hardPodAffinityWeight: number;
  /** Existing pods' wishes do not count for a pod that has none. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/** Notes on what attracts one pod to domains, or repels it. */
export interface Attraction {
  /** The pod's wishes about those that are there; undefined when it has none. */
  readonly own: TopologyCounts | undefined;
  /** Wishes about it, among all that those have. */
  readonly selecting: readonly SelectingTerm[];
  readonly existing: ExistingTerms;
}

/** Adds up the pod's wishes that pods on the node meet. */
export const wishesMet = (pod: PodInfo, namespaceLabels: NamespaceLabels): Contribute => {
  const addAll = (wishes: readonly WeightedTerm[], sign: 1 | -1, { node, pods }: NodeInfo, add: Parameters<Contribute>[1]): void => {
    for (const { term, weight } of wishes) {
      const value = node.metadata.labels?.[term.topologyKey];
      if (value === undefined) continue;
      for (const other of pods) if (term.selects(other.pod, namespaceLabels)) add(term.topologyKey, value, sign * weight);
    }
  };
  return (node, add) => {
    addAll(pod.preferredAffinity, 1, node, add);
    addAll(pod.preferredAntiAffinity, -1, node, add);
  };
};

/** May be below zero, until normalized. */
export function attractionOf({ own, selecting, existing }: Attraction, { node }: NodeInfo): number {
  const { labels } = node.metadata;
  if (!labels) return 0;
  let sum = 0;
  for (const term of selecting) {
    const value = labels[term.topologyKey];
    if (value !== undefined) sum += existing.amount(term, value);
  }
  if (!own) return sum;
  for (const key of own.keys) {
    const value = labels[key];
    if (value !== undefined) sum += own.amount(key, value);
  }
  return sum;
}

/** The least attractive node gets 0, the most attractive 100. */
export function normalizeAttraction(scores: number[]): void {
  let least = Infinity;
  let most = -Infinity;
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  const range = most - least;
  for (let i = 0; i < scores.length; i++) scores[i] = range > 0 ? Math.floor(maxScore * ((scores[i]! - least) / range)) : 0;
}
