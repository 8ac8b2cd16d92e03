import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodedCache, type Holder } from './decoded-cache.ts';

class TrialHolder implements Holder {
  used = false;
  released = 0;
  release(): void {
    this.released++;
  }
}

test('add() releases the oldest forms once the budget is passed', () => {
  const cache = new DecodedCache(100);
  const [a, b, c] = [new TrialHolder(), new TrialHolder(), new TrialHolder()];
  for (const holder of [a, b, c]) cache.add(holder, 40);
  assert.deepEqual([a.released, b.released, c.released], [1, 0, 0]);
  assert.equal(cache.heldBytes, 80);
});

test('a form that was used since it was last looked at gets a second chance, and one only', () => {
  const cache = new DecodedCache(100);
  const [a, b, c, d] = [new TrialHolder(), new TrialHolder(), new TrialHolder(), new TrialHolder()];
  cache.add(a, 40);
  cache.add(b, 40);
  a.used = true;
  cache.add(c, 40);
  assert.deepEqual([a.released, b.released], [0, 1]);
  cache.add(d, 80);
  assert.equal(a.released + c.released, 2);
});

test('a form larger than the whole budget is kept while it is the newest', () => {
  const cache = new DecodedCache(10);
  const large = new TrialHolder();
  cache.add(large, 1000);
  assert.equal(large.released, 0);
  cache.add(new TrialHolder(), 5);
  assert.equal(large.released, 1);
  assert.equal(cache.heldBytes, 5);
});

test('adding a holder again replaces what it was counted with', () => {
  const cache = new DecodedCache(100);
  const holder = new TrialHolder();
  cache.add(holder, 30);
  cache.add(holder, 50);
  assert.equal(cache.heldBytes, 50);
});
