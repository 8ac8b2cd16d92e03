import type { Key, KeyRange } from './store.ts';

/** Whether the range reaches to the last key there can be. */
export function isOpenEnded(range: KeyRange): boolean {
  return range.end === '\0';
}

export function rangeContains(range: KeyRange, key: Key): boolean {
  if (range.end === undefined) return key === range.start;
  return key >= range.start && (isOpenEnded(range) || key < range.end);
}
