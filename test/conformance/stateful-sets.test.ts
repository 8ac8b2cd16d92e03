import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatefulSet as StatefulSetObject, StatefulSetSpec } from '../../src/api/generated/apps/v1.ts';
import { StatefulSet } from '../../src/api/kinds/apps/statefulset.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { Service } from '../../src/api/kinds/core/service.ts';
import { conformance, until, type Bed } from './bed.ts';
import { createPod, podRuns, podThat, podsNow, readyPods, templateOf } from './pods-of.ts';
import { exerciseScale } from './scale.ts';

const labels = { baz: 'blah', foo: 'bar' };
const revisionLabel = 'controller-revision-hash';

async function create(bed: Bed, namespace: string, replicas: number, spec: Partial<StatefulSetSpec> = {}): Promise<void> {
  await bed.client.create(Service, {
    metadata: { namespace, name: 'test', labels },
    spec: { clusterIP: 'None', ports: [{ port: 80, name: 'http' }], selector: labels },
  } as never);
  await bed.client.create(StatefulSet, {
    metadata: { namespace, name: 'ss', labels },
    spec: { replicas, serviceName: 'test', selector: { matchLabels: labels }, template: templateOf(labels), ...spec },
  } as never);
}

conformance(
  'stateful sets',
  (bed) => {
    const that = (namespace: string, fits: (set: StatefulSetObject) => boolean) =>
      until(async () => {
        const set = await bed.client.get(StatefulSet, { namespace, name: 'ss' });
        return set.status?.observedGeneration === set.metadata.generation && fits(set) && set;
      });
    const setImage = (namespace: string, image: string, more: object = {}) =>
      bed.client.patch(StatefulSet, { namespace, name: 'ss' }, 'strategic', {
        spec: { template: { spec: { containers: [{ name: 'pause', image }] } }, ...more },
      });
    /** By ordinal, what each pod is made of and of which revision it says it is. */
    const pods = async (namespace: string) =>
      (await readyPods(bed, namespace, 3))
        .toSorted((a, b) => a.metadata.name!.localeCompare(b.metadata.name!))
        .map(({ metadata, spec }) => [spec.containers[0]!.image, metadata.labels?.[revisionLabel]]);

    test('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should have a working scale subresource [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(bed, namespace, 1);
      await readyPods(bed, namespace, 1);
      await that(namespace, ({ status }) => status?.replicas === 1);
      await exerciseScale(bed, StatefulSet, { namespace, name: 'ss' }, 'baz=blah,foo=bar');
    });

    test('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should list, patch and delete a collection of StatefulSets [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(bed, namespace, 1);
      await readyPods(bed, namespace, 1);
      await bed.client.patch(StatefulSet, { namespace, name: 'ss' }, 'strategic', {
        metadata: { labels: { 'test-ss': 'patched' } },
        spec: {
          replicas: 2,
          template: { spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'pause', image: 'httpd:2.5' }] } },
        },
      });
      const set = await that(namespace, ({ status }) => status?.readyReplicas === 2 && status.updatedReplicas === 2);
      assert.deepEqual(
        [set.metadata.labels?.['test-ss'], set.spec?.replicas, set.spec?.template?.spec?.terminationGracePeriodSeconds],
        ['patched', 2, 0],
      );
      assert.equal(set.spec?.template?.spec?.containers[0]?.image, 'httpd:2.5');
      assert.equal((await bed.client.list(StatefulSet, {}, { labelSelector: 'test-ss=patched' })).items.length, 1);
      await bed.client.deleteCollection(StatefulSet, { namespace }, {}, { labelSelector: 'test-ss=patched' });
      await until(async () => (await bed.client.list(StatefulSet, { namespace })).items.length === 0);
      await until(async () => (await podsNow(bed, namespace)).length === 0);
    });

    test('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should validate Statefulset Status endpoints [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'ss' };
      await create(bed, namespace, 1);
      await readyPods(bed, namespace, 1);
      await that(namespace, ({ status }) => status?.readyReplicas === 1);
      using watch = bed.watch(StatefulSet, { namespace }, {});
      const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' });
      const has = (type: string, { status }: StatefulSetObject) => status?.conditions?.some((one) => one.type === type) === true;
      const add = (one: StatefulSetObject) =>
        ({ ...one, status: { ...one.status, conditions: [...(one.status?.conditions ?? []), condition('StatusUpdate')] } }) as never;
      assert.ok(has('StatusUpdate', await bed.change(StatefulSet, at, add, 'status')));
      await watch.find(({ object }) => has('StatusUpdate', object));
      const patch = { status: { conditions: [condition('StatusPatched')] } };
      assert.ok(has('StatusPatched', await bed.client.patch(StatefulSet, at, 'strategic', patch, { subresource: 'status' })));
      await watch.find(({ object }) => has('StatusPatched', object));
    });

    test('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should perform canary updates and phased rolling updates of template modifications [Conformance]', async () => {
      const namespace = await bed.namespace();
      const [old, next] = ['httpd:2.4', 'httpd:2.5'];
      const partitioned = (partition: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } }) as const;
      await create(bed, namespace, 3, { ...partitioned(3), template: templateOf(labels, { image: old }) });
      await readyPods(bed, namespace, 3);
      const first = (await that(namespace, ({ status }) => status?.readyReplicas === 3)).status.currentRevision!;
      await setImage(namespace, next);
      const second = (await that(namespace, ({ status }) => status?.updateRevision !== first)).status.updateRevision!;
      assert.deepEqual(
        await pods(namespace),
        [0, 1, 2].map(() => [old, first]),
        'a partition above all pods changes none',
      );

      // A canary: the last one alone.
      await bed.client.patch(StatefulSet, { namespace, name: 'ss' }, 'merge', { spec: partitioned(2) });
      await podThat(bed, namespace, 'ss-2', ({ metadata }) => metadata.labels?.[revisionLabel] === second);
      assert.deepEqual(await pods(namespace), [
        [old, first],
        [old, first],
        [next, second],
      ]);
      for (const name of ['ss-0', 'ss-2']) await bed.client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0 });
      await until(async () => (await podsNow(bed, namespace)).length === 3);
      assert.deepEqual(
        await pods(namespace),
        [
          [old, first],
          [old, first],
          [next, second],
        ],
        'who comes back is of the revision of its place',
      );

      // Phase by phase.
      for (const partition of [1, 0]) {
        await bed.client.patch(StatefulSet, { namespace, name: 'ss' }, 'merge', { spec: partitioned(partition) });
        await podThat(bed, namespace, `ss-${partition}`, ({ metadata }) => metadata.labels?.[revisionLabel] === second);
        const updated = (ordinal: number) => (ordinal >= partition ? [next, second] : [old, first]);
        assert.deepEqual(await pods(namespace), [0, 1, 2].map(updated));
      }
      const { status } = await that(namespace, (set) => set.status?.currentRevision === second);
      assert.equal(status?.updateRevision, second);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);

