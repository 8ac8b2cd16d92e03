/** Counts as Go writes them to JSON: those of 0 are left out. */
export const withoutZeros = <Counts extends Readonly<Record<string, number | undefined>>>(counts: Counts): Partial<Counts> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined && count !== 0)) as Partial<Counts>;
