import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPod } from '../plugins/test-objects.ts';
import { byImportance, leastHarmful, type Candidate } from './candidate.ts';

const victim = (priority: number, startTime?: string) => ({ ...testPod('v', { priority }), status: startTime ? { startTime } : {} });
const on = (nodeName: string, victims: Candidate['victims'], violations = 0): Candidate => ({ nodeName, victims, violations });
const early = '2026-01-01T00:00:00Z';
const late = '2026-01-02T00:00:00Z';

test('the fewest broken budgets, then the lowest high priority, the lowest sum, the fewest victims, and the latest start decide', () => {
  const best = (...candidates: Candidate[]) => leastHarmful(candidates)?.nodeName;
  assert.equal(best(), undefined);
  assert.equal(best(on('a', [victim(1)], 1), on('b', [victim(100), victim(100)])), 'b');
  assert.equal(best(on('a', [victim(5)]), on('b', [victim(4), victim(4), victim(4)])), 'b');
  assert.equal(best(on('a', [victim(5), victim(4)]), on('b', [victim(5), victim(3)])), 'b');
  assert.equal(best(on('a', [victim(-5), victim(-5)]), on('b', [victim(-5)])), 'b');
  assert.equal(best(on('a', [victim(5, early)]), on('b', [victim(5, late)])), 'b');
  assert.equal(best(on('a', [victim(5, late)]), on('b', [victim(5, late)])), 'a');
});

test('only the start of the most important victims counts', () => {
  const a = on('a', [victim(5, late), victim(1, early)]);
  const b = on('b', [victim(5, early), victim(1, late)]);
  assert.equal(leastHarmful([b, a])?.nodeName, 'a');
});

test('higher priority is more important, then the longer run', () => {
  const pods = [victim(1, late), victim(2), victim(1, early), victim(1)];
  assert.deepEqual([...pods].sort(byImportance), [pods[1], pods[2], pods[0], pods[3]]);
});
