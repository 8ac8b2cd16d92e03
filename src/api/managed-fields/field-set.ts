import { compareElements, type FieldPath, type PathElement } from './field-path.ts';

/**
 * A set of field paths, as a tree. A path may be in the set without its children, and children without
 * their parent. Sets are never changed once made; operations share what stays the same.
 */
export interface FieldSet {
  /** Is the path that leads here in the set? Never for the root. */
  readonly member: boolean;
  /** Only subtrees with something in them. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

const noChildren: ReadonlyMap<PathElement, FieldSet> = new Map();
export const emptySet: FieldSet = { member: false, children: noChildren };
const leaf: FieldSet = { member: true, children: noChildren };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

export function hasPath(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node.children.get(element);
    if (!node) return false;
  }
  return node.member;
}

/** What is in either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b) || a === b) return a;
  if (isEmpty(a)) return b;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [element, theirs] of b.children) {
    const ours = a.children.get(element);
    const both = ours ? union(ours, theirs) : theirs;
    if (both === ours) continue;
    children ??= new Map(a.children);
    children.set(element, both);
  }
  const member = a.member || b.member;
  return !children && member === a.member ? a : { member, children: children ?? a.children };
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  const [small, large] = a.children.size <= b.children.size ? [a, b] : [b, a];
  for (const [element, one] of small.children) {
    const other = large.children.get(element);
    const both = other && intersection(one, other);
    if (both && !isEmpty(both)) children.set(element, both);
  }
  return node(a.member && b.member, children);
}

/** What is in `a` and not in `b`, path by path: a parent in `b` does not take the children with it. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, false);

/** What is in `a` and neither in `b` nor below anything in `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => without(a, b, true);

function without(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  let children: Map<PathElement, FieldSet> | undefined;
  const [fewer] = a.children.size <= b.children.size ? [a] : [b];
  for (const element of fewer.children.keys()) {
    const ours = a.children.get(element);
    const theirs = b.children.get(element);
    if (!ours || !theirs) continue;
    const rest = recursive && theirs.member ? emptySet : without(ours, theirs, recursive);
    if (rest === ours) continue;
    children ??= new Map(a.children);
    if (isEmpty(rest)) children.delete(element);
    else children.set(element, rest);
  }
  const member = a.member && !b.member;
  return !children && member === a.member ? a : node(member, children ?? a.children);
}

const node = (member: boolean, children: ReadonlyMap<PathElement, FieldSet>): FieldSet =>
  children.size > 0 ? { member, children } : member ? leaf : emptySet;

export const withMember = (set: FieldSet): FieldSet => (set.member ? set : node(true, set.children));
export const setOf = (children: ReadonlyMap<PathElement, FieldSet>, member = false): FieldSet => node(member, children);

/** Paths in FieldsV1's order; at each level members come before what is below them. */
export function paths(set: FieldSet, prefix: FieldPath = []): FieldPath[] {
  const elements = sortedElements(set);
  const members = elements.filter((element) => set.children.get(element)!.member).map((element) => [...prefix, element]);
  return [...members, ...elements.flatMap((element) => paths(set.children.get(element)!, [...prefix, element]))];
}

export function sortedElements(set: FieldSet): PathElement[] {
  const elements = [...set.children.keys()];
  return elements.length > 1 ? elements.sort(compareElements) : elements;
}

interface OpenNode {
  member: boolean;
  children: Map<PathElement, OpenNode>;
}

/** Gathers paths into a set. */
export class FieldSetBuilder {
  readonly #root: OpenNode = { member: false, children: new Map() };
  /** The path added last, and the nodes on it, the root first: most paths go on from where the last one was. */
  readonly #path: PathElement[] = [];
  readonly #nodes: OpenNode[] = [this.#root];

  /** An empty path is the whole object, which nobody owns. */
  add(path: FieldPath): void {
    if (path.length === 0) return;
    let depth = 0;
    while (depth < path.length && path[depth] === this.#path[depth]) depth++;
    this.#path.length = depth;
    this.#nodes.length = depth + 1;
    for (; depth < path.length; depth++) this.#descend(path[depth]!);
    this.#nodes[depth]!.member = true;
  }

  #descend(element: PathElement): void {
    const { children } = this.#nodes.at(-1)!;
    let next = children.get(element);
    if (!next) children.set(element, (next = { member: false, children: new Map() }));
    this.#path.push(element);
    this.#nodes.push(next);
  }

  /** The builder is not to be used after. */
  get set(): FieldSet {
    return this.#root;
  }
}

export function fieldSet(...all: readonly FieldPath[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of all) builder.add(path);
  return builder.set;
}
