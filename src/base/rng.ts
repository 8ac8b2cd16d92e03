/** Chance, injected: a run on a seeded source can be replayed. */
export interface Rng {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, bound). `bound` is a whole number of at least 1. */
  below(bound: number): number;
}

/** The same seed gives the same sequence, on every machine (mulberry32). Not for secrets. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (bound) => Math.floor(next() * bound) };
}
