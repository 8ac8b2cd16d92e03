/**
 * Whole clusters over bad networks, by seed. `SLIPWAY_CLUSTER_SEED=17` runs one alone; `cluster-seeds.slow.ts`
 * runs hundreds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regressions } from './regression-seeds.ts';
import { report } from './report.ts';
import { runSeed } from './run.ts';

const alone = process.env['SLIPWAY_CLUSTER_SEED'];
/** Short ones: pods lost over a bad network, rollouts over a bad one, and over an uneven one. */
const everyDay = [2, 63, 55];
const runs = alone === undefined ? [...everyDay.map((seed) => ({ seed })), ...regressions] : [{ seed: Number(alone) }];
const digests = new Map<number, number>();

for (const { seed, ...other } of runs) {
  test(`seed ${seed}: a cluster over a bad network keeps its promises, and comes to rest`, async () => {
    const outcome = await runSeed(seed, other);
    digests.set(seed, outcome.digest);
    assert.ok(outcome.violations.length === 0, report(outcome));
  });
}

test('the same seed gives the same history', { skip: alone !== undefined }, async () => {
  const seed = everyDay[0]!;
  assert.equal((await runSeed(seed)).digest, digests.get(seed));
});
