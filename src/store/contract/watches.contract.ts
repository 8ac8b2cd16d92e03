import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { type Op, StoppedError, prefixRange } from '../store.ts';
import { RecordedWatch } from './recorded-watch.ts';
import { bytes, del, keysIn, put } from './short-hand.ts';
import type { TestOnStore } from './store-under-test.ts';

/** Watches: ordered, each event once, whole revisions, from any revision on, at any pace. */
export function watchesContract(name: string, it: TestOnStore): void {
  describe(`${name}: watches`, () => {
    it('by the time a write resolves its events have been handed over', async (store) => {
      const watch = new RecordedWatch(store);
      await put(store, 'a', '1');
      assert.deepEqual(watch.told, ['+a@2']);
      await put(store, 'b', '1');
      await del(store, 'a');
      assert.deepEqual(watch.told, ['+a@2', '+b@3', '-a@4']);
    });

    it('only keys of the range are told, for every shape of range', async (store) => {
      const one = new RecordedWatch(store, {}, { start: 'p/b' });
      const prefix = new RecordedWatch(store, {}, prefixRange('p/'));
      const rest = new RecordedWatch(store, {}, { start: 'p/b', end: '\0' });
      const none = new RecordedWatch(store, {}, { start: 'z', end: 'a' });
      for (const key of ['o', 'p/a', 'p/b', 'p/c', 'q']) await put(store, key, '');
      assert.deepEqual(one.told, ['+p/b@4']);
      assert.deepEqual(prefix.told, ['+p/a@3', '+p/b@4', '+p/c@5']);
      assert.deepEqual(rest.told, ['+p/b@4', '+p/c@5', '+q@6']);
      assert.deepEqual(none.told, []);
    });

    it('all events of a revision come in one batch, in the order of the operations', async (store) => {
      await put(store, 'z', '');
      const watch = new RecordedWatch(store);
      const ops: Op[] = ['d', 'b', 'c'].map((key) => ({ op: 'put', key, value: bytes('') }));
      await store.txn({ success: [...ops, { op: 'delete', range: { start: 'z' } }] });
      assert.equal(watch.batches.length, 1);
      assert.equal(watch.batches[0]?.revision, 3);
      assert.deepEqual(watch.told, ['+d@3', '+b@3', '+c@3', '-z@3']);
    });

    it('a put carries the whole entry, a delete the key and its revision only', async (store) => {
      const watch = new RecordedWatch(store);
      await put(store, 'a', 'one');
      await put(store, 'a', 'two');
      await del(store, 'a');
      assert.deepEqual(watch.events, [
        { type: 'put', entry: { key: 'a', value: bytes('one'), createRevision: 2, modRevision: 2, version: 1, lease: 0n } },
        { type: 'put', entry: { key: 'a', value: bytes('two'), createRevision: 2, modRevision: 3, version: 2, lease: 0n } },
        { type: 'delete', entry: { key: 'a', value: new Uint8Array(0), createRevision: 0, modRevision: 4, version: 0, lease: 0n } },
      ]);
    });

    it('with prevKv an event carries what was there before, also when told late', async (store, clock) => {
      const live = new RecordedWatch(store, { prevKv: true });
      await put(store, 'a', 'one');
      const one = await store.get('a');
      await put(store, 'a', 'two');
      const two = await store.get('a');
      await del(store, 'a');
      await put(store, 'a', 'again');
      const late = new RecordedWatch(store, { prevKv: true, from: 2 });
      await clock.settle();
      for (const watch of [live, late])
        assert.deepEqual(
          watch.events.map((event) => event.previous),
          [undefined, one, two, undefined],
        );
    });

    it('a watch from an old revision is told everything since, then goes on live', async (store, clock) => {
      for (let i = 0; i < 50; i++) await put(store, `k${i % 7}`, String(i));
      const watch = new RecordedWatch(store, { from: 20 });
      await clock.settle();
      await put(store, 'last', '');
      const revisions = watch.events.map(({ entry }) => entry.modRevision);
      assert.deepEqual(
        revisions,
        Array.from({ length: 33 }, (_, i) => 20 + i),
      );
    });

    it('a write right after the start of a late watch does not overtake what is older', async (store) => {
      await put(store, 'a', '1');
      const watch = new RecordedWatch(store, { from: 2 });
      await put(store, 'a', '2');
      assert.deepEqual(watch.told, ['+a@2', '+a@3']);
    });

    it('the sink is not called before watch() has returned', async (store, clock) => {
      await put(store, 'a', '1');
      let returned = false;
      const watch = store.watch(
        { start: 'a' },
        { from: 2 },
        {
          events: () => assert.ok(returned),
          end: () => assert.fail('ended'),
        },
      );
      returned = true;
      await clock.settle();
      watch.cancel();
    });

    it('a watch from a future revision is told nothing before it, not even progress', async (store, clock) => {
      const watch = new RecordedWatch(store, { from: 4, progressEveryMs: 1000 });
      watch.watch.requestProgress();
      await clock.advance(5000);
      await put(store, 'a', '2');
      await clock.advance(1500);
      assert.deepEqual([watch.told, watch.progress], [[], []]);
      await put(store, 'a', '3');
      await put(store, 'a', '4');
      await clock.settle();
      assert.deepEqual(watch.told, ['+a@4']);
      assert.ok(watch.progress.every((revision) => revision >= 3));
    });

    it('a cancelled watch is told nothing more', async (store, clock) => {
      const watch = new RecordedWatch(store, { progressEveryMs: 100 });
      await put(store, 'a', '');
      watch.watch.cancel();
      watch.watch.cancel();
      watch.watch.requestProgress();
      await put(store, 'a', '');
      await clock.advance(1000);
      assert.deepEqual(watch.told, ['+a@2']);
      assert.deepEqual([watch.progress, watch.ends], [[], []]);
    });

    it('a sink may cancel its watch while it is told', async (store) => {
      const told: number[] = [];
      const watch = store.watch(
        { start: 'a' },
        {},
        {
          events(_, revision) {
            told.push(revision);
            watch.cancel();
          },
          end: () => assert.fail('ended'),
        },
      );
      await put(store, 'a', '');
      await put(store, 'a', '');
      assert.deepEqual(told, [2]);
    });

    it('a sink may write to the store while it is told; all watches see one order', async (store, clock) => {
      let echoes = 0;
      const echo = store.watch(
        { start: 'ping' },
        {},
        {
          events() {
            if (echoes++ < 3) void put(store, 'ping', '');
          },
          end: () => {},
        },
      );
      const watch = new RecordedWatch(store);
      await put(store, 'ping', '');
      await clock.settle();
      assert.deepEqual(watch.told, ['+ping@2', '+ping@3', '+ping@4', '+ping@5']);
      echo.cancel();
    });

    it('a sink that throws loses its watch and nobody else does', async (store) => {
      let calls = 0;
      store.watch(
        { start: 'a' },
        {},
        {
          events() {
            calls++;
            throw new Error('the sink is broken');
          },
          end: () => {},
        },
      );
      const watch = new RecordedWatch(store);
      await put(store, 'a', '');
      await put(store, 'a', '');
      assert.equal(calls, 1);
      assert.deepEqual(watch.told, ['+a@2', '+a@3']);
    });

    it('many watches on many ranges are each told their own', async (store) => {
      const watches = Array.from(
        { length: 300 },
        (_, i) => new RecordedWatch(store, {}, i % 3 > 0 ? prefixRange(`n${i % 30}/`) : { start: `n${i % 30}/a` }),
      );
      const ops: Op[] = Array.from({ length: 30 }, (_, i) => ({ op: 'put', key: `n${i}/${i % 2 ? 'a' : 'b'}`, value: bytes('') }));
      await store.txn({ success: ops });
      for (const [i, watch] of watches.entries()) {
        const place = i % 30;
        const expected = place % 2 || i % 3 > 0 ? [`n${place}/${place % 2 ? 'a' : 'b'}`] : [];
        assert.deepEqual(keysIn(watch.events.map(({ entry }) => entry)), expected);
      }
    });
  });
  pausing(name, it);
  progress(name, it);
}

