import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheEvent } from './cache-event.ts';
import { EventRing, type RingLimits } from './event-ring.ts';

const limits: RingLimits = { minEvents: 3, maxEvents: 10, maxBytes: 1000, keepMs: 100 };
const event = (sequence: number, { revision = sequence + 10, atMs = 0, bytes = 1 } = {}) =>
  ({ sequence, revision, atMs, bytes }) as CacheEvent;

function ringOf(count: number, nowMs = 0, bytes = 1): EventRing {
  const ring = new EventRing(5, limits);
  for (let i = 0; i < count; i++) ring.push(event(i, { bytes }), nowMs);
  return ring;
}

test('a new ring has dropped what lies before its start', () => {
  const ring = ringOf(0);
  assert.equal(ring.droppedRevision, 5);
  assert.equal(ring.at(0), undefined);
  assert.equal(ring.sequenceAfter(5, 0), 0);
});

test('push() drops the oldest beyond the count, and says up to which revision', () => {
  const ring = ringOf(14);
  assert.equal(ring.size, 10);
  assert.equal(ring.droppedRevision, 13);
  assert.equal(ring.at(3), undefined);
  assert.equal(ring.at(4)?.revision, 14);
  assert.equal(ring.at(14), undefined);
});

test('old events go, but for the minimum', () => {
  assert.equal(ringOf(5, 1000).size, 3);
  assert.equal(ringOf(5, 50).size, 5);
});

test('the bytes are bounded, but for the minimum', () => {
  assert.equal(ringOf(8, 0, 300).size, 3);
});

test('sequenceAfter() finds the first event after a revision, and the next one where there is none', () => {
  const ring = ringOf(5);
  assert.equal(ring.sequenceAfter(9, 5), 0);
  assert.equal(ring.sequenceAfter(12, 5), 3);
  assert.equal(ring.sequenceAfter(99, 5), 5);
});

test('events are found by their number after the ring has been cut many times', () => {
  const ring = ringOf(5000);
  assert.equal(ring.firstSequence, 4990);
  for (let sequence = 4990; sequence < 5000; sequence++) assert.equal(ring.at(sequence)?.sequence, sequence);
});
