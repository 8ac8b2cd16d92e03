import type { Pod, PodAffinityTerm } from '../../../api/generated/core/v1.ts';
import type { AffinityTerm, NamespaceLabels, NodeInfo, PodInfo, WeightedTerm } from '../../framework.ts';
import { TopologyCounts } from '../topology-counts.ts';

/** Adds a pod's term with a weight; `written` tells equal terms from others. */
export type AddTerm = (term: AffinityTerm, written: PodAffinityTerm | undefined, weight: number) => void;

/** A term that some pods have and that selects the pod to come. */
export interface SelectingTerm {
  readonly topologyKey: string;
  /** Names it in the counts. */
  readonly name: string;
}

/**
 * The terms of the pods there are, each counted by the domains of those that have it. Many pods have few
 * terms: whether one selects the pod to come is asked once for a term, not once for each pod.
 */
export class ExistingTerms {
  readonly #counts: TopologyCounts;
  readonly #terms = new Map<string, AffinityTerm>();

  constructor(eachTerm: (node: NodeInfo, visit: (pod: PodInfo) => AddTerm) => void) {
    this.#counts = new TopologyCounts((node, add) => {
      const { labels } = node.node.metadata;
      if (!labels) return;
      eachTerm(node, ({ pod }) => (term, written, weight) => {
        const value = labels[term.topologyKey];
        if (value === undefined) return;
        const name = nameOf(term, pod, written);
        this.#terms.set(name, term);
        add(name, value, weight);
      });
    });
  }

  /** Of the nodes as they are now. */
  selecting({ pod }: PodInfo, nodes: readonly NodeInfo[], namespaceLabels: NamespaceLabels): readonly SelectingTerm[] {
    this.#counts.update(nodes);
    this.#forgetOld();
    const found: SelectingTerm[] = [];
    for (const name of this.#counts.keys) {
      const term = this.#terms.get(name)!;
      if (term.selects(pod, namespaceLabels)) found.push({ topologyKey: term.topologyKey, name });
    }
    return found;
  }

  amount({ name }: SelectingTerm, value: string): number {
    return this.#counts.amount(name, value);
  }

  #forgetOld(): void {
    const { keys } = this.#counts;
    if (this.#terms.size <= 2 * keys.length + mostSpareTerms) return;
    const used = new Set(keys);
    for (const name of this.#terms.keys()) if (!used.has(name)) this.#terms.delete(name);
  }
}

const mostSpareTerms = 100;

/** A term speaks of its pod's namespace, unless it says otherwise. */
function nameOf(term: AffinityTerm, { metadata }: Pod, written: PodAffinityTerm | undefined): string {
  let name = names.get(term);
  if (name === undefined) {
    name = JSON.stringify([metadata.namespace, written]);
    names.set(term, name);
  }
  return name;
}
const names = new WeakMap<AffinityTerm, string>();

/** What pods require to be away from. */
export const existingAntiAffinity = (): ExistingTerms =>
  new ExistingTerms(({ podsWithRequiredAntiAffinity }, visit) => {
    for (const pod of podsWithRequiredAntiAffinity) {
      const written = pod.pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      const add = visit(pod);
      for (let i = 0; i < pod.antiAffinity.length; i++) add(pod.antiAffinity[i]!, written?.[i], 1);
    }
  });

/** What pods wish to be near or, weighing less than nothing, away from; what they require to be near has `hardPodAffinityWeight`. */
export const existingWishes = (hardPodAffinityWeight: number): ExistingTerms =>
  new ExistingTerms(({ podsWithAffinity }, visit) => {
    for (const pod of podsWithAffinity) {
      const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
      const add = visit(pod);
      const required = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (hardPodAffinityWeight > 0) pod.affinity.forEach((term, i) => add(term, required?.[i], hardPodAffinityWeight));
      addWishes(pod.preferredAffinity, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1, add);
      addWishes(pod.preferredAntiAffinity, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1, add);
    }
  });

function addWishes(
  wishes: readonly WeightedTerm[],
  written: readonly { readonly podAffinityTerm: PodAffinityTerm }[] | undefined,
  sign: 1 | -1,
  add: AddTerm,
): void {
  wishes.forEach(({ term, weight }, i) => add(term, written?.[i]?.podAffinityTerm, sign * weight));
}
