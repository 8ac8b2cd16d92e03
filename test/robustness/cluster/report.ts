import type { Outcome } from './outcome.ts';

/** What a person needs who has to find out: what broke, what went before, and how to see it again. '' where nothing broke. */
export function report({ scenario, violations }: Outcome): string {
  const { seed, workers, losses, restarts, faults } = scenario;
  if (violations.length === 0) return '';
  const setting = `${workers} workers, ${faults ? 'faults' : 'no faults'}${losses ? ', losses' : ''}${restarts ? ', restarts' : ''}`;
  return [
    `seed ${seed} (${setting}):`,
    ...violations.map(
      ({ invariant, what, atMs, revision }) => `  broken: ${invariant}: ${what} (revision ${revision}, after ${atMs / 1000} s)`,
    ),
    `  before the first of them:`,
    ...violations[0]!.history.map((line) => `    ${line}`),
    `  to see it again, if it is none of regression-seeds.ts: SLIPWAY_CLUSTER_SEED=${seed} npm test -- robustness/cluster/cluster-seeds.test`,
    `  with more of what went before: SLIPWAY_CLUSTER_HISTORY=2000`,
  ].join('\n');
}
