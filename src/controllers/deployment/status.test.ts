import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/generated/apps/v1.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { conditionOf, withPause } from './conditions.ts';
import { plainStatus, rolloutStatus, untilOverdueMs } from './status.ts';
import { deploymentOf, replicaSetOf } from './trial-objects.ts';

const startMs = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds: number) => timestampOf(startMs - seconds * 1000);
const progressing = (reason: string, seconds: number, status = 'True') => ({
  conditions: [{ type: 'Progressing', status, reason, lastUpdateTime: ago(seconds), lastTransitionTime: ago(seconds + 100), message: '' }],
});
const status = (deployment: Deployment, current: ReplicaSet | undefined, ...old: ReplicaSet[]): DeploymentStatus =>
  rolloutStatus(deployment, { ...(current && { current }), old }, startMs);
const told = ({ conditions }: DeploymentStatus): string | undefined => {
  const found = conditionOf(conditions, 'Progressing');
  return found && `${found.status} ${found.reason}: ${found.message} (${found.lastUpdateTime}, ${found.lastTransitionTime})`;
};

test('counts are summed over all replica sets, and those of the current one are the updated', () => {
  const current = replicaSetOf('z', 3, { available: 1, status: { terminatingReplicas: 1 } });
  const old = replicaSetOf('a', 2, { actual: 3, available: 2, status: { terminatingReplicas: 0 } });
  const { conditions: _conditions, ...counts } = plainStatus(deploymentOf(4), { current, old: [old] }, startMs);
  assert.deepEqual(counts, {
    observedGeneration: 1,
    replicas: 6,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    unavailableReplicas: 2,
    terminatingReplicas: 1,
  });
});

test('terminating pods are told only when every replica set tells', () => {
  const fresh = replicaSetOf('z', 1, { status: { observedGeneration: 0 } });
  const telling = replicaSetOf('a', 1, { status: { terminatingReplicas: 2 } });
  const terminating = (...old: ReplicaSet[]) => plainStatus(deploymentOf(4), { old }, startMs).terminatingReplicas;
  assert.equal(terminating(fresh, telling), 2);
  assert.equal(terminating(fresh, telling, replicaSetOf('b', 1)), undefined);
});

test('enough is available when no more is missing than may be', () => {
  const available = (count: number) =>
    conditionOf(plainStatus(deploymentOf(4), { old: [replicaSetOf('a', count)] }, startMs).conditions, 'Available');
  assert.deepEqual([available(3)?.reason, available(3)?.message], ['MinimumReplicasAvailable', 'Deployment has minimum availability.']);
  assert.deepEqual([available(2)?.status, available(2)?.reason], ['False', 'MinimumReplicasUnavailable']);
});

test('a rollout that gets on says so each time, and its transition keeps its time', () => {
  const before = { ...progressing('ReplicaSetUpdated', 60), updatedReplicas: 1, replicas: 4 };
  assert.equal(
    told(status(deploymentOf(4, {}, before), replicaSetOf('z', 2), replicaSetOf('a', 2))),
    `True ReplicaSetUpdated: ReplicaSet "z" is progressing. (${ago(0)}, ${ago(160)})`,
  );
  const still = { ...before, updatedReplicas: 2, readyReplicas: 4, availableReplicas: 4 };
  assert.equal(
    told(status(deploymentOf(4, {}, still), replicaSetOf('z', 2), replicaSetOf('a', 2))),
    `True ReplicaSetUpdated:  (${ago(60)}, ${ago(160)})`,
  );
});

test('a complete rollout says so once', () => {
  const done = status(deploymentOf(4, {}, progressing('ReplicaSetUpdated', 60)), replicaSetOf('z', 4));
  assert.equal(told(done), `True NewReplicaSetAvailable: ReplicaSet "z" has successfully progressed. (${ago(0)}, ${ago(160)})`);
  const lostOne = status(deploymentOf(4, {}, { ...done, readyReplicas: 4 }), replicaSetOf('z', 4, { available: 3 }));
  assert.equal(told(lostOne), told(done));
});

test('after the deadline without progress a rollout is stuck, until it gets on', () => {
  const broken = replicaSetOf('z', 2, { available: 0 });
  const after = (seconds: number, reason = 'ReplicaSetUpdated') =>
    status(deploymentOf(4, {}, { ...progressing(reason, seconds), replicas: 2, updatedReplicas: 2 }), broken);
  assert.match(told(after(600))!, /^True ReplicaSetUpdated/);
  assert.match(told(after(601))!, /^False ProgressDeadlineExceeded: ReplicaSet "z" has timed out progressing\./);
  assert.match(told(after(601, 'NewReplicaSetAvailable'))!, /^True NewReplicaSetAvailable/);
  const stuck = { ...after(601), availableReplicas: 0 };
  assert.match(told(status(deploymentOf(4, {}, stuck), replicaSetOf('z', 2, { available: 1 })))!, /^True ReplicaSetUpdated/);
});

test('without a deadline there is no word of progress', () => {
  const spec = { progressDeadlineSeconds: 2 ** 31 - 1 };
  assert.equal(told(status(deploymentOf(4, spec, progressing('ReplicaSetUpdated', 60)), replicaSetOf('z', 4))), undefined);
});

test('one looks again at the deadline, but not when there is nothing to wait for', () => {
  const until = (reason: string, seconds: number, counts: DeploymentStatus = {}) => {
    const now = { ...progressing(reason, seconds), ...counts };
    return untilOverdueMs(deploymentOf(4, {}, now), now, startMs);
  };
  assert.equal(until('ReplicaSetUpdated', 60), 540_000);
  assert.equal(until('ProgressDeadlineExceeded', 60), undefined);
  assert.equal(
    until('NewReplicaSetAvailable', 60, { replicas: 4, updatedReplicas: 4, availableReplicas: 4, observedGeneration: 1 }),
    undefined,
  );
});

test('what a replica set could not do is told, the current one’s failure first, and taken back', () => {
  const failing = (message: string) => ({
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago(5) }],
  });
  const [old, current] = [replicaSetOf('a', 2, { status: failing('old') }), replicaSetOf('z', 2, { status: failing('new') })];
  const failed = status(deploymentOf(4), current, old);
  const { message, lastUpdateTime } = conditionOf(failed.conditions, 'ReplicaFailure')!;
  assert.deepEqual([message, lastUpdateTime], ['new', ago(5)]);
  const over = status(deploymentOf(4, {}, failed), replicaSetOf('z', 2), replicaSetOf('a', 2));
  assert.equal(conditionOf(over.conditions, 'ReplicaFailure'), undefined);
});

test('pausing and going on are told, but a rollout that was stuck stays so', () => {
  const reason = (paused: boolean, before: string) =>
    conditionOf(withPause(deploymentOf(4, { paused }, progressing(before, 60)), startMs).status.conditions, 'Progressing')?.reason;
  assert.equal(reason(true, 'ReplicaSetUpdated'), 'DeploymentPaused');
  assert.equal(reason(false, 'DeploymentPaused'), 'DeploymentResumed');
  assert.equal(reason(false, 'ReplicaSetUpdated'), 'ReplicaSetUpdated');
  assert.equal(reason(true, 'ProgressDeadlineExceeded'), 'ProgressDeadlineExceeded');
});
