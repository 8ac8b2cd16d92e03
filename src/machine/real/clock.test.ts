import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { realClock } from './clock.ts';

test('after() fires once, not synchronously, and not when cancelled', async () => {
  const fired: string[] = [];
  realClock.after(0, () => fired.push('now'));
  realClock.after(-10, () => fired.push('past'));
  const cancel = realClock.after(0, () => fired.push('cancelled'));
  assert.deepEqual(fired, []);
  cancel();
  cancel();
  await new Promise<void>((done) => realClock.after(1, done));
  assert.deepEqual(fired, ['now', 'past']);
});

test('monotonic() never goes back and now() is the wall clock', () => {
  const before = realClock.monotonic();
  assert.ok(realClock.monotonic() >= before);
  assert.ok(Math.abs(realClock.now() - Date.now()) < 1000);
});

test('a delay longer than a Node timer can hold does not fire at once', () => {
  const timeouts: (number | undefined)[] = [];
  const set = mock.method(globalThis, 'setTimeout', (_: () => void, ms?: number) => {
    timeouts.push(ms);
    return 0;
  });
  const cancel = realClock.after(40 * 24 * 3600 * 1000, () => assert.fail('fired'));
  set.mock.restore();
  cancel();
  assert.deepEqual(timeouts, [2 ** 31 - 1]);
});
