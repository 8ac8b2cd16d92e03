import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { FutureRevisionError, prefixRange } from '../store.ts';
import type { TestOnStore } from './store-under-test.ts';
import { bytes, del, getOp, keysIn, put } from './short-hand.ts';

/** get() and list(). */
export function readsContract(name: string, it: TestOnStore): void {
  describe(`${name}: reading`, () => {
    it('list() gives entries in key order, with the whole count whatever the limit', async (store) => {
      for (const key of ['p/c', 'p/a', 'q', 'p/b', 'p']) await put(store, key, key);
      const page = await store.list(prefixRange('p/'), { limit: 2 });
      assert.deepEqual(keysIn(page.entries), ['p/a', 'p/b']);
      assert.deepEqual([page.count, page.more, page.revision], [3, true, 6]);
      const rest = await store.list({ start: 'p/b\0', end: 'p0' }, { limit: 2 });
      assert.deepEqual([keysIn(rest.entries), rest.count, rest.more], [['p/c'], 1, false]);
    });

    it('list() of a single key, of all from a key on, and of a backward range', async (store) => {
      for (const key of ['a', 'b', 'c']) await put(store, key, '');
      assert.deepEqual(keysIn((await store.list({ start: 'b' })).entries), ['b']);
      assert.deepEqual(keysIn((await store.list({ start: 'b', end: '\0' })).entries), ['b', 'c']);
      assert.deepEqual(keysIn((await store.list({ start: 'c', end: 'a' })).entries), []);
      assert.equal((await store.list({ start: 'b', end: 'b' })).count, 0);
    });

    it('countOnly gives no entries, keysOnly no values', async (store) => {
      await put(store, 'a', 'value');
      await put(store, 'b', 'value');
      const counted = await store.list(prefixRange(''), { countOnly: true });
      assert.deepEqual([counted.entries, counted.count, counted.more], [[], 2, false]);
      const [entry] = (await store.list(prefixRange(''), { keysOnly: true })).entries;
      assert.deepEqual(entry, { key: 'a', value: new Uint8Array(0), createRevision: 2, modRevision: 2, version: 1, lease: 0n });
      assert.deepEqual((await store.get('a'))?.value, bytes('value'));
    });

    it('a read at an old revision sees what was there then, and tells the current revision', async (store) => {
      await put(store, 'a', 'one');
      await put(store, 'b', '');
      await put(store, 'a', 'two');
      await del(store, 'a');
      assert.equal(await store.get('a', { at: 1 }), undefined);
      assert.deepEqual((await store.get('a', { at: 2 }))?.value, bytes('one'));
      assert.deepEqual((await store.get('a', { at: 4 }))?.value, bytes('two'));
      const page = await store.list(prefixRange(''), { at: 3 });
      assert.deepEqual([keysIn(page.entries), page.count, page.revision], [['a', 'b'], 2, 5]);
      assert.deepEqual(keysIn((await store.list(prefixRange(''), { at: 0 })).entries), ['b']);
    });

    it('a read at a revision that is not there yet fails', async (store) => {
      await put(store, 'a', '');
      await assert.rejects(store.get('a', { at: 3 }), FutureRevisionError);
      await assert.rejects(store.list({ start: 'a' }, { at: 3 }), FutureRevisionError);
      await assert.rejects(store.txn({ success: [getOp('a', { at: 3 })] }), FutureRevisionError);
    });

    it('reads show a write as soon as its promise resolves, and not half of it', async (store) => {
      const write = store.txn({ success: ['x', 'y', 'z'].map((key) => ({ op: 'put', key, value: bytes('1') })) });
      const before = await store.list(prefixRange(''));
      assert.ok(before.count === 0 || before.count === 3);
      await write;
      assert.equal((await store.list(prefixRange(''))).count, 3);
    });
  });
}
