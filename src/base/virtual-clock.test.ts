import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';

const turn = () => new Promise<void>((done) => setImmediate(done));
const makeClock = () => new VirtualClock({ turn, startMs: 1_000_000 });

test('advance() fires timers in the order of their due times, equal ones in the order they were set', async () => {
  const clock = makeClock();
  const fired: string[] = [];
  for (const [name, delay] of [
    ['c', 30],
    ['a', 10],
    ['b', 10],
    ['z', 99],
  ] as const)
    clock.after(delay, () => fired.push(`${name}@${clock.monotonic()}`));
  await clock.advance(50);
  assert.deepEqual(fired, ['a@10', 'b@10', 'c@30']);
  assert.equal(clock.now(), 1_000_050);
  await clock.advance(49);
  assert.equal(fired.at(-1), 'z@99');
});

test('advance() runs what a timer caused before the next one fires', async () => {
  const clock = makeClock();
  const seen: string[] = [];
  void (async () => {
    await sleep(clock, 10);
    seen.push('woke');
    for (let i = 0; i < 20; i++) await Promise.resolve();
    seen.push('worked');
  })();
  clock.after(11, () => seen.push('next'));
  await clock.advance(20);
  assert.deepEqual(seen, ['woke', 'worked', 'next']);
});

test('advance() also fires timers that were set on the way', async () => {
  const clock = makeClock();
  let ticks = 0;
  const tick = () => {
    ticks++;
    clock.after(10, tick);
  };
  clock.after(10, tick);
  await clock.advance(100);
  assert.equal(ticks, 10);
});

test('after() never fires synchronously and can be cancelled twice', async () => {
  const clock = makeClock();
  let fired = 0;
  clock.after(0, () => fired++);
  const cancel = clock.after(-5, () => fired++);
  assert.equal(fired, 0);
  cancel();
  cancel();
  await clock.settle();
  assert.equal(fired, 1);
  assert.equal(clock.monotonic(), 0);
});

test('until() stops at the moment the condition holds', async () => {
  const clock = makeClock();
  let door = 'shut';
  clock.after(250, () => (door = 'open'));
  clock.after(300, () => (door = 'broken'));
  await clock.until(() => door === 'open', 1000);
  assert.equal(clock.monotonic(), 250);
});

test('until() rejects when the limit has passed or nothing is left to wait for', async () => {
  const clock = makeClock();
  await assert.rejects(
    clock.until(() => false, 1000),
    /no timer is left/,
  );
  clock.after(5000, () => {});
  await assert.rejects(
    clock.until(() => false, 1000),
    /still does not after 1000 ms/,
  );
});
