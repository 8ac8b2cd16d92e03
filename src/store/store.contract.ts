import { test } from 'node:test';
import { compactionContract } from './contract/compaction.contract.ts';
import { keysContract } from './contract/keys.contract.ts';
import { leasesContract } from './contract/leases.contract.ts';
import { lifeContract } from './contract/life.contract.ts';
import { limitsContract } from './contract/limits.contract.ts';
import { readsContract } from './contract/reads.contract.ts';
import type { MakeStore, TestOnStore } from './contract/store-under-test.ts';
import { transactionsContract } from './contract/transactions.contract.ts';
import { watchesContract } from './contract/watches.contract.ts';

/** What every store promises; each implementation runs it with a way to make an empty one. */
export function storeContract(name: string, make: MakeStore): void {
  const it: TestOnStore = (promise, body, limits) =>
    void test(promise, async () => {
      const { store, clock } = await make(limits);
      await using _closed = store;
      await body(store, clock);
    });
  for (const part of [
    keysContract,
    readsContract,
    transactionsContract,
    limitsContract,
    compactionContract,
    watchesContract,
    leasesContract,
    lifeContract,
  ])
    part(name, it);
}
