/** CronJobs, whose least step is a minute: the cluster's clock goes two hundred times as fast as the machine's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJobSpec, Job as JobObject } from '../../src/api/generated/batch/v1.ts';
import { CronJob } from '../../src/api/kinds/batch/cronjob.ts';
import { Job } from '../../src/api/kinds/batch/job.ts';
import { conformance, until } from './bed.ts';
import { templateOf } from './pods-of.ts';

const minuteMs = 60_000;
const limitMs = 20_000;

conformance(
  'cron jobs',
  (bed) => {
    const create = (namespace: string, concurrencyPolicy: CronJobSpec['concurrencyPolicy'], spec: Partial<CronJobSpec> = {}) => {
      const template = templateOf(
        {},
        { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'busybox', command: ['sleep', '300'] }] },
      );
      const jobTemplate = { spec: { parallelism: 1, completions: 1, template } };
      return bed.client.create(CronJob, {
        metadata: { namespace, name: 'tick' },
        spec: { schedule: '*/1 * * * ?', concurrencyPolicy, jobTemplate, ...spec },
      } as never);
    };
    const active = async (namespace: string) => (await bed.client.get(CronJob, { namespace, name: 'tick' })).status?.active ?? [];
    const jobs = async (namespace: string): Promise<readonly JobObject[]> => (await bed.client.list(Job, { namespace })).items;
    /** What the cluster's own clock shows: a try run says when the object would have been made. */
    const clusterNow = async () => {
      const { metadata } = await bed.client.create(Job, probe, { dryRun: ['All'] });
      return Date.parse(metadata.creationTimestamp!);
    };
    const probe = {
      metadata: { namespace: 'default', name: 'probe' },
      spec: { template: templateOf({}, { restartPolicy: 'Never' }) },
    } as unknown as JobObject;
    const minutesPass = async (minutes: number) => {
      const endMs = (await clusterNow()) + minutes * minuteMs;
      await until(async () => (await clusterNow()) >= endMs, limitMs);
    };

    test('[sig-apps] CronJob should schedule multiple jobs concurrently [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'Allow');
      await until(async () => (await active(namespace)).length >= 2, limitMs);
      const unfinished = (await jobs(namespace)).filter(({ status }) => !status?.completionTime);
      assert.ok(unfinished.length >= 2);
    });

    test('[sig-apps] CronJob should not schedule jobs when suspended [Conformance] [Slow]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'Allow', { suspend: true });
      await minutesPass(5);
      assert.deepEqual([await active(namespace), await jobs(namespace)], [[], []]);
    });

    test('[sig-apps] CronJob should not schedule new jobs when ForbidConcurrent [Conformance] [Slow]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'Forbid');
      const [first] = await until(async () => {
        const all = await active(namespace);
        return all.length > 0 && all;
      }, limitMs);
      await minutesPass(3);
      assert.deepEqual(
        (await active(namespace)).map(({ name }) => name),
        [first!.name],
      );
      assert.equal((await jobs(namespace)).length, 1);
    });

    test('[sig-apps] CronJob should replace jobs when ReplaceConcurrent [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'Replace');
      const [first] = await until(async () => {
        const all = await active(namespace);
        return all.length > 0 && all;
      }, limitMs);
      await until(async () => {
        const all = await active(namespace);
        return all.length === 1 && all[0]!.name !== first!.name;
      }, limitMs);
      const names = (await jobs(namespace)).filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
      assert.ok(!names.includes(first!.name));
    });
  },
  { workers: 2, speed: 200, concurrency: true },
);
