import type { Scenario } from './scenario.ts';

/** Runs that once found something, by hand or by chance; `track-record.md` tells what. They are made again every day. */
export const regressions: readonly (Pick<Scenario, 'seed'> & Partial<Scenario>)[] = [{ seed: 45, trafficMs: 180_000 }, { seed: 264 }];
