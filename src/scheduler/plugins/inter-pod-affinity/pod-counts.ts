import type { Pod, PodAffinityTerm } from '../../../api/generated/core/v1.ts';
import type { NamespaceLabels, NodeInfo, PodInfo, Snapshot } from '../../framework.ts';
import { KeptCounts, TopologyCounts, type Contribute } from '../topology-counts.ts';
import { existingAntiAffinity, existingWishes } from './existing-terms.ts';
import { wishesMet, type Attraction, type Preferences } from './preferred-affinity.ts';
import { selectedByAll, selectedByEach, type RequiredCounts } from './required-affinity.ts';

/**
 * The counts that one pod's affinity is judged by. Pods that ask for the same, such as those of one
 * Deployment, share them from cycle to cycle.
 */
export class PodCounts {
  readonly #kept = new KeptCounts();
  readonly #existingAntiAffinity = existingAntiAffinity();
  readonly #existingWishes;
  readonly #preferences: Preferences;
  readonly #namespaceLabels: NamespaceLabels;

  constructor(preferences: Preferences, namespaceLabels: NamespaceLabels) {
    this.#preferences = preferences;
    this.#existingWishes = existingWishes(preferences.hardPodAffinityWeight);
    this.#namespaceLabels = namespaceLabels;
  }

  /** Undefined when nothing is required, by the pod or of it. */
  required(pod: PodInfo, { nodes, nodesWithRequiredAntiAffinityPods }: Snapshot): RequiredCounts | undefined {
    const { affinity, antiAffinity } = pod;
    const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
    const labels = this.#namespaceLabels;
    const existing = this.#existingAntiAffinity;
    const selecting = nodesWithRequiredAntiAffinityPods.length === 0 ? [] : existing.selecting(pod, nodes, labels);
    if (affinity.length + antiAffinity.length + selecting.length === 0) return undefined;
    const near = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const away = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return {
      selecting,
      existing,
      affinity: this.#ofTerms('near', pod.pod, near, nodes, selectedByAll(affinity, labels)),
      antiAffinity: this.#ofTerms('away', pod.pod, away, nodes, selectedByEach(antiAffinity, labels)),
    };
  }

  /** Undefined when nobody wishes anything, the pod or those there. */
  preferred(pod: PodInfo, { nodes, nodesWithAffinityPods }: Snapshot): Attraction | undefined {
    const hasWishes = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0;
    const listens = hasWishes || !this.#preferences.ignorePreferredTermsOfExistingPods;
    const labels = this.#namespaceLabels;
    const existing = this.#existingWishes;
    const selecting = !listens || nodesWithAffinityPods.length === 0 ? [] : existing.selecting(pod, nodes, labels);
    const own = hasWishes ? this.#ofTerms('wishes', pod.pod, wishesOf(pod.pod), nodes, wishesMet(pod, labels)) : undefined;
    return selecting.length === 0 && (own?.isEmpty ?? true) ? undefined : { own, selecting, existing };
  }

  /** Undefined for no terms. Counts by labels of namespaces are made anew: those can change without a word of any node. */
  #ofTerms(
    what: string,
    { metadata }: Pod,
    terms: readonly (PodAffinityTerm | Wish)[],
    nodes: readonly NodeInfo[],
    contribute: Contribute,
  ): TopologyCounts | undefined {
    if (terms.length === 0) return undefined;
    if (!terms.some(dependsOnNamespaceLabels)) return this.#kept.of(JSON.stringify([what, metadata.namespace, terms]), nodes, contribute);
    const counts = new TopologyCounts(contribute);
    counts.update(nodes);
    return counts;
  }
}

interface Wish extends PodAffinityTerm {
  readonly weight: number;
}

/** Wishes to be away from others weigh less than nothing. */
function wishesOf({ spec }: Pod): Wish[] {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const near = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const away = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...near.map(({ weight, podAffinityTerm }) => ({ ...podAffinityTerm, weight })),
    ...away.map(({ weight, podAffinityTerm }) => ({ ...podAffinityTerm, weight: -weight })),
  ];
}

const dependsOnNamespaceLabels = ({ namespaceSelector: { matchLabels = {}, matchExpressions = [] } = {} }: PodAffinityTerm): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length > 0;
