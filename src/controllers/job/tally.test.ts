import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { takeCensus } from './census.ts';
import { concluded, settled, tally } from './tally.ts';
import { verdictOn } from './verdict.ts';
import { nowMs, jobOf, podOf, exited, indexed } from './test-objects.ts';

describe('tally of a job', () => {
  const take = (job: Job, pods: Pod[]) => {
    const census = takeCensus(job, pods);
    return tally(census, job.status, verdictOn(census, nowMs));
  };

  test('a pod is noted before its finalizer goes, and counted when it has gone', () => {
    const pods = [podOf('a', 'Succeeded'), podOf('b', 'Failed'), podOf('c', 'Running')];
    const { status, release } = take(jobOf(), pods);
    assert.deepEqual(status.uncountedTerminatedPods, { succeeded: ['a'], failed: ['b'] });
    assert.deepEqual(
      release.map(({ metadata }) => metadata.name),
      ['a', 'b'],
    );
    assert.deepEqual([status.succeeded, status.failed], [undefined, undefined]);
    const counted = settled(status, new Set(['b', 'c']));
    assert.deepEqual([counted.succeeded, counted.failed, counted.uncountedTerminatedPods], [1, undefined, { failed: ['b'] }]);
  });

  test('a pod that was noted before is not noted twice', () => {
    const { status } = take(jobOf({}, { uncountedTerminatedPods: { succeeded: ['a'] } }), [podOf('a', 'Succeeded')]);
    assert.deepEqual(status.uncountedTerminatedPods, { succeeded: ['a'] });
  });

  test('a pod that was noted as failed and then succeeds does not complete its index too', () => {
    const job = jobOf({ ...indexed, backoffLimit: 0 }, { failed: 1, uncountedTerminatedPods: { failed: ['a'] } });
    const { status } = take(job, [podOf('a', 'Succeeded', { index: 1, going: true })]);
    assert.deepEqual(status.uncountedTerminatedPods, { failed: ['a'] });
    assert.deepEqual([status.succeeded, status.completedIndexes], [0, '']);
  });

  test('the failed pod of an index stays until its replacement is there', () => {
    const job = jobOf({ ...indexed, backoffLimitPerIndex: 2 });
    const failed = podOf('a', 'Failed', { index: 0, status: exited(1) });
    assert.deepEqual(take(job, [failed]).release, []);
    assert.deepEqual(take(job, [failed, podOf('b', 'Pending', { index: 0 })]).release, [failed]);
  });

  test('when the job fails, its pods at work count as failed', () => {
    const { status, release } = take(jobOf({ backoffLimit: 0 }), [podOf('a', 'Failed'), podOf('b', 'Running')]);
    assert.deepEqual(status.uncountedTerminatedPods, { failed: ['a', 'b'] });
    assert.equal(release.length, 2);
    assert.equal(status.conditions?.[0]?.type, 'FailureTarget');
  });

  test('500 are noted at a time', () => {
    const pods = Array.from({ length: 600 }, (_, index) => podOf(`p${index}`, 'Succeeded'));
    const { release, isFull } = take(jobOf({ completions: 1000, parallelism: 1000 }), pods);
    assert.deepEqual([release.length, isFull], [500, true]);
  });

  test('the last word waits until everything is counted and gone', () => {
    const verdict = verdictOn(takeCensus(jobOf({ backoffLimit: 0 }, { failed: 1 }), []), nowMs)!;
    assert.equal(concluded({ uncountedTerminatedPods: { failed: ['a'] } }, verdict, 0, nowMs), undefined);
    assert.equal(concluded({}, verdict, 1, nowMs), undefined);
    assert.equal(concluded({}, verdict, 0, nowMs)?.conditions?.[0]?.type, 'Failed');
  });
});
