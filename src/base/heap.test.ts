import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap } from './heap.ts';
import { seededRng } from './rng.ts';

test('pop() gives the items in order, whatever order they came in', () => {
  const rng = seededRng(1);
  const numbers = Array.from({ length: 500 }, () => rng.below(100));
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of numbers) heap.push(number);
  assert.equal(heap.size, 500);
  const popped = numbers.map(() => heap.pop());
  assert.deepEqual(
    popped,
    numbers.toSorted((a, b) => a - b),
  );
  assert.equal(heap.size, 0);
});

test('pop() and peek() of an empty heap are undefined', () => {
  const heap = new Heap<number>((a, b) => a < b);
  assert.equal(heap.peek(), undefined);
  assert.equal(heap.pop(), undefined);
});

test('peek() shows what pop() will give and keeps it', () => {
  const heap = new Heap<string>((a, b) => a < b);
  for (const word of ['mast', 'anchor', 'keel']) heap.push(word);
  assert.equal(heap.peek(), 'anchor');
  assert.equal(heap.size, 3);
  assert.equal(heap.pop(), 'anchor');
  heap.push('bow');
  assert.equal(heap.pop(), 'bow');
});
