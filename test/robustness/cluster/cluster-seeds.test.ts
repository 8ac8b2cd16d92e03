/**
 * Whole clusters over bad networks, by seed. `SLIPWAY_CLUSTER_SEED=17` runs one alone; `cluster-seeds.slow.ts`
 * runs hundreds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regressionSeeds } from './regression-seeds.ts';
import { report } from './report.ts';
import { runSeed } from './run.ts';

const alone = process.env['SLIPWAY_CLUSTER_SEED'];
const everyDay = [4, 13, 14, 25];
const seeds = alone === undefined ? [...new Set([...everyDay, ...regressionSeeds])] : [Number(alone)];

for (const seed of seeds) {
  test(`seed ${seed}: a cluster over a bad network keeps its promises, and comes to rest`, async () => {
    const outcome = await runSeed(seed);
    assert.ok(outcome.violations.length === 0, report(outcome));
  });
}

test('the same seed gives the same history', { skip: alone !== undefined }, async () => {
  const [first, second] = [await runSeed(everyDay[0]!), await runSeed(everyDay[0]!)];
  assert.deepEqual([second.digest, second.revisions], [first.digest, first.revisions]);
});
