import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { takeCensus } from './census.ts';
import { planPods } from './plan.ts';
import { nowMs, jobOf, podOf, exited, indexed } from './test-objects.ts';

describe('plan of a job', () => {
  const plan = (job: Job, pods: Pod[], failures = { count: 0 }) => planPods(takeCensus(job, pods), failures, nowMs);

  test('no more pods than completions remain, nor than may run side by side', () => {
    assert.deepEqual(plan(jobOf(), []), { do: 'create', count: 2 });
    assert.deepEqual(plan(jobOf({}, { succeeded: 2 }), []), { do: 'create', count: 1 });
    assert.deepEqual(plan(jobOf({}, { succeeded: 2 }), [podOf('a', 'Running')]), { do: 'nothing' });
  });

  test('without completions a success ends the making of pods, not the pods', () => {
    const queue: Job = { ...jobOf(), spec: { ...jobOf().spec, completions: undefined } };
    assert.deepEqual(plan(queue, [podOf('a', 'Running')]), { do: 'create', count: 1 });
    assert.deepEqual(plan({ ...queue, status: { succeeded: 1 } }, [podOf('a', 'Running')]), { do: 'nothing' });
  });

  test('a pod that is going is replaced at once, or when it has gone', () => {
    const pods = [podOf('a', 'Running'), podOf('b', 'Running', { going: true })];
    assert.deepEqual(plan(jobOf({ podReplacementPolicy: 'TerminatingOrFailed' }), pods), { do: 'create', count: 1 });
    assert.deepEqual(plan(jobOf({ podReplacementPolicy: 'Failed' }), pods), { do: 'nothing' });
  });

  test('after failures it waits', () => {
    assert.deepEqual(planPods(takeCensus(jobOf(), []), { count: 2, lastMs: nowMs - 5_000 }, nowMs), { do: 'wait', ms: 15_000 });
  });

  test('a suspended job keeps no pod', () => {
    const pods = [podOf('a', 'Running'), podOf('b', 'Pending')];
    const found = plan(jobOf({ suspend: true }), pods);
    assert.deepEqual(found.do === 'delete' && found.pods.length, 2);
    assert.deepEqual(plan(jobOf({ suspend: true }), []), { do: 'nothing' });
  });

  test('with less parallelism the pods that have come least far go first', () => {
    const pods = [podOf('run', 'Running', { node: 'n' }), podOf('wait', 'Pending')];
    assert.deepEqual(plan(jobOf({ parallelism: 1 }), pods), { do: 'delete', pods: [pods[1]] });
  });

  test('an index has one pod: doubles and indexes that the job does not have go', () => {
    const pods = [
      podOf('a', 'Running', { index: 0, node: 'n' }),
      podOf('b', 'Pending', { index: 0 }),
      podOf('c', 'Running', { index: 7, node: 'n' }),
    ];
    const found = plan(jobOf(indexed), pods);
    assert.deepEqual(found.do === 'delete' && new Set(found.pods.map(({ metadata }) => metadata.name)), new Set(['b', 'c']));
  });

  test('free indexes are filled from below, and each waits for its own failures only', () => {
    assert.deepEqual(plan(jobOf(indexed, { completedIndexes: '0' }), [podOf('a', 'Running', { index: 1 })]), {
      do: 'create',
      count: 1,
      indexes: [2],
    });
    const failed = podOf('a', 'Failed', { index: 0, status: exited(1) });
    const job = jobOf({ ...indexed, backoffLimitPerIndex: 2 });
    assert.deepEqual(plan(job, [failed]), { do: 'create', count: 1, indexes: [1] });
    assert.deepEqual(plan({ ...job, status: { completedIndexes: '1,2' } }, [failed]), { do: 'wait', ms: 5_000 });
  });
});
