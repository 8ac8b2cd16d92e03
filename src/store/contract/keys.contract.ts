import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { EmptyKeyError, prefixRange } from '../store.ts';
import type { TestOnStore } from './store-under-test.ts';
import { bytes, del, keysIn, put } from './short-hand.ts';

/** Keys, values and revisions. */
export function keysContract(name: string, it: TestOnStore): void {
  describe(`${name}: keys and revisions`, () => {
    it('an empty store is at revision 1, holds nothing and was never compacted', async (store) => {
      assert.equal(store.revision, 1);
      assert.equal(store.compactRevision, 0);
      assert.equal(await store.get('a'), undefined);
      assert.deepEqual(await store.list(prefixRange('')), { entries: [], count: 0, more: false, revision: 1 });
    });

    it('a put creates with version 1; the next keeps the create revision', async (store) => {
      assert.equal((await put(store, 'a', 'one')).revision, 2);
      await put(store, 'other', '');
      assert.equal((await put(store, 'a', 'two')).revision, 4);
      const entry = { key: 'a', value: bytes('two'), createRevision: 2, modRevision: 4, version: 2, lease: 0n };
      assert.deepEqual(await store.get('a'), entry);
      assert.equal(store.revision, 4);
    });

    it('a key that comes back after a delete begins anew', async (store) => {
      await put(store, 'a', 'one');
      await del(store, 'a');
      assert.equal(await store.get('a'), undefined);
      await put(store, 'a', 'again');
      const entry = await store.get('a');
      assert.deepEqual([entry?.createRevision, entry?.modRevision, entry?.version], [4, 4, 1]);
    });

    it('keys are ordered and compared as bytes, whatever bytes they are', async (store) => {
      for (const key of ['b', '\xff\xff', 'a\x00', 'a', '\x01', '\xff']) await put(store, key, '');
      const { entries } = await store.list(prefixRange(''));
      assert.deepEqual(keysIn(entries), ['\x01', 'a', 'a\x00', 'b', '\xff', '\xff\xff']);
      assert.deepEqual(keysIn((await store.list(prefixRange('\xff'))).entries), ['\xff', '\xff\xff']);
      assert.deepEqual(keysIn((await store.list(prefixRange('a'))).entries), ['a', 'a\x00']);
    });

    it('values are whatever bytes were put, also none', async (store) => {
      const value = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.txn({ success: [{ op: 'put', key: 'all', value }] });
      await store.txn({ success: [{ op: 'put', key: 'none' }] });
      assert.deepEqual((await store.get('all'))?.value, value);
      assert.deepEqual((await store.get('none'))?.value, new Uint8Array(0));
    });

    it('a write that changes nothing does not move the revision', async (store) => {
      await put(store, 'a', '');
      const result = await store.txn({ success: [{ op: 'delete', range: prefixRange('b'), prevKv: true }] });
      assert.deepEqual(result, { succeeded: true, revision: 2, results: [{ op: 'delete', deleted: 0, previous: [] }] });
      assert.equal(store.revision, 2);
    });

    it('an empty key is refused everywhere', async (store) => {
      await assert.rejects(store.get(''), EmptyKeyError);
      await assert.rejects(store.list({ start: '' }), EmptyKeyError);
      await assert.rejects(put(store, '', ''), EmptyKeyError);
      await assert.rejects(del(store, ''), EmptyKeyError);
      await assert.rejects(store.txn({ success: [{ op: 'range', range: { start: '' } }] }), EmptyKeyError);
      await assert.rejects(store.txn({ compare: [{ key: '', is: '=', target: 'mod', to: 0 }] }), EmptyKeyError);
    });
  });
}
