import type { NamespaceLabels, NodeInfo, PodInfo, WeightedTerm } from '../../framework.ts';
import { maxScore } from '../normalize.ts';
import type { Contribute, TopologyCounts } from '../topology-counts.ts';

export interface Preferences {
  /** What a pod that is required to be near others adds for each of those. */
  readonly hardPodAffinityWeight: number;
  /** Existing pods' wishes do not count for a pod that has none. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

/** What the pods on the node make of the pod to come: its wishes about them, and theirs about it. */
export const attraction = (pod: PodInfo, { hardPodAffinityWeight }: Preferences, namespaceLabels: NamespaceLabels): Contribute => {
  const hasWishes = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0;
  return ({ node, pods, podsWithAffinity }, add) => {
    const { labels } = node.metadata;
    if (!labels) return;
    const addAt = (key: string, weight: number): void => {
      const value = labels[key];
      if (value !== undefined) add(key, value, weight);
    };
    const addTerms = (terms: readonly WeightedTerm[], other: PodInfo, sign: 1 | -1): void => {
      for (const { term, weight } of terms) if (term.selects(other.pod, namespaceLabels)) addAt(term.topologyKey, sign * weight);
    };
    if (hasWishes) {
      for (const other of pods) {
        addTerms(pod.preferredAffinity, other, 1);
        addTerms(pod.preferredAntiAffinity, other, -1);
      }
    }
    for (const other of podsWithAffinity) {
      if (hardPodAffinityWeight > 0) {
        for (const term of other.affinity) if (term.selects(pod.pod, namespaceLabels)) addAt(term.topologyKey, hardPodAffinityWeight);
      }
      addTerms(other.preferredAffinity, pod, 1);
      addTerms(other.preferredAntiAffinity, pod, -1);
    }
  };
};

/** May be below zero, until normalized. */
export function attractionOf(counts: TopologyCounts, { node }: NodeInfo): number {
  const { labels } = node.metadata;
  if (!labels) return 0;
  let sum = 0;
  for (const key of counts.keys()) {
    const value = labels[key];
    if (value !== undefined) sum += counts.amount(key, value);
  }
  return sum;
}

/** The least attractive node gets 0, the most attractive 100. */
export function normalizeAttraction(scores: number[]): void {
  let least = Infinity;
  let most = -Infinity;
  for (const score of scores) {
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  const range = most - least;
  for (let i = 0; i < scores.length; i++) scores[i] = range > 0 ? Math.floor(maxScore * ((scores[i]! - least) / range)) : 0;
}
