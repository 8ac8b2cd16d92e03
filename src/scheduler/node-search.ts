import type { FailedFilter, NodeInfo, PodInfo } from './framework.ts';
import type { Notes } from './cycle-state.ts';
import { fits } from './filtering.ts';
import type { Profile } from './profile.ts';
import type { Nominator } from './queue/nominator.ts';

const fewestNodesToFind = 100;
const fewestPercent = 5;

/**
 * After how many fitting nodes the search ends. `percentage` 0: half of a small cluster's nodes, and
 * one percent less for each 125 nodes more. Source: kube-scheduler's numFeasibleNodesToFind.
 */
export function nodesToFind(nodeCount: number, percentage: number): number {
  if (nodeCount < fewestNodesToFind) return nodeCount;
  const adaptive = Math.max(50 - Math.trunc(nodeCount / 125), fewestPercent);
  return Math.max(Math.trunc((nodeCount * (percentage || adaptive)) / 100), fewestNodesToFind);
}

/** Looks for nodes that fit. Each search begins where the one before has ended, so that all nodes get their turn. */
export class NodeSearch {
  readonly #nominator: Nominator;
  readonly #found: NodeInfo[] = [];
  #start = 0;

  constructor(nominator: Nominator) {
    this.#nominator = nominator;
  }

  /** The answer is good until the next search. Those that do not fit are noted in `failed`. */
  find(profile: Profile, notes: Notes, pod: PodInfo, nodes: readonly NodeInfo[], failed: Map<string, FailedFilter>): readonly NodeInfo[] {
    const found = this.#found;
    found.length = 0;
    const enough = profile.score.length === 0 ? 1 : nodesToFind(nodes.length, profile.percentageOfNodesToScore);
    let at = nodes.length === 0 ? 0 : this.#start % nodes.length;
    for (let left = nodes.length; left > 0 && found.length < enough; left--) {
      const node = nodes[at]!;
      if (++at === nodes.length) at = 0;
      const failure = fits(profile, notes, pod, node, this.#nominator);
      if (failure) failed.set(node.name, failure);
      else found.push(node);
    }
    return found;
  }

  /** So many nodes of all have been looked at. */
  advance(looked: number, nodeCount: number): void {
    this.#start = (this.#start + looked) % nodeCount;
  }
}
