import type { Key, KeyRange } from '../store.ts';

/** What can be read of a tree, or of a view of it. */
export interface KeyTreeView<V> {
  get(key: Key): V | undefined;
  /** Visits values in key order until `visit` returns `false`. The tree must not change meanwhile; a view cannot. */
  scan(range: KeyRange, visit: (value: V, key: Key) => boolean | void): void;
}

/**
 * A sorted map of keys: a B+tree whose nodes are shared with the views taken of it and copied only
 * when one of them is written afterwards. A view costs nothing to take and never changes.
 */
export class KeyTree<V> implements KeyTreeView<V> {
  #root: Node<V>;
  /** Nodes with this mark belong to this tree alone and may be changed in place. */
  #mark: object = {};

  constructor(root: Node<V> = { keys: [], values: [], mark: undefined }) {
    this.#root = root;
  }

  get(key: Key): V | undefined {
    let node = this.#root;
    while (isBranch(node)) node = node.children[childAt(node.keys, key)]!;
    const at = lowerBound(node.keys, key);
    return node.keys[at] === key ? node.values[at] : undefined;
  }

  scan(range: KeyRange, visit: (value: V, key: Key) => boolean | void): void {
    if (range.end === undefined) {
      const value = this.get(range.start);
      if (value !== undefined) visit(value, range.start);
      return;
    }
    scanNode(this.#root, range.start, range.end === '\0' ? undefined : range.end, visit);
  }

  set(key: Key, value: V): void {
    const root = this.#owned(this.#root);
    this.#root = root;
    const right = this.#insert(root, key, value);
    if (right) this.#root = { keys: [right.first], children: [root, right.node], mark: this.#mark };
  }

  delete(key: Key): void {
    if (this.get(key) === undefined) return;
    this.#root = this.#owned(this.#root);
    this.#remove(this.#root, key);
    while (isBranch(this.#root) && this.#root.children.length === 1) this.#root = this.#root.children[0]!;
  }

  view(): KeyTreeView<V> {
    this.#mark = {};
    return new KeyTree(this.#root);
  }

  #owned<N extends Node<V>>(node: N): N {
    if (node.mark === this.#mark) return node;
    return isBranch(node)
      ? { ...node, keys: node.keys.slice(), children: node.children.slice(), mark: this.#mark }
      : { ...node, keys: node.keys.slice(), values: node.values.slice(), mark: this.#mark };
  }

  /** Inserts below an owned node; gives the new right neighbour where the node had to be split. */
  #insert(node: Node<V>, key: Key, value: V): Split<V> | undefined {
    if (!isBranch(node)) {
      const at = lowerBound(node.keys, key);
      if (node.keys[at] === key) {
        node.values[at] = value;
        return undefined;
      }
      node.keys.splice(at, 0, key);
      node.values.splice(at, 0, value);
      return node.keys.length > maxFanout ? this.#splitLeaf(node, at) : undefined;
    }
    const at = childAt(node.keys, key);
    const child = this.#owned(node.children[at]!);
    node.children[at] = child;
    const right = this.#insert(child, key, value);
    if (!right) return undefined;
    node.keys.splice(at, 0, right.first);
    node.children.splice(at + 1, 0, right.node);
    return node.children.length > maxFanout ? this.#splitBranch(node) : undefined;
  }

  #splitLeaf(leaf: Leaf<V>, insertedAt: number): Split<V> {
    // Keys that come in ascending order (names with a counter, a snapshot being loaded) leave full leaves behind.
    const cut = insertedAt === leaf.keys.length - 1 ? leaf.keys.length - 1 : leaf.keys.length >> 1;
    const node: Leaf<V> = { keys: leaf.keys.splice(cut), values: leaf.values.splice(cut), mark: this.#mark };
    return { first: node.keys[0]!, node };
  }

  #splitBranch(branch: Branch<V>): Split<V> {
    const cut = branch.children.length >> 1;
    const node: Branch<V> = { keys: branch.keys.splice(cut), children: branch.children.splice(cut), mark: this.#mark };
    return { first: branch.keys.pop()!, node };
  }

  /** Removes a key that is there, below an owned node. Nodes are dropped when empty, not merged when small. */
  #remove(node: Node<V>, key: Key): void {
    if (!isBranch(node)) {
      const at = lowerBound(node.keys, key);
      node.keys.splice(at, 1);
      node.values.splice(at, 1);
      return;
    }
    const at = childAt(node.keys, key);
    const child = this.#owned(node.children[at]!);
    node.children[at] = child;
    this.#remove(child, key);
    if ((isBranch(child) ? child.children : child.keys).length > 0) return;
    node.children.splice(at, 1);
    node.keys.splice(Math.max(at - 1, 0), 1);
  }
}

const maxFanout = 64;

interface Leaf<V> {
  readonly keys: Key[];
  readonly values: V[];
  readonly mark: object | undefined;
}

/** `keys[i]` is a lower bound of everything below `children[i + 1]`, and above everything below `children[i]`. */
interface Branch<V> {
  readonly keys: Key[];
  readonly children: Node<V>[];
  readonly mark: object | undefined;
}

type Node<V> = Leaf<V> | Branch<V>;

interface Split<V> {
  readonly first: Key;
  readonly node: Node<V>;
}

function isBranch<V>(node: Node<V>): node is Branch<V> {
  return 'children' in node;
}

/** Index of the first key that is not below `key`. */
function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the child that holds `key`, if any does. */
function childAt(keys: readonly Key[], key: Key): number {
  const at = lowerBound(keys, key);
  return keys[at] === key ? at + 1 : at;
}

/** False when the scan is over. */
function scanNode<V>(node: Node<V>, start: Key, end: Key | undefined, visit: (value: V, key: Key) => boolean | void): boolean {
  if (isBranch(node)) {
    for (let i = childAt(node.keys, start); i < node.children.length; i++)
      if (!scanNode(node.children[i]!, start, end, visit)) return false;
    return true;
  }
  for (let i = lowerBound(node.keys, start); i < node.keys.length; i++) {
    const key = node.keys[i]!;
    if (end !== undefined && key >= end) return false;
    if (visit(node.values[i]!, key) === false) return false;
  }
  return true;
}
