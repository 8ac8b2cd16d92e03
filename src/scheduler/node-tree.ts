import type { Node } from '../api/generated/core/v1.ts';

/**
 * Nodes by zone, listed one of each zone in turn, so that a search that stops half-way has seen all
 * zones alike. Source: kube-scheduler's node_tree.
 */
export class NodeTree {
  readonly #zones = new Map<string, Set<string>>();
  readonly #zoneOf = new Map<string, string>();

  /** Adds the node, or moves it when its zone has changed. True when the order is another now. */
  put(node: Node): boolean {
    const name = node.metadata.name ?? '';
    const zone = zoneOf(node);
    if (this.#zoneOf.get(name) === zone) return false;
    this.remove(name);
    this.#zoneOf.set(name, zone);
    const names = this.#zones.get(zone);
    if (names) names.add(name);
    else this.#zones.set(zone, new Set([name]));
    return true;
  }

  remove(name: string): void {
    const zone = this.#zoneOf.get(name);
    if (zone === undefined) return;
    this.#zoneOf.delete(name);
    const names = this.#zones.get(zone)!;
    names.delete(name);
    if (names.size === 0) this.#zones.delete(zone);
  }

  /** Zones in the order in which they came, and so the nodes of each. */
  names(): string[] {
    const zones = Array.from(this.#zones.values(), (names) => [...names]);
    const order: string[] = [];
    for (let round = 0; order.length < this.#zoneOf.size; round++) {
      for (const names of zones) if (round < names.length) order.push(names[round]!);
    }
    return order;
  }
}

/** Region and zone together: zones of different regions may share a name. '' for a node that says neither. */
function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}
