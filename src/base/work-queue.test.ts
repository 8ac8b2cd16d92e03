import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { VirtualClock } from './virtual-clock.ts';
import { WorkQueue } from './work-queue.ts';

let clock: VirtualClock;
let queue: WorkQueue;

describe('work queue', () => {
  beforeEach(() => {
    clock = new VirtualClock({ turn: () => new Promise((resolve) => setImmediate(resolve)) });
    queue = new WorkQueue({ clock });
  });

  test('keys come out in the order in which they went in, each once', async () => {
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['a', 'b', 'c']);
    assert.equal(queue.length, 0);
  });

  test('a key added while in hand is given again only after done()', async () => {
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('b');
    assert.equal(await queue.take(), 'b');
    queue.done('a');
    assert.equal(await queue.take(), 'a');
  });

  test('a key not added meanwhile is not given again', async () => {
    queue.add('a');
    await queue.take();
    queue.done('a');
    assert.equal(queue.idle, true);
  });

  test('a taker that waits gets the next key', async () => {
    const taken = queue.take();
    queue.add('a');
    assert.equal(await taken, 'a');
  });

  test('addAfter() keeps the earliest of two delays', async () => {
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 200);
    await clock.advance(49);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(queue.length, 1);
    await clock.advance(1000);
    assert.equal(queue.length, 1);
  });

  test('retry() doubles its delay up to the bound, and forget() begins anew', async () => {
    const bounded = new WorkQueue({ clock, maxDelayMs: 20 });
    const delays: number[] = [];
    for (let n = 0; n < 4; n++) {
      bounded.retry('a');
      const before = clock.now();
      await clock.until(() => bounded.length === 1, 1000);
      delays.push(clock.now() - before);
      bounded.done((await bounded.take())!);
    }
    assert.deepEqual(delays, [5, 10, 20, 20]);
    assert.equal(bounded.failures('a'), 4);
    bounded.forget('a');
    assert.equal(bounded.failures('a'), 0);
  });

  test('a closed queue gives what waits, then undefined to everyone', async () => {
    queue.addAfter('late', 10);
    queue.add('a');
    queue.close();
    queue.add('b');
    assert.equal(await queue.take(), 'a');
    assert.equal(await queue.take(), undefined);
    await clock.advance(100);
    assert.equal(queue.length, 0);
  });

  test('closing wakes takers', async () => {
    const taken = queue.take();
    queue.close();
    assert.equal(await taken, undefined);
  });
});
