import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { NoSpaceError, RequestTooLargeError, TooManyOpsError, type Compare, type Op } from '../store.ts';
import type { TestOnStore } from './store-under-test.ts';
import { del, getOp, put } from './short-hand.ts';

/** What is refused for its size, and the quota. */
export function limitsContract(name: string, it: TestOnStore): void {
  describe(`${name}: limits`, () => {
    it(
      'too many ops are refused, nested ones counted',
      async (store) => {
        const ops = (count: number) => Array.from({ length: count }, (_, i) => getOp(`k${i}`));
        const compare: Compare[] = Array.from({ length: 5 }, () => ({ key: 'a', target: 'mod', is: '=', to: 0 }));
        await store.txn({ success: ops(4), failure: ops(4) });
        await assert.rejects(store.txn({ success: ops(5) }), TooManyOpsError);
        await assert.rejects(store.txn({ failure: ops(5) }), TooManyOpsError);
        await assert.rejects(store.txn({ compare }), TooManyOpsError);
        await store.txn({ success: [{ op: 'txn', txn: { success: ops(3) } }] });
        await assert.rejects(store.txn({ success: [{ op: 'txn', txn: { success: ops(4) } }] }), TooManyOpsError);
      },
      { maxTxnOps: 4 },
    );

    it(
      'a request that is too large is refused',
      async (store) => {
        await put(store, 'a', 'x'.repeat(900));
        await assert.rejects(put(store, 'a', 'x'.repeat(1100)), RequestTooLargeError);
        const half: Op = { op: 'put', key: 'b', value: new Uint8Array(600) };
        await assert.rejects(store.txn({ success: [half, { ...half, key: 'c' }] }), RequestTooLargeError);
        assert.equal(store.revision, 2);
      },
      { maxRequestBytes: 1000 },
    );

    it(
      'past the quota puts and grants fail, deletes and compaction go on and make room',
      async (store) => {
        const value = new Uint8Array(5000);
        const fill = async () => {
          for (let i = 0; i < 100; i++) await store.txn({ success: [{ op: 'put', key: 'a', value }] });
        };
        await assert.rejects(fill(), NoSpaceError);
        assert.ok(store.revision > 10);
        await assert.rejects(
          (async () => {
            for (let i = 0; i < 1000; i++) {
              await store.txn({ success: [{ op: 'put', key: 'b', value: new Uint8Array(100) }] });
              await store.grantLease(60);
            }
          })(),
          NoSpaceError,
        );
        await del(store, 'a');
        await store.compact(store.revision);
        await store.txn({ success: [{ op: 'put', key: 'a', value }] });
        await store.grantLease(60);
      },
      { quotaBytes: 100_000 },
    );

    it('status() counts keys and bytes', async (store) => {
      const empty = store.status();
      assert.equal(empty.keys, 0);
      for (let i = 0; i < 10; i++) await put(store, `k${i}`, 'x'.repeat(1000));
      await del(store, 'k0');
      const status = store.status();
      assert.equal(status.keys, 9);
      assert.equal(status.failure, undefined);
      assert.ok(status.inUseBytes - empty.inUseBytes >= 10_000);
      assert.ok(status.sizeBytes >= 10_000);
      await store.compact(store.revision);
      assert.ok(store.status().inUseBytes < status.inUseBytes);
    });
  });
}
