/** Seeds that once found something, by hand or by chance. `track-record.md` tells what. They run every day. */
export const regressionSeeds: readonly number[] = [];
