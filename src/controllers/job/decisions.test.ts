import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job, JobSpec, JobStatus } from '../../api/generated/batch/v1.ts';
import type { Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { waitMs, withEnded } from './back-off.ts';
import { takeCensus } from './census.ts';
import { matchFailure } from './failure-policy.ts';
import { countShared, hasIndex, indexesOf, indexesText, lowestFree, readIndexes, union } from './indexes.ts';
import { completionIndexKey, trackingFinalizer } from './job-state.ts';
import { planPods } from './plan.ts';
import { indexedNamePrefix, indexedTemplate } from './pod-template.ts';
import { successMessage } from './success-policy.ts';
import { concluded, settled, tally } from './tally.ts';
import { verdictOn } from './verdict.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const jobOf = (spec: Partial<JobSpec> = {}, status: JobStatus = {}): Job => ({
  metadata: { name: 'job', namespace: 'ns', uid: 'job-uid' },
  spec: {
    parallelism: 2,
    completions: 3,
    backoffLimit: 6,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
    ...spec,
  },
  status,
});
const podOf = (
  name: string,
  phase: NonNullable<PodStatus['phase']>,
  more: { index?: number; going?: boolean; tracked?: boolean; status?: PodStatus; node?: string } = {},
): Pod => ({
  metadata: {
    name,
    namespace: 'ns',
    uid: name,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...(more.tracked !== false && { finalizers: [trackingFinalizer] }),
    ...(more.going && { deletionTimestamp: '2026-01-01T00:59:00Z' }),
    ...(more.index !== undefined && { annotations: { [completionIndexKey]: String(more.index) } }),
  },
  spec: { containers: [], ...(more.node && { nodeName: more.node }) },
  status: { phase, ...more.status },
});
const exited = (code: number, name = 'c'): PodStatus => ({
  phase: 'Failed',
  containerStatuses: [
    {
      name,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode: code, finishedAt: '2026-01-01T00:59:55Z' } },
    },
  ],
});
const indexed = { completionMode: 'Indexed' } as const;

describe('indexes of a job', () => {
  test('are written as intervals, two in a row as two', () => {
    assert.equal(indexesText(indexesOf([5, 0, 1, 3, 4, 3, 9, 10])), '0,1,3-5,9,10');
    assert.equal(indexesText(readIndexes('0,2-4,x,6-9', 8)), '0,2-4,6,7');
    assert.deepEqual(readIndexes('', 5), []);
  });

  test('unite, intersect and are found', () => {
    const some = union(readIndexes('0-2,7', 10), readIndexes('3,5', 10));
    assert.equal(indexesText(some), '0-3,5,7');
    assert.equal(countShared(some, readIndexes('2-5', 10)), 3);
    assert.deepEqual([hasIndex(some, 3), hasIndex(some, 4), hasIndex(some, 8)], [true, false, false]);
  });

  test('the lowest free ones come first, and none beyond the completions', () => {
    assert.deepEqual(lowestFree(readIndexes('0,2,3', 10), 3, 6), [1, 4, 5]);
    assert.deepEqual(lowestFree(readIndexes('0-5', 6), 3, 6), []);
    assert.deepEqual(lowestFree([], 2, 6), [0, 1]);
  });
});

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

describe('failure policy of a job', () => {
  const policy = {
    rules: [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
      { action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [1, 2] } },
    ],
  } as const;

  test('the first rule that matches decides', () => {
    const disrupted = podOf('p', 'Failed', {
      status: { ...exited(42, 'main'), conditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    });
    assert.deepEqual(matchFailure(policy, disrupted), { action: 'Ignore', counts: false });
    assert.deepEqual(matchFailure(policy, podOf('p', 'Failed', { status: exited(42, 'main') })), {
      action: 'FailJob',
      counts: true,
      failsJob: 'Container main for pod ns/p failed with exit code 42 matching FailJob rule at index 1',
    });
    assert.deepEqual(matchFailure(policy, podOf('p', 'Failed', { status: exited(42) })), { action: 'FailIndex', counts: true });
    assert.deepEqual(matchFailure(policy, podOf('p', 'Failed', { status: exited(1) })), { counts: true });
  });

  test('an exit code of 0 matches no rule', () => {
    assert.deepEqual(matchFailure(policy, podOf('p', 'Failed', { status: exited(0) })), { counts: true });
  });
});

test('a success policy is fulfilled by its indexes, or by as many of them as it asks for', () => {
  const rules = (...of: { succeededIndexes?: string; succeededCount?: number }[]) => ({ rules: of });
  assert.equal(successMessage(rules({ succeededIndexes: '1-3' }), readIndexes('1,3', 5), 5), undefined);
  assert.equal(
    successMessage(rules({ succeededIndexes: '4' }, { succeededIndexes: '1-3', succeededCount: 2 }), readIndexes('1,3', 5), 5),
    'Matched rules at index 1',
  );
  assert.equal(successMessage(rules({ succeededCount: 2 }), readIndexes('0,4', 5), 5), 'Matched rules at index 0');
  assert.equal(successMessage(undefined, readIndexes('0-4', 5), 5), undefined);
});

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

test('the pod of an index has it in labels, annotations, host name and environment, and how often it failed', () => {
  const job = jobOf({ ...indexed, backoffLimitPerIndex: 3 });
  const failed = podOf('a', 'Failed', { index: 1 });
  const { metadata, spec } = indexedTemplate(job, 1, failed);
  assert.equal(metadata?.labels?.['batch.kubernetes.io/job-completion-index'], '1');
  assert.equal(metadata.annotations?.['batch.kubernetes.io/job-completion-index'], '1');
  assert.equal(metadata.annotations['batch.kubernetes.io/job-index-failure-count'], '1');
  assert.deepEqual(metadata.finalizers, [trackingFinalizer]);
  assert.equal(spec?.hostname, 'job-1');
  assert.equal(spec.containers[0]?.env?.[0]?.valueFrom?.fieldRef?.fieldPath, "metadata.labels['batch.kubernetes.io/job-completion-index']");
  const long: Job = { ...job, metadata: { name: 'x'.repeat(63) } };
  assert.equal(indexedNamePrefix(long, 12), `${'x'.repeat(54)}-12-`);
});
