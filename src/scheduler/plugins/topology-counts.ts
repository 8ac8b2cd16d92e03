import type { NodeInfo } from '../framework.ts';

/** Says what one node adds: `amount` to the domain `value` of a topology key. 0 still makes the domain exist. */
export type Contribute = (node: NodeInfo, add: (key: string, value: string, amount: number) => void) => void;

/** One value of a topology key. */
interface Domain {
  /** Contributions it exists by. */
  parts: number;
  amount: number;
}

/**
 * Amounts by topology domain, summed over all nodes and brought up to date with those that have changed
 * since: a cycle costs what the one before it changed, not the whole cluster again.
 */
export class TopologyCounts {
  readonly #contribute: Contribute;
  readonly #domains = new Map<string, Map<string, Domain>>();
  #keys: readonly string[] | undefined;
  #nodes: readonly NodeInfo[] = [];
  #generations: number[] = [];
  /** Of each node key, value and amount in turn; undefined when it contributes nothing. */
  #parts: (Part[] | undefined)[] = [];

  constructor(contribute: Contribute) {
    this.#contribute = contribute;
  }

  update(nodes: readonly NodeInfo[]): void {
    if (nodes !== this.#nodes) this.#startOver(nodes);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (node.generation !== this.#generations[i]) this.#replace(i, node);
    }
  }

  amount(key: string, value: string): number {
    return this.#domains.get(key)?.get(value)?.amount ?? 0;
  }

  domainCount(key: string): number {
    return this.#domains.get(key)?.size ?? 0;
  }

  get isEmpty(): boolean {
    return this.#domains.size === 0;
  }

  get keys(): readonly string[] {
    return (this.#keys ??= [...this.#domains.keys()]);
  }

  eachDomain(key: string, visit: (value: string, amount: number) => void): void {
    const domains = this.#domains.get(key);
    if (domains) for (const [value, { amount }] of domains) visit(value, amount);
  }

  #startOver(nodes: readonly NodeInfo[]): void {
    this.#nodes = nodes;
    this.#domains.clear();
    this.#keys = undefined;
    this.#generations = nodes.map(() => -1);
    this.#parts = nodes.map(() => undefined);
  }

  #replace(i: number, node: NodeInfo): void {
    this.#generations[i] = node.generation;
    const before = this.#parts[i];
    let parts: Part[] | undefined;
    this.#contribute(node, (key, value, amount) => {
      (parts ??= []).push({ key, value, amount });
      this.#add(key, value, amount);
    });
    if (before) for (const part of before) this.#subtract(part);
    this.#parts[i] = parts;
  }

  #add(key: string, value: string, amount: number): void {
    let domains = this.#domains.get(key);
    if (!domains) {
      this.#domains.set(key, (domains = new Map()));
      this.#keys = undefined;
    }
    const domain = domains.get(value);
    if (domain) {
      domain.parts++;
      domain.amount += amount;
    } else domains.set(value, { parts: 1, amount });
  }

  #subtract({ key, value, amount }: Part): void {
    const domains = this.#domains.get(key)!;
    const domain = domains.get(value)!;
    domain.amount -= amount;
    if (--domain.parts > 0) return;
    domains.delete(value);
    if (domains.size > 0) return;
    this.#domains.delete(key);
    this.#keys = undefined;
  }
}

interface Part {
  readonly key: string;
  readonly value: string;
  readonly amount: number;
}

/** Counts by what they count, for the few kinds of pods that come again and again; the longest unused go first. */
export class KeptCounts {
  readonly #kept = new Map<string, TopologyCounts>();

  /** Up to date with the nodes. */
  of(what: string, nodes: readonly NodeInfo[], contribute: Contribute): TopologyCounts {
    const counts = this.#kept.get(what) ?? new TopologyCounts(contribute);
    this.#kept.delete(what);
    this.#kept.set(what, counts);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
    counts.update(nodes);
    return counts;
  }
}

const mostKept = 64;
