import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchFailure } from './failure-policy.ts';
import { podOf, exited } from './test-objects.ts';

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
