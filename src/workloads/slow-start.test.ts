import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowStart } from './slow-start.ts';

/** Notes which calls run at the same time. */
function recorder(fails: (index: number) => boolean = () => false) {
  const batches: number[][] = [];
  let open: number[] = [];
  return {
    batches,
    act: async (index: number) => {
      if (open.length === 0) queueMicrotask(() => void (batches.push(open), (open = [])));
      open.push(index);
      await Promise.resolve();
      if (fails(index)) throw new Error(`no. ${index}`);
    },
  };
}

test('batches grow from one to two to four, and the last takes what is left', async () => {
  const { batches, act } = recorder();
  assert.deepEqual(await slowStart(9, act), { succeeded: 9 });
  assert.deepEqual(batches, [[0], [1, 2], [3, 4, 5, 6], [7, 8]]);
});

test('after a batch with a failure there is no other', async () => {
  const { batches, act } = recorder((index) => index === 2 || index === 1);
  const { succeeded, failure } = await slowStart(100, act);
  assert.equal(succeeded, 1);
  assert.equal(String(failure?.error), 'Error: no. 1');
  assert.deepEqual(batches, [[0], [1, 2]]);
});

test('of nothing to do nothing is done', async () => {
  const { batches, act } = recorder();
  assert.deepEqual(await slowStart(0, act), { succeeded: 0 });
  assert.deepEqual(batches, []);
});
