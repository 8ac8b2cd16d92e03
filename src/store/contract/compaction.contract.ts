import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { CompactedError, FutureRevisionError, prefixRange } from '../store.ts';
import { RecordedWatch } from './recorded-watch.ts';
import { bytes, contents, del, getOp, keysIn, put } from './short-hand.ts';
import type { TestOnStore } from './store-under-test.ts';

/** What compaction forgets and what it must not. */
export function compactionContract(name: string, it: TestOnStore): void {
  describe(`${name}: compaction`, () => {
    it('reads before the compacted revision fail, at it and after it work', async (store) => {
      await put(store, 'a', '1');
      await put(store, 'a', '2');
      await put(store, 'a', '3');
      await store.compact(3);
      assert.equal(store.compactRevision, 3);
      await assert.rejects(store.get('a', { at: 2 }), (error) => error instanceof CompactedError && error.compactRevision === 3);
      await assert.rejects(store.list({ start: 'a' }, { at: 2 }), CompactedError);
      await assert.rejects(store.txn({ success: [getOp('a', { at: 2 })] }), CompactedError);
      assert.deepEqual((await store.get('a', { at: 3 }))?.value, bytes('2'));
      assert.deepEqual((await store.get('a'))?.value, bytes('3'));
    });

    it('what is there stays, with its revisions and version', async (store) => {
      await put(store, 'old', 'x');
      await put(store, 'a', '1');
      await put(store, 'a', '2');
      await put(store, 'gone', '');
      await del(store, 'gone');
      const before = await store.list(prefixRange(''));
      await store.compact(store.revision);
      assert.deepEqual(await store.list(prefixRange('')), before);
      assert.equal((await put(store, 'a', '3')).revision, 7);
      assert.equal((await store.get('a'))?.version, 3);
      await put(store, 'gone', '');
      assert.equal((await store.get('gone'))?.version, 1);
    });

    it('a read at the compacted revision still sees keys deleted later', async (store) => {
      await put(store, 'a', '1');
      await put(store, 'b', '1');
      await del(store, 'a');
      await store.compact(3);
      assert.deepEqual(keysIn((await store.list(prefixRange(''), { at: 3 })).entries), ['a', 'b']);
      await store.compact(4);
      assert.deepEqual(await contents(store), { b: '1' });
    });

    it('the revision does not move, and goes on after everything was compacted', async (store) => {
      await put(store, 'a', '');
      await del(store, 'a');
      await store.compact(3);
      assert.equal(store.revision, 3);
      assert.equal((await put(store, 'a', '')).revision, 4);
    });

    it('a revision that is compacted already, or not there yet, is refused', async (store) => {
      await put(store, 'a', '');
      await put(store, 'a', '');
      await store.compact(2);
      await assert.rejects(store.compact(2), CompactedError);
      await assert.rejects(store.compact(1), CompactedError);
      await assert.rejects(store.compact(4), FutureRevisionError);
      await store.compact(3);
    });

    it('a watch may begin at the compacted revision and is told what happened at it, deletes too', async (store, clock) => {
      await put(store, 'a', '');
      await put(store, 'b', '');
      await del(store, 'a');
      await store.compact(4);
      const watch = new RecordedWatch(store, { from: 4, prevKv: true });
      await put(store, 'c', '');
      await clock.settle();
      assert.deepEqual(watch.told, ['-a@4', '+c@5']);
      assert.equal(watch.events[0]?.previous, undefined, 'what was before the compacted revision is not told');
    });

    it('a watch from before the compacted revision ends', async (store, clock) => {
      await put(store, 'a', '');
      await put(store, 'a', '');
      await store.compact(3);
      const watch = new RecordedWatch(store, { from: 2 });
      await put(store, 'a', '');
      await clock.settle();
      assert.deepEqual(watch.told, []);
      assert.equal(watch.ends.length, 1);
      assert.ok(watch.ends[0] instanceof CompactedError && watch.ends[0].compactRevision === 3);
    });

    it('a paused watch ends when history under it is compacted, and goes on when only older history is', async (store, clock) => {
      const slow = new RecordedWatch(store);
      slow.pausing = true;
      await put(store, 'a', '1');
      await put(store, 'a', '2');
      await put(store, 'a', '3');
      await store.compact(3);
      assert.equal(slow.ends.length, 0);
      slow.pausing = false;
      slow.watch.resume();
      await clock.settle();
      assert.deepEqual(slow.told, ['+a@2', '+a@3', '+a@4']);

      slow.pausing = true;
      await put(store, 'a', '4');
      await put(store, 'a', '5');
      await put(store, 'a', '6');
      await store.compact(7);
      const [reason] = slow.ends;
      assert.ok(reason instanceof CompactedError);
      slow.watch.resume();
      await clock.settle();
      assert.deepEqual(slow.told.length, 4, 'an ended watch says nothing more');
      assert.equal(slow.ends.length, 1);
    });

    it('a watch that has seen everything is not touched by compaction', async (store) => {
      const watch = new RecordedWatch(store, {}, { start: 'rare' });
      await put(store, 'a', '');
      await put(store, 'a', '');
      await store.compact(3);
      await put(store, 'rare', '');
      assert.deepEqual(watch.told, ['+rare@4']);
      assert.deepEqual(watch.ends, []);
    });
  });
}
