import type { Pod, PodAffinityTerm } from '../../../api/generated/core/v1.ts';
import type { NamespaceLabels, NodeInfo, PodInfo, Snapshot } from '../../framework.ts';
import { TopologyCounts, type Contribute, type KeptCounts } from '../topology-counts.ts';
import { attraction, type Preferences } from './preferred-affinity.ts';
import { selectedByAll, selectedByEach, selecting, type RequiredCounts } from './required-affinity.ts';

/**
 * The counts that one pod's affinity is judged by. Pods that ask for the same, such as those of one
 * Deployment, share them from cycle to cycle.
 */
export class PodCounts {
  readonly #kept: KeptCounts;
  readonly #namespaceLabels: NamespaceLabels;

  constructor(kept: KeptCounts, namespaceLabels: NamespaceLabels) {
    this.#kept = kept;
    this.#namespaceLabels = namespaceLabels;
  }

  required(pod: PodInfo, { nodes, nodesWithRequiredAntiAffinityPods }: Snapshot): RequiredCounts {
    const { affinity, antiAffinity, pod: written } = pod;
    const { podAffinity, podAntiAffinity } = written.spec.affinity ?? {};
    const ofTerms = (what: string, terms: readonly PodAffinityTerm[] | undefined, contribute: Contribute) =>
      this.#counts([what, written.metadata.namespace, terms], terms, nodes, contribute);
    const labels = this.#namespaceLabels;
    return {
      affinity:
        affinity.length === 0
          ? undefined
          : ofTerms('affinity', podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, selectedByAll(affinity, labels)),
      antiAffinity:
        antiAffinity.length === 0
          ? undefined
          : ofTerms('anti-affinity', podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, selectedByEach(antiAffinity, labels)),
      existing:
        nodesWithRequiredAntiAffinityPods.length === 0
          ? undefined
          : this.#counts(['existing', ...this.#identityOf(written)], [], nodes, selecting(pod, labels)),
    };
  }

  preferred(pod: PodInfo, preferences: Preferences, nodes: readonly NodeInfo[]): TopologyCounts {
    const terms = preferredTerms(pod.pod);
    const what = ['preferred', ...this.#identityOf(pod.pod), terms];
    return this.#counts(
      what,
      terms.map(({ term }) => term),
      nodes,
      attraction(pod, preferences, this.#namespaceLabels),
    );
  }

  /** What other pods' terms can see of it. */
  #identityOf({ metadata: { namespace = '', labels } }: Pod): readonly unknown[] {
    return [namespace, labels, this.#namespaceLabels(namespace)];
  }

  /** Counts by labels of namespaces are made anew: those can change without a word of any node. */
  #counts(what: unknown, terms: readonly PodAffinityTerm[] = [], nodes: readonly NodeInfo[], contribute: Contribute): TopologyCounts {
    if (!terms.some(dependsOnNamespaceLabels)) return this.#kept.of(JSON.stringify(what), nodes, contribute);
    const counts = new TopologyCounts(contribute);
    counts.update(nodes);
    return counts;
  }
}

interface Wish {
  readonly weight: number;
  readonly term: PodAffinityTerm;
}

/** Wishes to be away from others weigh less than nothing. */
function preferredTerms({ spec }: Pod): Wish[] {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const near = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const away = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...near.map(({ weight, podAffinityTerm: term }) => ({ weight, term })),
    ...away.map(({ weight, podAffinityTerm: term }) => ({ weight: -weight, term })),
  ];
}

const dependsOnNamespaceLabels = ({ namespaceSelector: { matchLabels = {}, matchExpressions = [] } = {} }: PodAffinityTerm): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length > 0;
