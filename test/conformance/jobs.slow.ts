import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job as JobObject, JobSpec, JobStatus } from '../../src/api/generated/batch/v1.ts';
import type { PodSpec } from '../../src/api/generated/core/v1.ts';
import { Job } from '../../src/api/kinds/batch/job.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { isTrue } from '../../src/api/kinds/conditions.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';
import { pause, podThat, podsNow, templateOf } from './pods-of.ts';

const completionIndex = 'batch.kubernetes.io/job-completion-index';
const runs = (script: string) => ({ ...pause, image: 'busybox', command: ['sh', '-c', script] });

conformance(
  'jobs',
  (bed) => {
    const create = (namespace: string, script: string, spec: Partial<JobSpec> = {}, podSpec: Partial<PodSpec> = {}, name = 'job') =>
      bed.client.create(Job, {
        metadata: { namespace, name },
        spec: { template: templateOf({}, { restartPolicy: 'Never', containers: [runs(script)], ...podSpec }), ...spec },
      } as unknown as JobObject);
    const jobThat = (namespace: string, fits: (status: JobStatus) => boolean, name = 'job') =>
      until(async () => {
        const job = await bed.client.get(Job, { namespace, name });
        return fits(job.status ?? {}) && job;
      }, 20_000);
    const completed = (namespace: string) => jobThat(namespace, ({ conditions }) => isTrue(conditions, 'Complete'));
    const failed = async (namespace: string) => {
      const { status } = await jobThat(namespace, ({ conditions }) => isTrue(conditions, 'Failed'));
      return { ...status, reason: status.conditions!.find(({ type }) => type === 'Failed')!.reason };
    };
    const criteriaMet = ({ status }: JobObject) => status.conditions!.find(({ type }) => type === 'SuccessCriteriaMet')?.reason;
    const running = (namespace: string, count: number) =>
      until(async () => {
        const pods = await podsNow(bed, namespace, 'job-name=job');
        return pods.length === count && pods.every(({ status }) => status?.phase === 'Running') && pods;
      });
    const indexed = { completionMode: 'Indexed' } as const;

    test('[sig-apps] Job should adopt matching orphans and release non-matching pods [Conformance]', async () => {
      const namespace = await bed.namespace();
      const { metadata } = await create(namespace, 'sleep 1000', { parallelism: 2, completions: 2 });
      const [pod] = await running(namespace, 2);
      const name = pod!.metadata.name!;
      await bed.client.patch(Pod, { namespace, name }, 'merge', { metadata: { ownerReferences: null } });
      await podThat(bed, namespace, name, (now) => now.metadata.ownerReferences?.[0]?.uid === metadata.uid);
      await bed.client.patch(Pod, { namespace, name }, 'merge', { metadata: { labels: null } });
      await podThat(bed, namespace, name, (now) => !now.metadata.ownerReferences?.length);
    });

    test('[sig-apps] Job should apply changes to a job status [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'job' };
      await create(namespace, 'sleep 1000', { parallelism: 2, completions: 4 });
      await running(namespace, 2);
      const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' });
      const patched = await bed.client.patch(
        Job,
        at,
        'merge',
        { metadata: { annotations: { patchedstatus: 'true' } }, status: { conditions: [condition('CustomPatched')] } },
        { subresource: 'status' },
      );
      assert.equal(patched.metadata.annotations?.['patchedstatus'], 'true');
      assert.ok(isTrue(patched.status?.conditions, 'CustomPatched'));
      const add = (job: JobObject) =>
        ({ ...job, status: { ...job.status, conditions: [...(job.status?.conditions ?? []), condition('CustomUpdated')] } }) as never;
      const updated = await bed.change(Job, at, add, 'status');
      assert.ok(isTrue(updated.status?.conditions, 'CustomUpdated'));
      const read = await bed.client.getSub<JobObject>({ ...refOf(Job, at), subresource: 'status' });
      assert.ok(isTrue(read.status?.conditions, 'CustomUpdated'));
    });

    test('[sig-apps] Job should delete a job [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'sleep 1000', { parallelism: 2, completions: 4 }, { terminationGracePeriodSeconds: 1 });
      await running(namespace, 2);
      await bed.client.delete(Job, { namespace, name: 'job' }, { propagationPolicy: 'Foreground' });
      await until(async () => !(await bed.client.get(Job, { namespace, name: 'job' }).catch(unlessMissing)));
      assert.deepEqual(await podsNow(bed, namespace), []);
    });

    test('[sig-apps] Job should create pods for an Indexed job with completion indexes and specified hostname [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'exit 0', { ...indexed, parallelism: 2, completions: 4 });
      const { status } = await completed(namespace);
      assert.deepEqual([status?.succeeded, status?.completedIndexes], [4, '0-3']);
      const pods = (await podsNow(bed, namespace)).toSorted((a, b) => a.spec.hostname!.localeCompare(b.spec.hostname!));
      assert.deepEqual(
        pods.map(({ metadata, spec }) => [metadata.annotations?.[completionIndex], metadata.labels?.[completionIndex], spec.hostname]),
        [0, 1, 2, 3].map((index) => [String(index), String(index), `job-${index}`]),
      );
    });

    test('[sig-apps] Job should manage the lifecycle of a job [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'job' };
      using watch = bed.watch(Job, { namespace }, {});
      const podSpec = { terminationGracePeriodSeconds: 1 };
      const made = await create(namespace, 'sleep 1000', { parallelism: 1, completions: 2, suspend: true, backoffLimit: 6 }, podSpec);
      assert.equal(made.spec?.suspend, true);
      await watch.find(({ object }) => isTrue(object.status?.conditions, 'Suspended'));
      assert.deepEqual(await podsNow(bed, namespace), []);
      await bed.client.patch(Job, at, 'strategic', { metadata: { labels: { job: 'patched' } } });
      await watch.find(({ object }) => object.metadata.labels?.['job'] === 'patched');
      await bed.change(Job, at, (job) => ({
        ...job,
        metadata: { ...job.metadata, annotations: { updated: 'true' } },
        spec: { ...job.spec, suspend: false },
      }));
      await watch.find(({ object }) => object.metadata.annotations?.['updated'] === 'true');
      await watch.find(({ object }) => object.status?.active === 1);
      assert.equal((await bed.client.list(Job, {}, { labelSelector: 'job=patched' })).items.length, 1);
      await bed.client.deleteCollection(Job, { namespace }, { propagationPolicy: 'Foreground' }, { labelSelector: 'job=patched' });
      await watch.find(({ type }) => type === 'DELETED');
      await refused(bed.client.get(Job, at), 404);
    });

    test('[sig-apps] Job with successPolicy should succeeded when all indexes succeeded [Conformance]', async () => {
      const namespace = await bed.namespace();
      const successPolicy = { rules: [{ succeededIndexes: '0-1', succeededCount: 2 }] };
      await create(namespace, 'exit 0', { ...indexed, parallelism: 2, completions: 2, successPolicy });
      const job = await completed(namespace);
      assert.deepEqual([job.status?.completedIndexes, job.status?.failedIndexes], ['0,1', undefined]);
    });

    /** Which of its indexes ends is told by JOB_COMPLETION_INDEX. */
    const onlyFirstEnds = 'if [ "$JOB_COMPLETION_INDEX" = 0 ]; then exit 0; fi; sleep 1000';

    test('[sig-apps] Job with successPolicy succeededIndexes rule should succeeded even when some indexes remain pending [Conformance]', async () => {
      const namespace = await bed.namespace();
      const successPolicy = { rules: [{ succeededIndexes: '0' }] };
      const podSpec = { terminationGracePeriodSeconds: 1 };
      await create(namespace, onlyFirstEnds, { ...indexed, parallelism: 2, completions: 2, successPolicy }, podSpec);
      const job = await completed(namespace);
      assert.deepEqual([job.status?.completedIndexes, job.status?.succeeded, criteriaMet(job)], ['0', 1, 'SuccessPolicy']);
      await until(async () => (await podsNow(bed, namespace)).every(({ status }) => status?.phase !== 'Running'));
    });

    test('[sig-apps] Job with successPolicy succeededCount rule should succeeded even when some indexes remain pending [Conformance]', async () => {
      const namespace = await bed.namespace();
      const successPolicy = { rules: [{ succeededCount: 1 }] };
      const podSpec = { terminationGracePeriodSeconds: 1 };
      await create(namespace, onlyFirstEnds, { ...indexed, parallelism: 2, completions: 2, successPolicy }, podSpec);
      const job = await completed(namespace);
      assert.deepEqual([job.status?.completedIndexes, criteriaMet(job)], ['0', 'SuccessPolicy']);
    });

    test('[sig-apps] Job should allow to use the pod failure policy on exit code to fail the job early [Conformance]', async () => {
      const namespace = await bed.namespace();
      const podFailurePolicy = {
        rules: [{ action: 'FailJob', onExitCodes: { containerName: 'pause', operator: 'In', values: [1] } }],
      };
      await create(namespace, 'exit 1', { parallelism: 1, completions: 1, backoffLimit: 3, podFailurePolicy } as never);
      const { reason, failed: count } = await failed(namespace);
      assert.deepEqual([reason, count], ['PodFailurePolicy', 1]);
    });

    test('[sig-apps] Job should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition [Conformance]', async () => {
      const namespace = await bed.namespace();
      const podFailurePolicy = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] };
      const podSpec = { terminationGracePeriodSeconds: 1 };
      const spec = { parallelism: 1, completions: 1, backoffLimit: 0, podFailurePolicy } as never;
      await create(namespace, 'sleep 20', spec, podSpec);
      const [pod] = await running(namespace, 1);
      const name = pod!.metadata.name!;
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
      await bed.client.createSub({ ...refOf(Pod, { namespace, name }), subresource: 'eviction' }, eviction);
      const { status } = await completed(namespace);
      assert.deepEqual([status?.succeeded, status?.failed ?? 0], [1, 0], 'what was disrupted is not counted');
    });

    test('[sig-apps] Job should execute all indexes despite some failing when using backoffLimitPerIndex [Conformance]', async () => {
      const namespace = await bed.namespace();
      const oddFail = 'exit $(( JOB_COMPLETION_INDEX % 2 ))';
      await create(namespace, oddFail, { ...indexed, parallelism: 2, completions: 4, backoffLimitPerIndex: 1 });
      const { reason, failedIndexes, completedIndexes, failed: count, succeeded } = await failed(namespace);
      assert.deepEqual([reason, failedIndexes, completedIndexes, count, succeeded], ['FailedIndexes', '1,3', '0,2', 4, 2]);
    });

    test('[sig-apps] Job should terminate job execution when the number of failed indexes exceeds maxFailedIndexes [Conformance]', async () => {
      const namespace = await bed.namespace();
      const spec = { ...indexed, parallelism: 10, completions: 10, backoffLimitPerIndex: 0, maxFailedIndexes: 4 };
      await create(namespace, 'exit 1', spec);
      const { reason, failed: count, succeeded } = await failed(namespace);
      assert.equal(reason, 'MaxFailedIndexesExceeded');
      assert.ok(count! >= 5 && !succeeded, `${count} failed, ${succeeded} succeeded`);
    });

    test('[sig-apps] Job should mark indexes as failed when the FailIndex action is matched in podFailurePolicy [Conformance]', async () => {
      const namespace = await bed.namespace();
      const podFailurePolicy = {
        rules: [{ action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [42] } }],
      };
      const zeroFails = 'if [ "$JOB_COMPLETION_INDEX" = 0 ]; then exit 1; fi; exit 0';
      const spec = { ...indexed, parallelism: 2, completions: 2, backoffLimitPerIndex: 1, podFailurePolicy };
      await create(namespace, zeroFails, spec as never);
      const { reason, failedIndexes, completedIndexes, failed: count, succeeded } = await failed(namespace);
      assert.deepEqual([reason, failedIndexes, completedIndexes, count, succeeded], ['FailedIndexes', '0', '1', 1, 1]);
    });

    test('[sig-apps] Job should run a job to completion when tasks sometimes fail and are locally restarted [Conformance]', async () => {
      const namespace = await bed.namespace();
      const volumes = [{ name: 'data', emptyDir: {} }];
      // Once in each pod: what is in the volume outlives the container.
      const failsOnce = 'if [ -f /data/was-here ]; then exit 0; fi; touch /data/was-here; exit 1';
      const containers = [{ ...runs(failsOnce), volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
      const spec = { parallelism: 2, completions: 4, backoffLimit: 6 };
      await create(namespace, '', spec, { restartPolicy: 'OnFailure', volumes, containers });
      const { status } = await completed(namespace);
      assert.equal(status?.succeeded, 4);
      const restarts = (await podsNow(bed, namespace)).map((pod) => pod.status?.containerStatuses?.[0]?.restartCount);
      assert.deepEqual(restarts, [1, 1, 1, 1]);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
