import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Job as JobObject, JobSpec } from '../../api/generated/batch/v1.ts';
import type { Pod as PodObject, PodStatus } from '../../api/generated/core/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('job controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({
      controllers: ['job-controller', 'serviceaccount-controller', 'garbage-collector-controller'],
    });
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'job' };
  const make = (spec: Partial<JobSpec> = {}) => {
    const template = { ...spec.template, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
    return plane.client.create<JobObject>(Job, { metadata: at, spec: { ...spec, template }, status: {} });
  };
  /** A second is what the controller takes together. */
  const settle = () => plane.clock.advance(1_050);
  const job = async () => {
    await settle();
    return plane.client.get(Job, at);
  };
  const pods = async () => {
    await settle();
    const { items } = await plane.client.list(Pod, { namespace: at.namespace });
    return [...items].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  };
  const active = async () =>
    (await pods()).filter(
      ({ status, metadata }) => !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
    );
  const condition = async (type: string) => (await job()).status.conditions?.find((one) => one.type === type && one.status === 'True');
  const events = async (reason: string) => {
    await plane.clock.advance(200);
    return (await plane.client.list(Event, { namespace: at.namespace })).items.filter((event) => event.reason === reason);
  };
  /** As a kubelet would say it. */
  const say = (pod: PodObject, phase: string, exitCode = phase === 'Failed' ? 1 : 0) => {
    const finishedAt = new Date(plane.clock.now()).toISOString();
    const ended = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode, finishedAt } } };
    const status = { phase, ...(phase !== 'Running' && { containerStatuses: [ended] }) } as PodStatus;
    return plane.client.patch(Pod, { namespace: at.namespace, name: pod.metadata.name! }, 'merge', { status }, { subresource: 'status' });
  };
  const tracked = (some: readonly PodObject[]) =>
    some.filter(({ metadata }) => metadata.finalizers?.includes('batch.kubernetes.io/job-tracking'));

  test('two pods at a time until three have succeeded, then the job is complete and no pod is held', async () => {
    await make({ completions: 3, parallelism: 2 });
    const first = await pods();
    assert.equal(first.length, 2);
    assert.match(first[0]!.metadata.name!, /^job-[a-z0-9]{5}$/);
    for (const pod of first) await say(pod, 'Running');
    assert.equal((await job()).status.active, 2);
    await say(first[0]!, 'Succeeded');
    assert.equal((await job()).status.succeeded, 1);
    assert.equal((await active()).length, 2);
    for (const pod of await active()) await say(pod, 'Succeeded');
    const { status } = await job();
    assert.deepEqual([status.succeeded, status.active, status.ready, status.terminating], [3, undefined, 0, 0]);
    assert.deepEqual(status.uncountedTerminatedPods, {});
    assert.deepEqual(
      status.conditions?.map(({ type, reason, message }) => [type, reason, message]),
      ['SuccessCriteriaMet', 'Complete'].map((type) => [type, 'CompletionsReached', 'Reached expected number of succeeded pods']),
    );
    assert.ok(status.completionTime);
    assert.deepEqual(tracked(await pods()), []);
    assert.equal((await events('Completed'))[0]?.message, 'Job completed');
    assert.equal((await events('SuccessfulCreate')).length, 3);
  });

  test('a failed pod is replaced after ten seconds, the next after twenty, and then the job has failed', async () => {
    await make({ backoffLimit: 2 });
    await say((await active())[0]!, 'Failed');
    await plane.clock.advance(8_000);
    assert.equal((await active()).length, 0);
    await plane.clock.advance(1_000);
    await say((await active())[0]!, 'Failed');
    await plane.clock.advance(18_000);
    assert.equal((await active()).length, 0);
    await plane.clock.advance(1_000);
    await say((await active())[0]!, 'Failed');
    const { status } = await job();
    assert.equal(status.failed, 3);
    assert.deepEqual(
      status.conditions?.map(({ type, reason, message }) => [type, reason, message]),
      ['FailureTarget', 'Failed'].map((type) => [type, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit']),
    );
    assert.equal((await events('BackoffLimitExceeded'))[0]?.type, 'Warning');
    assert.deepEqual(tracked(await pods()), []);
  });

  test('a job past its deadline ends its pods, and fails when they have gone', async () => {
    await make({ activeDeadlineSeconds: 30, parallelism: 2, completions: 2 });
    const [held] = await pods();
    await plane.client.patch(Pod, { namespace: at.namespace, name: held!.metadata.name! }, 'merge', {
      metadata: { finalizers: [...held!.metadata.finalizers!, 'example.com/hold'] },
    });
    await plane.clock.advance(31_000);
    assert.equal((await condition('FailureTarget'))?.reason, 'DeadlineExceeded');
    assert.equal(await condition('Failed'), undefined);
    assert.equal((await job()).status.terminating, 1);
    await plane.client.patch(Pod, { namespace: at.namespace, name: held!.metadata.name! }, 'merge', { metadata: { finalizers: null } });
    assert.equal((await condition('Failed'))?.message, 'Job was active longer than specified deadline');
    assert.deepEqual([(await job()).status.failed, (await pods()).length], [2, 0]);
  });

  test('each index of an Indexed job is done once', async () => {
    await make({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
    const all = await pods();
    assert.deepEqual(
      all.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index']),
      ['0', '1', '2'],
    );
    assert.match(all[1]!.metadata.name!, /^job-1-/);
    assert.equal(all[1]!.spec.hostname, 'job-1');
    await say(all[0]!, 'Succeeded');
    await say(all[2]!, 'Succeeded');
    const { status } = await job();
    assert.deepEqual([status.completedIndexes, status.succeeded], ['0,2', 2]);
    await say(all[1]!, 'Failed');
    await plane.clock.advance(11_000);
    const again = await active();
    assert.equal(again.length, 1);
    await say(again[0]!, 'Succeeded');
    assert.equal((await job()).status.completedIndexes, '0-2');
    assert.equal((await condition('Complete'))?.reason, 'CompletionsReached');
  });

  test('with a limit per index one bad index does not keep the others, and fails the job in the end', async () => {
    await make({ completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 });
    const [bad, good] = await pods();
    await say(bad!, 'Failed');
    await say(good!, 'Succeeded');
    await plane.clock.advance(12_000);
    const [again] = await active();
    assert.equal(again!.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'], '1');
    await say(again!, 'Failed');
    const { status } = await job();
    assert.deepEqual([status.failedIndexes, status.completedIndexes, status.failed], ['0', '1', 2]);
    assert.equal((await condition('Failed'))?.reason, 'FailedIndexes');
    assert.deepEqual(tracked(await pods()), []);
  });

  test('a success policy ends the job early, and what is left at work is no failure', async () => {
    const successPolicy = { rules: [{ succeededIndexes: '0' }] };
    await make({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy });
    await say((await pods())[0]!, 'Succeeded');
    await settle();
    const { status } = await job();
    assert.equal((await condition('Complete'))?.message, 'Matched rules at index 0');
    assert.deepEqual([status.succeeded, status.failed, status.terminating], [1, undefined, 0]);
  });

  test('a failure policy fails the job at once, or does not count what it ignores', async () => {
    const rules = [
      { action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } },
      { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
    ] as const;
    await make({ backoffLimit: 0, podFailurePolicy: { rules } });
    await say((await pods())[0]!, 'Failed', 7);
    await plane.clock.advance(11_000);
    const [second] = await active();
    assert.equal((await job()).status.failed, undefined);
    await say(second!, 'Failed', 42);
    const failed = await condition('Failed');
    assert.equal(failed?.reason, 'PodFailurePolicy');
    assert.equal(
      failed.message,
      `Container c for pod default/${second!.metadata.name} failed with exit code 42 matching FailJob rule at index 1`,
    );
  });

  test('a suspended job has no pods, and its time begins anew when it is resumed', async () => {
    await make({ parallelism: 2, completions: 2 });
    const { startTime } = (await job()).status;
    await plane.clock.advance(5_000);
    await plane.client.patch(Job, at, 'merge', { spec: { suspend: true } });
    assert.equal((await pods()).length, 0);
    assert.equal((await condition('Suspended'))?.reason, 'JobSuspended');
    await plane.client.patch(Job, at, 'merge', { spec: { suspend: false } });
    assert.equal((await pods()).length, 2);
    const { status } = await job();
    assert.equal(status.conditions?.find(({ type }) => type === 'Suspended')?.reason, 'JobResumed');
    assert.notEqual(status.startTime, startTime);
    assert.equal(status.failed, undefined);
    assert.deepEqual([(await events('Suspended')).length, (await events('Resumed')).length], [1, 1]);
  });

  test('the pods of a deleted job are held by nobody, whether they go or stay', async () => {
    await make({ parallelism: 2, completions: 2 });
    await settle();
    await plane.client.delete(Job, at, { propagationPolicy: 'Orphan' });
    await plane.clock.advance(2_000);
    const left = await pods();
    assert.equal(left.length, 2);
    assert.deepEqual(tracked(left), []);
    await make();
    assert.equal((await pods()).length, 3);
    await plane.client.delete(Job, at, { propagationPolicy: 'Background' });
    await plane.clock.advance(2_000);
    assert.equal((await pods()).length, 2);
  });

  test('in the foreground a job goes after its pods, and an adopted pod counts', async () => {
    await make({ manualSelector: true, selector: { matchLabels: { app: 'mine' } }, template: { metadata: { labels: { app: 'mine' } } } });
    const [made] = await active();
    await plane.client.create(Pod, {
      metadata: { name: 'bare', namespace: at.namespace, labels: { app: 'mine' }, finalizers: made!.metadata.finalizers! },
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
    await settle();
    const left = await active();
    assert.equal(left.length, 1);
    await say(left[0]!, 'Succeeded');
    assert.equal((await job()).status.succeeded, 1);
    await plane.client.delete(Job, at, { propagationPolicy: 'Foreground' });
    await plane.clock.advance(2_000);
    assert.deepEqual(await pods(), []);
    await assert.rejects(plane.client.get(Job, at), { code: 404 });
  });

  test('a namespace that goes is not held up by failed pods that no other will replace', async () => {
    const namespace = 'going';
    await plane.client.create(Namespace, { metadata: { name: namespace }, spec: {}, status: {} });
    await settle();
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const;
    const spec = { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 3, template } as const;
    await plane.client.create<JobObject>(Job, { metadata: { name: 'job', namespace }, spec, status: {} });
    await settle();
    await plane.client.delete(Namespace, { name: namespace });
    const left = async () => (await plane.client.list(Pod, { namespace })).items;
    for (const { metadata } of await left()) await plane.client.delete(Pod, { namespace, name: metadata.name! });
    assert.equal((await left()).length, 1);
    await plane.clock.advance(15_000);
    assert.deepEqual(await left(), []);
  });

  test('a job that is managed by another controller is left alone', async () => {
    await make({ managedBy: 'example.com/mine' });
    await plane.clock.advance(1_000);
    assert.deepEqual([await pods(), (await job()).status], [[], {}]);
  });

  test('a pod that is deleted from outside is replaced, and counts as failed', async () => {
    await make();
    const [pod] = await pods();
    await plane.client.delete(Pod, { namespace: at.namespace, name: pod!.metadata.name! });
    await plane.clock.advance(12_000);
    const [replacement] = await active();
    assert.notEqual(replacement!.metadata.name, pod!.metadata.name);
    assert.equal((await job()).status.failed, 1);
    assert.equal((await pods()).length, 1);
  });
});
