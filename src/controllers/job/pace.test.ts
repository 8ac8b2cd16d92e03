import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../api/generated/batch/v1.ts';
import { Pace } from './pace.ts';

const job = (generation: number, uid = 'u'): Job => ({
  metadata: { name: 'job', namespace: 'ns', uid, generation },
  spec: { template: {} },
  status: {},
});

test('a job is gone through once a second, but what its owner wants does not wait', () => {
  const pace = new Pace();
  assert.equal(pace.restMs(job(1), 0), 0);
  assert.equal(pace.restMs(job(1), 400), 600);
  assert.equal(pace.restMs(job(2), 400), 0);
  assert.equal(pace.restMs(job(2), 1_000), 400);
  assert.equal(pace.restMs(job(2), 1_400), 0);
  assert.equal(pace.restMs(job(2, 'another'), 1_500), 0);
});
