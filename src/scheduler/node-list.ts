import type { NodeInfo } from './framework.ts';

/** Nodes that have something in common. One that goes leaves its place to the last. */
export class NodeList {
  readonly #nodes: NodeInfo[] = [];
  readonly #places = new Map<NodeInfo, number>();

  get nodes(): readonly NodeInfo[] {
    return this.#nodes;
  }

  keep(node: NodeInfo, kept: boolean): void {
    if (!kept) return this.delete(node);
    if (!this.#places.has(node)) this.#places.set(node, this.#nodes.push(node) - 1);
  }

  delete(node: NodeInfo): void {
    const place = this.#places.get(node);
    if (place === undefined) return;
    this.#places.delete(node);
    const last = this.#nodes.pop()!;
    if (last === node) return;
    this.#nodes[place] = last;
    this.#places.set(last, place);
  }
}
