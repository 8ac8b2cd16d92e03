import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../../api/generated/core/v1.ts';
import { waitMs, withEnded } from './back-off.ts';
import { nowMs, podOf } from './test-objects.ts';

describe('back-off of a job', () => {
  test('doubles with each failure up to ten minutes', () => {
    const wait = (count: number) => waitMs({ count, lastMs: nowMs }, nowMs);
    assert.deepEqual([0, 1, 2, 3, 10].map(wait), [0, 10_000, 20_000, 40_000, 600_000]);
    assert.equal(waitMs({ count: 1, lastMs: nowMs - 9_000 }, nowMs), 1_000);
  });

  test('a success ends it, and only failures after it count', () => {
    const at = (seconds: string, phase: 'Succeeded' | 'Failed'): Pod =>
      podOf(seconds, phase, {
        status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: `2026-01-01T00:00:${seconds}Z` }] },
      });
    const after = withEnded({ count: 4, lastMs: 1 }, [at('20', 'Succeeded')], [at('10', 'Failed'), at('30', 'Failed')]);
    assert.deepEqual(after, { count: 1, lastMs: Date.parse('2026-01-01T00:00:30Z') });
    assert.deepEqual(withEnded({ count: 4, lastMs: 1 }, [at('20', 'Succeeded')], []), { count: 0 });
    assert.equal(withEnded({ count: 4, lastMs: 1 }, [], [at('10', 'Failed')]).count, 5);
  });
});
