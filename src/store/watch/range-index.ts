import type { Key, KeyRange } from '../store.ts';

/**
 * Which of many ranges hold a key. Single keys are looked up; ranges lie sorted by start with the
 * furthest end of every half beside them, so that a look-up passes by what cannot match. Those who
 * ask for the same range share one place in it.
 */
export class RangeIndex<T> {
  readonly #byKey = new Map<Key, Set<T>>();
  readonly #byRange = new Map<string, Group<T>>();
  /** Rebuilt at the next look-up after a range came or went. */
  #sorted: Group<T>[] | undefined;

  add(range: KeyRange, item: T): void {
    if (range.end === undefined) {
      const items = this.#byKey.get(range.start);
      if (items) items.add(item);
      else this.#byKey.set(range.start, new Set([item]));
      return;
    }
    const name = nameOf(range);
    const group = this.#byRange.get(name);
    if (group) {
      group.items.add(item);
      return;
    }
    const end = range.end === '\0' ? undefined : range.end;
    this.#byRange.set(name, { start: range.start, end, furthest: end, items: new Set([item]) });
    this.#sorted = undefined;
  }

  remove(range: KeyRange, item: T): void {
    if (range.end === undefined) {
      const items = this.#byKey.get(range.start);
      if (items?.delete(item) && items.size === 0) this.#byKey.delete(range.start);
      return;
    }
    const name = nameOf(range);
    const group = this.#byRange.get(name);
    if (!group?.items.delete(item) || group.items.size > 0) return;
    this.#byRange.delete(name);
    this.#sorted = undefined;
  }

  /** Calls `visit` for each item whose range holds the key, in no particular order. */
  forEachHolding(key: Key, visit: (item: T) => void): void {
    for (const item of this.#byKey.get(key) ?? []) visit(item);
    if (this.#byRange.size === 0) return;
    this.#sorted ??= sorted(this.#byRange.values());
    visitHolding(this.#sorted, 0, this.#sorted.length, key, visit);
  }
}

interface Group<T> {
  readonly start: Key;
  /** Absent where the range has no end. */
  readonly end: Key | undefined;
  /** The furthest end among this one and those of its half. */
  furthest: Key | undefined;
  readonly items: Set<T>;
}

function nameOf(range: KeyRange): string {
  return `${range.start.length}:${range.start}${range.end}`;
}

function sorted<T>(groups: Iterable<Group<T>>): Group<T>[] {
  const list = [...groups].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  setFurthest(list, 0, list.length);
  return list;
}

/** The list is read as a balanced tree: the middle of each part is the root of it. */
function setFurthest<T>(list: readonly Group<T>[], from: number, to: number): Group<T> | undefined {
  if (from >= to) return undefined;
  const middle = (from + to) >> 1;
  const root = list[middle]!;
  root.furthest = root.end;
  for (const half of [setFurthest(list, from, middle), setFurthest(list, middle + 1, to)])
    if (half && root.furthest !== undefined && (half.furthest === undefined || half.furthest > root.furthest))
      root.furthest = half.furthest;
  return root;
}

function visitHolding<T>(list: readonly Group<T>[], from: number, to: number, key: Key, visit: (item: T) => void): void {
  if (from >= to) return;
  const middle = (from + to) >> 1;
  const root = list[middle]!;
  if (root.furthest !== undefined && root.furthest <= key) return;
  visitHolding(list, from, middle, key, visit);
  if (root.start > key) return;
  if (root.end === undefined || key < root.end) for (const item of root.items) visit(item);
  visitHolding(list, middle + 1, to, key, visit);
}
