import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { StoppedError } from '../store.ts';
import { put } from './short-hand.ts';
import type { TestOnStore } from './store-under-test.ts';

/** What holds when a store is closed. */
export function lifeContract(name: string, it: TestOnStore): void {
  describe(`${name}: closing`, () => {
    it('a closed store refuses everything and shows no failure', async (store) => {
      await put(store, 'a', '');
      await store[Symbol.asyncDispose]();
      await assert.rejects(put(store, 'a', ''), StoppedError);
      await assert.rejects(store.get('a'), StoppedError);
      await assert.rejects(store.list({ start: 'a' }), StoppedError);
      await assert.rejects(store.compact(2), StoppedError);
      await assert.rejects(store.grantLease(60), StoppedError);
      await assert.rejects(store.leases(), StoppedError);
      assert.throws(() => store.watch({ start: 'a' }, {}, { events: () => {}, end: () => {} }), StoppedError);
      assert.equal(store.status().failure, undefined);
    });

    it('writes that were under way are done before it is closed', async (store) => {
      const writes = Array.from({ length: 50 }, (_, i) => put(store, `k${i}`, ''));
      await store[Symbol.asyncDispose]();
      const results = await Promise.all(writes);
      assert.equal(results.at(-1)?.revision, 51);
    });

    it('closing twice is closing once', async (store) => {
      await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
      await store[Symbol.asyncDispose]();
    });

    it('leases are not over because the store was closed', async (store, clock) => {
      await store.grantLease(5, 1n);
      await put(store, 'a', '', 1n);
      await store[Symbol.asyncDispose]();
      await clock.advance(60_000);
      assert.equal(store.revision, 2);
    });
  });
}
