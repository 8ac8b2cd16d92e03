/**
 * Random traffic on a disk that loses, tears and reorders what was not synced, fails a sync or fills up,
 * under a process that may be killed: after each crash the store is opened again and held against a model. `SLIPWAY_SEEDS=1000` makes the slow run,
 * `SLIPWAY_SEED=17` repeats one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../../src/base/log.ts';
import { type Rng, seededRng } from '../../../src/base/rng.ts';
import { VirtualClock } from '../../../src/base/virtual-clock.ts';
import { FaultyDisk } from '../../../src/machine/memory/faulty-disk.ts';
import { FaultyFiles } from '../../../src/machine/memory/faulty-files.ts';
import { EmbeddedStore } from '../../../src/store/embedded-store.ts';
import { Model } from './model.ts';
import { Traffic } from './traffic.ts';

const seeds = process.env['SLIPWAY_SEED']
  ? [Number(process.env['SLIPWAY_SEED'])]
  : Array.from({ length: Number(process.env['SLIPWAY_SEEDS'] ?? 40) }, (_, i) => i + 1);
const turn = () => new Promise<void>((done) => setImmediate(done));
/** Small, so that a short run meets every seam: snapshots, new log files, allocation. */
const sizes = { reserveBytes: 2048, stepBytes: 4096, checkpointBytes: 12_000, snapshotReserveBytes: 8192 };

test(`nothing that was answered is lost, whenever the power goes (${seeds.length} seeds)`, async (t) => {
  let revisions = 0;
  for (const seed of seeds) {
    try {
      revisions += await run(seed);
    } catch (error) {
      throw new Error(`seed ${seed} failed; repeat it with SLIPWAY_SEED=${seed}`, { cause: error });
    }
  }
  t.diagnostic(`${revisions} revisions survived`);
  if (seeds.length >= 20) assert.ok(revisions > 50 * seeds.length, 'the runs end before anything happens');
});

/** Returns how many revisions there were in the end. */
async function run(seed: number): Promise<number> {
  const rng = seededRng(seed);
  const disk = new FaultyDisk(rng);
  const model = new Model();
  /** Traffic whose watches can be held against the history only after the next opening. */
  let toCheck: Traffic[] = [];
  for (let boot = 0; boot < 8; boot++) {
    const clock = new VirtualClock({ turn });
    const last = boot === 7;
    disk.crashIsKill = rng.below(3) === 0;
    if (!last && rng.below(3) === 0) disk.crashAtOperation = disk.operations + 1 + rng.below(15);
    const store = await openUnlessPowerGoes(disk, clock, rng);
    // An open store still takes its reserve: the power may go then, too.
    await clock.settle();
    disk.crashAtOperation = Infinity;
    if (!store) continue;
    for (let round = 0; round < 2 && !store.status().failure; round++) {
      await model.check(store, () => clock.settle());
      for (const traffic of toCheck) traffic.checkWatches();
      toCheck = [];
      if (last) break;
      const traffic = new Traffic(store, model, rng, `boot${boot}round${round}`);
      toCheck.push(traffic);
      await inTrouble(disk, rng, store, async () => {
        await traffic.run({ clients: 1 + rng.below(8), steps: 12 });
        model.revokingAll();
        await clock.advance(rng.below(2) * rng.below(20_000));
      });
    }
    // Closed in order, or dead where it stands.
    const closing = store[Symbol.asyncDispose]();
    if (rng.below(2) === 0) await closing;
    if (rng.below(3) === 0) disk.kill();
    else disk.crash();
    await closing;
  }
  return model.known;
}

async function openUnlessPowerGoes(disk: FaultyDisk, clock: VirtualClock, rng: Rng): Promise<EmbeddedStore | undefined> {
  const { boot } = disk;
  const env = { clock, rng, log: silentLog };
  try {
    return await EmbeddedStore.open({ files: new FaultyFiles(disk), folder: '/store', env, sizes });
  } catch (error) {
    if (disk.boot === boot) throw error;
    return undefined;
  }
}

/** One kind of trouble, or none, while `work` is under way. */
async function inTrouble(disk: FaultyDisk, rng: Rng, store: EmbeddedStore, work: () => Promise<void>): Promise<void> {
  const { boot } = disk;
  const kind = rng.below(8);
  let syncFailed = false;
  // Often at once: what was read after opening must be safe though nothing was written since.
  if (kind < 4) disk.crashAtOperation = disk.operations + 1 + rng.below(rng.below(2) === 0 ? 4 : 120);
  if (kind === 4) {
    let left = rng.below(40);
    disk.syncFails = () => left-- === 0 && (syncFailed = true);
  }
  if (kind === 5) disk.capacityBytes = disk.usedBytes() + rng.below(16_000);
  await work();
  disk.crashAtOperation = Infinity;
  disk.syncFails = () => false;
  disk.capacityBytes = Infinity;
  const { failure } = store.status();
  assert.equal(failure !== undefined, syncFailed || disk.boot !== boot, `stopped by ${String(failure?.cause)}`);
}
