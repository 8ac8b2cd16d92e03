import type { Node, Pod } from '../../../api/generated/core/v1.ts';
import {
  unresolvable,
  unschedulable,
  type AffinityTerm,
  type NamespaceLabels,
  type NodeInfo,
  type PodInfo,
  type Verdict,
} from '../../framework.ts';
import type { Contribute, TopologyCounts } from '../topology-counts.ts';
import type { ExistingTerms, SelectingTerm } from './existing-terms.ts';

/** How many pods matter to the pod, by topology key and value. */
export interface RequiredCounts {
  /** Pods that all of the pod's affinity terms select. */
  readonly affinity: TopologyCounts | undefined;
  /** Pods that one of its anti-affinity terms selects. */
  readonly antiAffinity: TopologyCounts | undefined;
  /** Anti-affinity terms of pods there that select the pod, among all there are. */
  readonly selecting: readonly SelectingTerm[];
  readonly existing: ExistingTerms;
}

/** What preemption or nomination would change of one count, by key and value. */
type Changes = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Notes on one pod's required affinity and on what existing pods require of it. */
export class RequiredAffinity {
  readonly #pod: PodInfo;
  readonly #namespaceLabels: NamespaceLabels;
  readonly #counts: RequiredCounts;
  #affinityChanges: Changes = noChanges;
  #antiAffinityChanges: Changes = noChanges;
  #existingChanges: Changes = noChanges;

  constructor(pod: PodInfo, namespaceLabels: NamespaceLabels, counts: RequiredCounts) {
    this.#pod = pod;
    this.#namespaceLabels = namespaceLabels;
    this.#counts = counts;
  }

