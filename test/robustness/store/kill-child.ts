/** A process that writes to a store in the folder it is given, and says what was answered, until it is killed. */
import { writeSync } from 'node:fs';
import { silentLog } from '../../../src/base/log.ts';
import { seededRng } from '../../../src/base/rng.ts';
import { realClock } from '../../../src/machine/real/clock.ts';
import { realFiles } from '../../../src/machine/real/files.ts';
import { bytes } from '../../../src/store/contract/short-hand.ts';
import { EmbeddedStore } from '../../../src/store/embedded-store.ts';

const [folder = '', seed = '1'] = process.argv.slice(2);
const rng = seededRng(Number(seed));
/** Small, so that snapshots are made all the time. */
const sizes = { reserveBytes: 64 * 1024, stepBytes: 64 * 1024, checkpointBytes: 200_000, snapshotReserveBytes: 64 * 1024 };
const store = await EmbeddedStore.open({ files: realFiles, folder, env: { clock: realClock, rng, log: silentLog }, sizes });
const firstCount = store.revision;
say('open', store.revision, store.revision);
await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));

/** Two keys in each transaction, with the same count: they must never differ. */
async function write(writer: number): Promise<never> {
  for (let count = firstCount; ; count++) {
    const value = bytes(`${count}${' '.repeat(rng.below(300))}`);
    const keys = [`a/${writer}`, `b/${writer}`];
    const { revision } = await store.txn({ success: keys.map((key) => ({ op: 'put', key, value })) });
    say(`w${writer}`, count, revision);
    if (rng.below(500) === 0 && revision - 100 > store.compactRevision) await store.compact(revision - 100).catch(() => {});
  }
}

/** Written at once, so that what was said before the kill is heard. */
function say(what: string, count: number, revision: number): void {
  writeSync(1, `${what} ${count} ${revision}\n`);
}
