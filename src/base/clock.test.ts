import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockUntil } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';

test('clockUntil() disarms what is armed when the signal aborts, and arms nothing after', async () => {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
  const life = new AbortController();
  const ending = clockUntil(clock, life.signal);
  const fired: string[] = [];
  ending.after(1_000, () => fired.push('before'));
  ending.after(3_000, () => fired.push('too late'));
  ending.after(1_000, () => fired.push('cancelled'))();
  await clock.advance(2_000);
  life.abort();
  ending.after(0, () => fired.push('after the end'));
  await clock.advance(5_000);
  assert.deepEqual(fired, ['before']);
});
