import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../base/virtual-clock.ts';
import { KeyPace } from './key-pace.ts';

const turn = () => new Promise<void>((done) => setImmediate(done));

/** How often the key may be handled before it has to wait, and how long then. */
function exhaust(pace: KeyPace, key: string): readonly [times: number, waitMs: number] {
  for (let times = 0; ; times++) {
    const waitMs = pace.spend(key);
    if (waitMs > 0) return [times, waitMs];
  }
}

test('a key that is handled without end is slowed down, and the others are not', async () => {
  const clock = new VirtualClock({ turn });
  const pace = new KeyPace(clock);
  assert.deepEqual(exhaust(pace, 'a'), [100, 50]);
  assert.equal(pace.spend('b'), 0);
  await clock.advance(20);
  assert.equal(pace.spend('a'), 30);
  await clock.advance(30);
  assert.deepEqual(exhaust(pace, 'a'), [1, 50]);
});

test('a rest makes up for all, and slow handling does not', async () => {
  const clock = new VirtualClock({ turn });
  const pace = new KeyPace(clock);
  for (let n = 0; n < 100; n++) {
    assert.equal(pace.spend('a'), 0);
    await clock.advance(500);
  }
  assert.deepEqual(exhaust(pace, 'a'), [0, 50]);
  await clock.advance(1000);
  assert.deepEqual(exhaust(pace, 'a'), [100, 50]);
});

test('of very many keys those that have rested are forgotten', async () => {
  const clock = new VirtualClock({ turn });
  const pace = new KeyPace(clock);
  for (let n = 0; n < 1000; n++) pace.spend(`quiet-${n}`);
  await clock.advance(1000);
  exhaust(pace, 'busy');
  pace.spend('one more');
  assert.deepEqual(exhaust(pace, 'busy'), [0, 50]);
});
