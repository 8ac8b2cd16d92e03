/** Sets of completion indexes, as increasing intervals that do not touch. Source: upstream's indexed_job_utils.go. */
import type { IndexInterval } from '../../api/kinds/batch/index-intervals.ts';

export type Indexes = readonly IndexInterval[];

/** Reads `0,2-4`. What cannot be read is passed over, and so is what lies at `completions` or beyond: the job may have shrunk. */
export function readIndexes(text: string | undefined, completions: number): Indexes {
  const intervals = (text ?? '').split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined || Number(first) >= completions) return [];
    return [{ first: Number(first), last: Math.min(Number(last ?? first), completions - 1) }];
  });
  return joined(intervals);
}

/** Two in a row are written as two: `0,1,3-5`. */
export const indexesText = (indexes: Indexes): string =>
  indexes.map(({ first, last }) => (last === first ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`)).join(',');

export const union = (one: Indexes, other: Indexes): Indexes => joined([...one, ...other].sort((a, b) => a.first - b.first));

/** `numbers` in any order, doubles and all. */
export const indexesOf = (numbers: Iterable<number>): Indexes =>
  joined([...numbers].sort((a, b) => a - b).map((index) => ({ first: index, last: index })));

export function hasIndex(indexes: Indexes, index: number): boolean {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indexes[middle]!.last >= index) high = middle;
    else low = middle + 1;
  }
  return low < indexes.length && indexes[low]!.first <= index;
}

export function countShared(one: Indexes, other: Indexes): number {
  let shared = 0;
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    const [mine, theirs] = [one[a]!, other[b]!];
    shared += Math.max(0, Math.min(mine.last, theirs.last) - Math.max(mine.first, theirs.first) + 1);
    if (mine.last <= theirs.last) a++;
    if (theirs.last <= mine.last) b++;
  }
  return shared;
}

/** The `count` lowest indexes below `completions` that are not `taken`; fewer where there are not so many. */
export function lowestFree(taken: Indexes, count: number, completions: number): number[] {
  const free: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    while (candidate < Math.min(first, completions) && free.length < count) free.push(candidate++);
    candidate = Math.max(candidate, last + 1);
  }
  return free;
}

function joined(increasing: Indexes): Indexes {
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of increasing) {
    const before = result.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else result.push({ first, last });
  }
  return result;
}
