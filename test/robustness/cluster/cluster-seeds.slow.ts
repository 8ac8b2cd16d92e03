/** Hundreds of seeds, on two threads. `SLIPWAY_CLUSTER_SEEDS=1000` runs more, `SLIPWAY_CLUSTER_FROM=301` others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Told } from './seed-worker.ts';

const count = Number(process.env['SLIPWAY_CLUSTER_SEEDS'] ?? 300);
const from = Number(process.env['SLIPWAY_CLUSTER_FROM'] ?? 1);
const threads = 2;

test(`${count} clusters over bad networks keep their promises, and come to rest`, { timeout: 1_800_000 }, async (t) => {
  const seeds = Array.from({ length: count }, (_, index) => from + index);
  const shares = Array.from({ length: threads }, (_, thread) => seeds.filter((seed) => seed % threads === thread));
  const told = (await Promise.all(shares.map(run))).flat();
  assert.equal(told.length, count, 'not every seed was told of');
  const looked = new Map<string, number>();
  for (const one of told) for (const [name, times] of one.looked) looked.set(name, (looked.get(name) ?? 0) + times);
  for (const [name, times] of looked) t.diagnostic(`${name}: ${times}`);
  const broken = told.filter((one) => one.report !== '');
  assert.ok(broken.length === 0, `${broken.length} of ${count}\n${broken.map((one) => one.report).join('\n\n')}`);
  // Half as many as there are seeds: what is looked at less often is as good as unwatched.
  const idle = [...looked].filter(([, times]) => times < count / 2).map(([name]) => name);
  assert.deepEqual(idle, [], 'hardly looked at');
});

function run(seeds: readonly number[]): Promise<Told[]> {
  const told: Told[] = [];
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: seeds });
  return new Promise((done, fail) => {
    worker.on('message', (one: Told) => told.push(one));
    worker.on('error', fail);
    worker.on('exit', () => done(told));
  });
}
