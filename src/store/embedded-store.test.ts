import { silentLog } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { MemoryFiles } from '../machine/memory/files.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { storeContract } from './store.contract.ts';

storeContract('EmbeddedStore', async (limits) => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const env = { clock, rng: seededRng(1), log: silentLog };
  const sizes = { reserveBytes: 64 * 1024, stepBytes: 64 * 1024, snapshotReserveBytes: 64 * 1024 };
  return { store: await EmbeddedStore.open({ files: new MemoryFiles(), folder: '/store', env, limits, sizes }), clock };
});