function pausing(name: string, it: TestOnStore): void {
  describe(`${name}: paused watches`, () => {
    it('a sink that answers false is told nothing until resume(), then everything it missed, once', async (store, clock) => {
      const watch = new RecordedWatch(store);
      watch.pausing = true;
      await put(store, 'a', '1');
      for (let i = 0; i < 10; i++) await put(store, 'a', '');
      assert.deepEqual(watch.told, ['+a@2']);
      watch.pausing = false;
      watch.watch.resume();
      watch.watch.resume();
      await clock.settle();
      await put(store, 'b', '');
      assert.deepEqual(
        watch.events.map(({ entry }) => entry.modRevision),
        Array.from({ length: 12 }, (_, i) => i + 2),
      );
    });

    it('a watch may pause again while it catches up', async (store, clock) => {
      for (let i = 0; i < 5000; i++) void put(store, `k${i}`, '');
      await put(store, 'last', '');
      const watch = new RecordedWatch(store, { from: 2 });
      watch.pausing = true;
      let batches = 0;
      while (watch.events.length < 5001) {
        await clock.settle();
        assert.equal(watch.batches.length, ++batches, 'one batch for each resume()');
        watch.watch.resume();
      }
      assert.ok(batches > 1);
      assert.deepEqual(
        watch.events.map(({ entry }) => entry.modRevision),
        Array.from({ length: 5001 }, (_, i) => i + 2),
      );
    });

    it('resume() of a watch that is not paused does nothing', async (store, clock) => {
      const watch = new RecordedWatch(store);
      watch.watch.resume();
      await put(store, 'a', '');
      watch.watch.resume();
      await clock.settle();
      assert.deepEqual(watch.told, ['+a@2']);
    });

    it('a paused watch holds up neither writes nor others', async (store) => {
      const slow = new RecordedWatch(store);
      slow.pausing = true;
      const quick = new RecordedWatch(store);
      for (let i = 0; i < 20; i++) await put(store, 'a', '');
      assert.equal(slow.events.length, 1);
      assert.equal(quick.events.length, 20);
    });
  });
}

