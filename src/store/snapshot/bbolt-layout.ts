import { elementBytes, pageHeaderBytes } from './bbolt-format.ts';
import type { PairList } from './pair-list.ts';

/** Pages are not filled up, so that a server that goes on with the file need not split each of them at once. */
const fillRatio = 0.9;

/** Which pairs of a bucket, or which pages below, go onto which page. */
export interface PlannedPage {
  readonly page: number;
  readonly from: number;
  /** One past the last. */
  readonly to: number;
  readonly overflow: number;
}

/** A bucket as pages: its leaves, and levels of branches above them, the lowest first. The last page of all is the root. */
export interface PlannedBucket {
  readonly pairs: PairList;
  readonly leaves: readonly PlannedPage[];
  /** `from` and `to` count the pages of the level below. */
  readonly branches: readonly (readonly PlannedPage[])[];
  readonly root: number;
  /** The first page after it. */
  readonly next: number;
}

/** Lays a bucket out over pages from `first` on. */
export function planBucket(pairs: PairList, first: number, pageSize: number): PlannedBucket {
  const leaves = planPages(pairs.length, (i) => pairs.keySize(i) + pairs.valueSize(i), first, pageSize);
  const branches: PlannedPage[][] = [];
  let below: readonly PlannedPage[] = leaves;
  let firstPairs = leaves.map(({ from }) => from);
  while (below.length > 1) {
    const firstKeys = firstPairs;
    const level = planPages(below.length, (i) => pairs.keySize(firstKeys[i]!), nextAfter(below), pageSize);
    branches.push(level);
    firstPairs = level.map(({ from }) => firstKeys[from]!);
    below = level;
  }
  return { pairs, leaves, branches, root: below[0]!.page, next: nextAfter(below) };
}

const nextAfter = (pages: readonly PlannedPage[]): number => pages.at(-1)!.page + pages.at(-1)!.overflow + 1;

/** As many elements on each page as fit; what fits on none gets one of its own, that overflows. At least one page. */
function planPages(count: number, sizeOf: (index: number) => number, first: number, pageSize: number): PlannedPage[] {
  const pages: PlannedPage[] = [];
  let page = first;
  let from = 0;
  let used = pageHeaderBytes;
  const close = (to: number) => {
    const overflow = Math.max(0, Math.ceil(used / pageSize) - 1);
    pages.push({ page, from, to, overflow });
    page += 1 + overflow;
    from = to;
    used = pageHeaderBytes;
  };
  for (let index = 0; index < count; index++) {
    const size = elementBytes + sizeOf(index);
    if (index > from && used + size > pageSize * fillRatio) close(index);
    used += size;
  }
  close(count);
  return pages;
}
