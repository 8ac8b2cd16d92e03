import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startVirtualControlPlane } from './virtual-control-plane.ts';

test('a control plane with nothing to do hardly stirs', async () => {
  using plane = await startVirtualControlPlane();
  await plane.clock.advance(10 * 60_000);
  const before = plane.timersFired();
  await plane.clock.advance(10 * 60_000);
  const perMinute = (plane.timersFired() - before) / 10;
  // A bookmark a minute for each kind that is watched, and next to nothing else.
  assert.ok(perMinute <= 70, `${perMinute} timers a minute`);
});
