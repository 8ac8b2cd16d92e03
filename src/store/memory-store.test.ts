import { silentLog } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { MemoryStore } from './memory-store.ts';
import { storeContract } from './store.contract.ts';

storeContract('MemoryStore', async (limits) => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  return { store: new MemoryStore({ env: { clock, rng: seededRng(1), log: silentLog }, limits }), clock };
});