// Apart, because it keeps a cluster busy: nobody but a rate limit holds a controller whose pods a node refuses.
conformance(
  'evicted stateful sets',
  (bed) => {
    test('[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] Should recreate evicted statefulset [Conformance]', async () => {
      const namespace = await bed.namespace();
      const nodeName = (await bed.client.list(Node)).items.map(({ metadata }) => metadata.name!).find((name) => name.endsWith('worker'))!;
      const containers = [{ name: 'webserver', image: 'httpd:2.4', ports: [{ containerPort: 21017, hostPort: 21017 }] }];
      await createPod(bed, namespace, 'test-pod', { nodeName, containers });
      await podRuns(bed, namespace, 'test-pod');
      using watch = bed.watch(Pod, { namespace }, {});
      const template = templateOf(labels, { nodeName, containers });
      await create(bed, namespace, 1, { template });
      // The node has no room for a second who wants the port: its kubelet refuses it, and the controller tries again.
      const failed = await watch.find(({ object }) => object.metadata.name === 'ss-0' && object.status?.phase === 'Failed');
      const { uid } = failed.object.metadata;
      await watch.find(({ type, object }) => type === 'DELETED' && object.metadata.uid === uid);
      await bed.client.delete(Pod, { namespace, name: 'test-pod' });
      const running = await podRuns(bed, namespace, 'ss-0');
      assert.notEqual(running.metadata.uid, uid);
    });
  },
  { workers: 1 },
);
