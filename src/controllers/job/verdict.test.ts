import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../api/generated/batch/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { takeCensus } from './census.ts';
import { verdictOn } from './verdict.ts';
import { nowMs, jobOf, podOf, exited, indexed } from './test-objects.ts';

describe('verdict on a job', () => {
  const verdict = (job: Job, pods: Pod[]) => verdictOn(takeCensus(job, pods), nowMs);
  const reason = (job: Job, pods: Pod[] = []) => verdict(job, pods)?.reason;

  test('too many failures, too long a time, too many restarts', () => {
    assert.equal(reason(jobOf({ backoffLimit: 1 }), [podOf('a', 'Failed'), podOf('b', 'Failed')]), 'BackoffLimitExceeded');
    assert.equal(reason(jobOf({ backoffLimit: 2 }), [podOf('a', 'Failed'), podOf('b', 'Failed')]), undefined);
    const late = jobOf({ activeDeadlineSeconds: 60 }, { startTime: '2026-01-01T00:59:00Z' });
    assert.equal(reason(late), 'DeadlineExceeded');
    assert.equal(reason({ ...late, spec: { ...late.spec, suspend: true } }), undefined);
    const template = { spec: { restartPolicy: 'OnFailure', containers: [] } } as const;
    const restarted = podOf('a', 'Running', {
      status: { containerStatuses: [{ name: 'c', image: '', imageID: '', ready: true, restartCount: 3 }] },
    });
    assert.equal(reason(jobOf({ template, backoffLimit: 3 }), [restarted]), 'BackoffLimitExceeded');
    assert.equal(reason(jobOf({ template, backoffLimit: 4 }), [restarted]), undefined);
  });

  test('what was decided stays, whatever happens after', () => {
    const target = { type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded', message: 'late' };
    assert.deepEqual(
      (({ type, reason: why, message }) => ({ type, why, message }))(verdict(jobOf({}, { conditions: [target], succeeded: 3 }), [])!),
      { type: 'Failed', why: 'DeadlineExceeded', message: 'late' },
    );
  });

  test('failed indexes fail the job when no other is left, or when there are too many', () => {
    const job = jobOf({ ...indexed, backoffLimitPerIndex: 0 }, { completedIndexes: '0,1' });
    const pods = [podOf('a', 'Failed', { index: 2, status: exited(1) })];
    assert.equal(reason(job, pods), 'FailedIndexes');
    assert.equal(reason({ ...job, spec: { ...job.spec, maxFailedIndexes: 0, completions: 9 } }, pods), 'MaxFailedIndexesExceeded');
    assert.equal(reason({ ...job, spec: { ...job.spec, completions: 9 } }, pods), undefined);
  });
});
