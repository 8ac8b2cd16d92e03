import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { Job as JobObject } from '../../api/generated/batch/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('ttl after finished', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['ttl-after-finished-controller', 'garbage-collector-controller'] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'job' };
  const exists = () =>
    plane.client.get(Job, at).then(
      () => true,
      (error: unknown) => (isNotFound(error) ? false : assert.fail(String(error))),
    );

  async function makeFinished(ttlSecondsAfterFinished?: number, more: object = {}) {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
    const spec = { template, ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }) };
    const job = await plane.client.create(Job, { metadata: at, spec } as unknown as JobObject);
    const time = '2026-01-01T00:00:00Z';
    const condition = (type: string) => ({ type, status: 'True', lastProbeTime: time, lastTransitionTime: time, reason: 'X', message: '' });
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
    await plane.client.updateStatus(Job, {
      ...job,
      status: { startTime: time, completionTime: time, conditions, succeeded: 1, ...more },
    });
  }

  test('a finished job goes when its time to live is over, and not before', async () => {
    await makeFinished(30);
    await plane.clock.advance(29_000);
    assert.equal(await exists(), true);
    await plane.clock.advance(2_000);
    assert.equal(await exists(), false);
  });

  test('a time to live of 0 ends it at once, and none never', async () => {
    await makeFinished();
    await plane.clock.advance(3_600_000);
    assert.equal(await exists(), true);
    await plane.client.patch(Job, at, 'merge', { spec: { ttlSecondsAfterFinished: 0 } });
    await plane.clock.advance(1_000);
    assert.equal(await exists(), false);
  });

  test('a time to live that is made longer counts', async () => {
    await makeFinished(10);
    await plane.client.patch(Job, at, 'merge', { spec: { ttlSecondsAfterFinished: 100 } });
    await plane.clock.advance(60_000);
    assert.equal(await exists(), true);
    await plane.clock.advance(41_000);
    assert.equal(await exists(), false);
  });
});
