/** Sorted pairs whose bytes are made when they are written: sizes come first, for the layout of the file. */
export interface PairList {
  readonly length: number;
  keySize(index: number): number;
  valueSize(index: number): number;
  key(index: number): Uint8Array;
  value(index: number): Uint8Array;
}

export type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** Pairs that are few enough to be at hand. In order already. */
export const pairsOf = (pairs: readonly Pair[]): PairList => ({
  length: pairs.length,
  keySize: (index) => pairs[index]![0].length,
  valueSize: (index) => pairs[index]![1].length,
  key: (index) => pairs[index]![0],
  value: (index) => pairs[index]![1],
});
