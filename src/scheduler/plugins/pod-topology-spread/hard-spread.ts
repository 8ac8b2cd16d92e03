import type { Node, Pod } from '../../../api/generated/core/v1.ts';
import type { NodeMatcher } from '../../../api/scheduling/node-affinity.ts';
import { unresolvable, unschedulable, type Verdict } from '../../framework.ts';
import type { TopologyCounts } from '../topology-counts.ts';
import { countsNode, isInAllTopologies, selects, type SpreadConstraint } from './constraint.ts';

/** A domain and how many pods of the constraint's are in it. */
interface Least {
  readonly value: string | undefined;
  readonly pods: number;
}

/** One constraint against the cluster, and what preemption or nomination would change of it. */
interface Spread {
  readonly constraint: SpreadConstraint;
  readonly counts: TopologyCounts;
  readonly selectsPod: boolean;
  /** More or fewer pods than `counts` says, by domain. */
  changes: ReadonlyMap<string, number> | undefined;
  /**
   * The emptiest domain, and another one that is not emptier. Two are enough, as all that is added and
   * removed in one what-if is on one node; the second need not stay the second emptiest.
   */
  least: readonly [Least, Least];
}

/** Notes on one pod's constraints that must be kept. */
export class HardSpread {
  readonly #pod: Pod;
  readonly #required: NodeMatcher;
  readonly #spreads: readonly Spread[];

  private constructor(pod: Pod, required: NodeMatcher, spreads: readonly Spread[]) {
    this.#pod = pod;
    this.#required = required;
    this.#spreads = spreads;
  }

  static of(
    pod: Pod,
    required: NodeMatcher,
    constraints: readonly SpreadConstraint[],
    counts: (constraint: SpreadConstraint, index: number) => TopologyCounts,
  ): HardSpread {
    const spreads = constraints.map((constraint, i): Spread => {
      const counted = counts(constraint, i);
      return { constraint, counts: counted, selectsPod: selects(constraint, pod), changes: undefined, least: leastOf(counted, constraint) };
    });
    return new HardSpread(pod, required, spreads);
  }

  /** Changes to the copy are its own. */
  copy(): HardSpread {
    return new HardSpread(
      this.#pod,
      this.#required,
      this.#spreads.map((spread) => ({ ...spread })),
    );
  }

  verdict({ metadata: { labels } }: Node): Verdict {
    for (const { constraint, counts, selectsPod, changes, least } of this.#spreads) {
      const { topologyKey, maxSkew, minDomains } = constraint;
      const value = labels?.[topologyKey];
      if (value === undefined) return labelMissing;
      const emptiest = counts.domainCount(topologyKey) < minDomains ? 0 : least[0].pods;
      const pods = counts.amount(topologyKey, value) + (changes?.get(value) ?? 0);
      if (pods + (selectsPod ? 1 : 0) - emptiest > maxSkew) return tooSkewed;
    }
    return undefined;
  }

  /** Another pod came to the node (1) or left it (-1). */
  change(other: Pod, node: Node, by: 1 | -1): void {
    if (other.metadata.namespace !== this.#pod.metadata.namespace) return;
    if (
      !isInAllTopologies(
        node,
        this.#spreads.map(({ constraint }) => constraint),
      )
    )
      return;
    for (const spread of this.#spreads) {
      const { constraint, counts } = spread;
      if (!selects(constraint, other) || !countsNode(constraint, node, this.#pod, this.#required)) continue;
      const value = node.metadata.labels![constraint.topologyKey]!;
      const changed = (spread.changes?.get(value) ?? 0) + by;
      spread.changes = new Map(spread.changes).set(value, changed);
      spread.least = leastAfter(spread.least, { value, pods: counts.amount(constraint.topologyKey, value) + changed });
    }
  }
}

const tooSkewed = unschedulable("node(s) didn't match pod topology spread constraints");
const labelMissing = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

const none: Least = { value: undefined, pods: Infinity };

function leastOf(counts: TopologyCounts, { topologyKey }: SpreadConstraint): readonly [Least, Least] {
  let first = none;
  let second = none;
  counts.eachDomain(topologyKey, (value, pods) => {
    if (pods < first.pods) {
      second = first;
      first = { value, pods };
    } else if (pods < second.pods) second = { value, pods };
  });
  return [first, second];
}

/** The two emptiest once a domain has another number of pods. */
function leastAfter([first, second]: readonly [Least, Least], domain: Least): readonly [Least, Least] {
  const others = domain.value === first.value ? [second] : domain.value === second.value ? [first] : [first, second];
  const [emptiest = none, next = none] = [...others, domain].sort((a, b) => a.pods - b.pods);
  return [emptiest, next];
}
