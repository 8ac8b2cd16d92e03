/** `0,2-4`: the finished indexes of an Indexed Job, as its status and success policy write them. */
export interface IndexInterval {
  readonly first: number;
  readonly last: number;
}

/** Text that is no list of indexes, in upstream's words. */
export class IndexIntervalsError extends Error {
  override name = 'IndexIntervalsError';
}

/** In increasing order and below `completions`, else it throws IndexIntervalsError. */
export function parseIndexIntervals(text: string, completions: number): IndexInterval[] {
  if (text === '') return [];
  const intervals: IndexInterval[] = [];
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions);
    const previous = intervals.at(-1)?.last;
    if (previous !== undefined && previous >= interval.first) throw outOfOrder(previous, interval.first);
    intervals.push(interval);
  }
  return intervals;
}

export const countIndexes = (intervals: readonly IndexInterval[]): number =>
  intervals.reduce((total, { first, last }) => total + last - first + 1, 0);

/** The least index that two lists share. Intervals that cannot be read are passed over: their own check tells. */
export function overlap(one: string, other: string, completions: number): number | undefined {
  const shared = readable(one, completions).flatMap((a) =>
    readable(other, completions)
      .filter((b) => a.first <= b.last && b.first <= a.last)
      .map((b) => Math.max(a.first, b.first)),
  );
  return shared.length === 0 ? undefined : Math.min(...shared);
}

function readable(text: string, completions: number): IndexInterval[] {
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    try {
      return [parseInterval(part, completions)];
    } catch (error) {
      if (error instanceof IndexIntervalsError) return [];
      throw error;
    }
  });
}

function parseInterval(text: string, completions: number): IndexInterval {
  const ends = text.split('-');
  if (ends.length > 2)
    throw new IndexIntervalsError(
      `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  const [first, last] = ends.map((end) => parseIndex(end, completions));
  if (last === undefined) return { first: first!, last: first! };
  if (first! >= last) throw outOfOrder(first!, last);
  return { first: first!, last };
}

function parseIndex(text: string, completions: number): number {
  if (!/^\+?\d+$/.test(text)) throw new IndexIntervalsError(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  if (Number(text) >= completions) throw new IndexIntervalsError(`too large index: ${JSON.stringify(text)}`);
  return Number(text);
}

const outOfOrder = (previous: number, current: number) =>
  new IndexIntervalsError(`non-increasing order, previous: ${previous}, current: ${current}`);