function progress(name: string, it: TestOnStore): void {
  describe(`${name}: progress of watches`, () => {
    it('comes at its interval while nothing matches, with the newest revision', async (store, clock) => {
      const watch = new RecordedWatch(store, { progressEveryMs: 1000 }, { start: 'rare' });
      await put(store, 'a', '');
      await clock.advance(1000);
      await put(store, 'a', '');
      await put(store, 'a', '');
      await clock.advance(2000);
      assert.deepEqual(watch.progress, [2, 4, 4]);
      await put(store, 'rare', '');
      await clock.advance(1000);
      assert.deepEqual(watch.progress, [2, 4, 4], 'events were progress enough');
      await clock.advance(1000);
      assert.deepEqual(watch.progress, [2, 4, 4, 5]);
    });

    it('does not come where it was not asked for', async (store, clock) => {
      const watch = new RecordedWatch(store);
      await put(store, 'a', '');
      await clock.advance(1_000_000);
      assert.deepEqual(watch.progress, []);
    });

    it('requestProgress() is answered once, with everything handed over', async (store, clock) => {
      const watch = new RecordedWatch(store, {}, { start: 'rare' });
      await put(store, 'a', '');
      watch.watch.requestProgress();
      await clock.settle();
      assert.deepEqual(watch.progress, [2]);
      await clock.advance(60_000);
      assert.deepEqual(watch.progress, [2]);
    });

    it('seen tells how far the watch has been told, at any time and without asking', async (store) => {
      const behind = new RecordedWatch(store, {}, { start: 'a' });
      const within: number[] = [];
      store.watch({ start: 'a' }, {}, { events: () => void within.push(behind.watch.seen), end: (reason) => assert.fail(reason) });
      const rare = new RecordedWatch(store, {}, { start: 'rare' });
      await put(store, 'a', '');
      assert.deepEqual([behind.watch.seen, rare.watch.seen], [2, 2]);
      behind.pausing = true;
      await put(store, 'a', '');
      await put(store, 'a', '');
      assert.deepEqual([behind.watch.seen, rare.watch.seen], [3, 4]);
      assert.deepEqual(within, [2, 3, 3]);
      const future = new RecordedWatch(store, { from: 100 }, { start: 'a' });
      assert.equal(future.watch.seen, 4);
    });

    it('requestProgress() of a late watch is answered after its events', async (store, clock) => {
      for (let i = 0; i < 3000; i++) void put(store, 'a', '');
      await put(store, 'a', '');
      const order: string[] = [];
      const watch = store.watch(
        { start: 'a' },
        { from: 2 },
        {
          events: (events) => void order.push(...events.map(({ entry }) => String(entry.modRevision))),
          progress: (revision) => void order.push(`progress ${revision}`),
          end: (reason) => assert.fail(reason),
        },
      );
      watch.requestProgress();
      await clock.settle();
      assert.equal(order.length, 3002);
      assert.equal(order.at(-1), 'progress 3002');
    });

    it('a paused watch tells no progress until it has caught up', async (store, clock) => {
      const watch = new RecordedWatch(store, { progressEveryMs: 500 });
      watch.pausing = true;
      await put(store, 'a', '');
      await put(store, 'a', '');
      watch.watch.requestProgress();
      await clock.advance(2000);
      assert.deepEqual(watch.progress, []);
      watch.pausing = false;
      watch.watch.resume();
      await clock.settle();
      assert.deepEqual(watch.told, ['+a@2', '+a@3']);
      assert.deepEqual(watch.progress, [3]);
    });
  });

  describe(`${name}: watches of a store that stops`, () => {
    it('end with StoppedError', async (store, clock) => {
      const watch = new RecordedWatch(store, { progressEveryMs: 100 });
      const paused = new RecordedWatch(store);
      paused.pausing = true;
      await put(store, 'a', '');
      await store[Symbol.asyncDispose]();
      await clock.advance(1000);
      for (const { ends, progress } of [watch, paused]) {
        assert.equal(ends.length, 1);
        assert.ok(ends[0] instanceof StoppedError);
        assert.deepEqual(progress, []);
      }
    });
  });
}