  /** Changes to the copy are its own. */
  copy(): RequiredAffinity {
    const copy = new RequiredAffinity(this.#pod, this.#namespaceLabels, this.#counts);
    copy.#affinityChanges = this.#affinityChanges;
    copy.#antiAffinityChanges = this.#antiAffinityChanges;
    copy.#existingChanges = this.#existingChanges;
    return copy;
  }

  verdict({ metadata: { labels = noLabels } }: Node): Verdict {
    if (this.#pod.affinity.length > 0 && !this.#affinityMet(labels)) return affinityNotMet;
    if (this.#pod.antiAffinity.length > 0 && this.#antiAffinityHurt(labels)) return antiAffinityHurt;
    if (this.#existingHurt(labels)) return existingHurt;
    return undefined;
  }

  /** Another pod came to the node (1) or left it (-1). */
  change(other: PodInfo, { metadata: { labels = noLabels } }: Node, by: 1 | -1): void {
    const { affinity, antiAffinity, pod } = this.#pod;
    if (selectsAll(affinity, other.pod, this.#namespaceLabels)) {
      this.#affinityChanges = changed(this.#affinityChanges, affinity, labels, by);
    }
    const hurting = antiAffinity.filter((term) => term.selects(other.pod, this.#namespaceLabels));
    this.#antiAffinityChanges = changed(this.#antiAffinityChanges, hurting, labels, by);
    const hurt = other.antiAffinity.filter((term) => term.selects(pod, this.#namespaceLabels));
    this.#existingChanges = changed(this.#existingChanges, hurt, labels, by);
  }

  #affinityMet(labels: Labels): boolean {
    let found = true;
    for (const { topologyKey } of this.#pod.affinity) {
      const value = labels[topologyKey];
      if (value === undefined) return false;
      if (amount(this.#counts.affinity, this.#affinityChanges, topologyKey, value) <= 0) found = false;
    }
    return found || this.#isFirstOfItsGroup();
  }

  /** A pod that its own terms select, and so far nobody else: some pod has to begin. */
  #isFirstOfItsGroup(): boolean {
    if (!isAllZero(this.#counts.affinity, this.#affinityChanges)) return false;
    return selectsAll(this.#pod.affinity, this.#pod.pod, this.#namespaceLabels);
  }

  #antiAffinityHurt(labels: Labels): boolean {
    for (const { topologyKey } of this.#pod.antiAffinity) {
      const value = labels[topologyKey];
      if (value !== undefined && amount(this.#counts.antiAffinity, this.#antiAffinityChanges, topologyKey, value) > 0) return true;
    }
    return false;
  }

  #existingHurt(labels: Labels): boolean {
    const { selecting, existing } = this.#counts;
    if (this.#existingChanges.size > 0) return this.#existingHurtAfterChanges(labels);
    for (const term of selecting) {
      const value = labels[term.topologyKey];
      if (value !== undefined && existing.amount(term, value) > 0) return true;
    }
    return false;
  }

  #existingHurtAfterChanges(labels: Labels): boolean {
    const { selecting, existing } = this.#counts;
    const keys = new Set([...selecting.map(({ topologyKey }) => topologyKey), ...this.#existingChanges.keys()]);
    for (const key of keys) {
      const value = labels[key];
      if (value === undefined) continue;
      let pods = this.#existingChanges.get(key)?.get(value) ?? 0;
      for (const term of selecting) if (term.topologyKey === key) pods += existing.amount(term, value);
      if (pods > 0) return true;
    }
    return false;
  }
}

type Labels = Readonly<Record<string, string>>;
const noLabels: Labels = {};
const noChanges: Changes = new Map();

const affinityNotMet = unresolvable("node(s) didn't match pod affinity rules");
const antiAffinityHurt = unschedulable("node(s) didn't match pod anti-affinity rules");
const existingHurt = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** Counts pods on the node that all terms select, in the domain of each term's key. */
export const selectedByAll =
  (terms: readonly AffinityTerm[], namespaceLabels: NamespaceLabels): Contribute =>
  (node, add) =>
    addAll(
      terms,
      node,
      countWhere(node.pods, (pod) => selectsAll(terms, pod, namespaceLabels)),
      add,
    );

/** Counts pods on the node that a term selects, for each term in the domain of its key. */
export const selectedByEach =
  (terms: readonly AffinityTerm[], namespaceLabels: NamespaceLabels): Contribute =>
  (node, add) => {
    for (const term of terms)
      addAll(
        [term],
        node,
        countWhere(node.pods, (pod) => term.selects(pod, namespaceLabels)),
        add,
      );
  };

function countWhere(pods: readonly PodInfo[], holds: (pod: Pod) => boolean): number {
  let count = 0;
  for (const { pod } of pods) if (holds(pod)) count++;
  return count;
}

function addAll(terms: readonly AffinityTerm[], { node }: NodeInfo, count: number, add: Parameters<Contribute>[1]): void {
  if (count === 0) return;
  for (const { topologyKey } of terms) {
    const value = node.metadata.labels?.[topologyKey];
    if (value !== undefined) add(topologyKey, value, count);
  }
}

/** No terms select nobody. */
export function selectsAll(terms: readonly AffinityTerm[], pod: Pod, namespaceLabels: NamespaceLabels): boolean {
  for (const term of terms) if (!term.selects(pod, namespaceLabels)) return false;
  return terms.length > 0;
}

const amount = (counts: TopologyCounts | undefined, changes: Changes, key: string, value: string): number =>
  (counts?.amount(key, value) ?? 0) + (changes.get(key)?.get(value) ?? 0);

function changed(changes: Changes, terms: readonly AffinityTerm[], labels: Labels, by: number): Changes {
  if (terms.length === 0) return changes;
  const next = new Map(changes);
  for (const { topologyKey } of terms) {
    const value = labels[topologyKey];
    if (value === undefined) continue;
    const values = next.get(topologyKey);
    next.set(topologyKey, new Map(values).set(value, (values?.get(value) ?? 0) + by));
  }
  return next;
}

function isAllZero(counts: TopologyCounts | undefined, changes: Changes): boolean {
  if (changes.size === 0) return counts === undefined || counts.isEmpty;
  for (const [key, values] of changes) {
    for (const value of values.keys()) if (amount(counts, changes, key, value) > 0) return false;
  }
  let zero = true;
  for (const key of counts?.keys ?? []) {
    counts!.eachDomain(key, (value, pods) => {
      if (pods + (changes.get(key)?.get(value) ?? 0) > 0) zero = false;
    });
  }
  return zero;
}
