/** ReplicaSets and ReplicationControllers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicaSet as ReplicaSetObject } from '../../src/api/generated/apps/v1.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { ResourceQuota } from '../../src/api/kinds/core/resourcequota.ts';
import { conformance, refused, until } from './bed.ts';
import { createPod, podRuns, podThat, podsNow, readyPods, templateOf } from './pods-of.ts';
import { exerciseScale } from './scale.ts';

const labels = { name: 'sample-pod' };
const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' });
const has = (type: string, conditions: readonly { readonly type: string }[] | undefined) =>
  conditions?.some((one) => one.type === type) === true;

conformance(
  'replica sets',
  (bed) => {
    const create = (namespace: string, replicas: number, name = 'test') =>
      bed.client.create(ReplicaSet, {
        metadata: { namespace, name, labels },
        spec: { replicas, selector: { matchLabels: labels }, template: templateOf(labels) },
      } as never);
    const createController = (namespace: string, replicas: number, spec: object = {}) =>
      bed.client.create(ReplicationController, {
        metadata: { namespace, name: 'test', labels },
        spec: { replicas, selector: labels, template: templateOf(labels), ...spec },
      } as never);

    test('[sig-apps] ReplicaSet Replace and Patch tests [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'test' };
      await create(namespace, 1);
      await readyPods(bed, namespace, 1);
      await bed.client.patch(ReplicaSet, at, 'merge', { spec: { replicas: 2 } }, { subresource: 'scale' });
      await readyPods(bed, namespace, 2);
      const containers = [{ name: 'pause', image: 'httpd:2.5' }];
      const patch = {
        metadata: { labels: { 'test-rs': 'patched' } },
        spec: { replicas: 3, template: { spec: { terminationGracePeriodSeconds: 0, containers } } },
      };
      await bed.client.patch(ReplicaSet, at, 'strategic', patch);
      const patched = await until(async () => {
        const one = await bed.client.get(ReplicaSet, at);
        return one.status?.readyReplicas === 3 && one;
      });
      assert.equal(patched.metadata.labels?.['test-rs'], 'patched');
      assert.equal(patched.spec?.template?.spec?.containers[0]?.image, 'httpd:2.5');
      assert.equal(patched.spec?.template?.spec?.terminationGracePeriodSeconds, 0);
    });

    test('[sig-apps] ReplicaSet Replicaset should have a working scale subresource [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 1);
      await readyPods(bed, namespace, 1);
      await until(async () => (await bed.client.get(ReplicaSet, { namespace, name: 'test' })).status?.replicas === 1);
      await exerciseScale(bed, ReplicaSet, { namespace, name: 'test' }, 'name=sample-pod');
    });

    test('[sig-apps] ReplicaSet should adopt matching pods on creation and release no longer matching pods [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'adopted', {}, { labels });
      await podRuns(bed, namespace, 'adopted');
      const { metadata } = await create(namespace, 1);
      const isOwn = (uid: string | undefined) => uid === metadata.uid;
      await podThat(bed, namespace, 'adopted', (pod) => isOwn(pod.metadata.ownerReferences?.find((one) => one.controller)?.uid));
      assert.equal((await podsNow(bed, namespace)).length, 1, 'it has the pod it wants');
      await bed.client.patch(Pod, { namespace, name: 'adopted' }, 'merge', { metadata: { labels: { name: 'not-matching' } } });
      await podThat(bed, namespace, 'adopted', (pod) => !pod.metadata.ownerReferences?.length);
      await readyPods(bed, namespace, 1, 'name=sample-pod');
    });

    test('[sig-apps] ReplicaSet should list and delete a collection of ReplicaSets [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 3);
      await readyPods(bed, namespace, 3);
      assert.equal((await bed.client.list(ReplicaSet, { namespace }, { labelSelector: 'name=sample-pod' })).items.length, 1);
      await bed.client.deleteCollection(ReplicaSet, { namespace }, {}, { labelSelector: 'name=sample-pod' });
      await until(async () => (await bed.client.list(ReplicaSet, { namespace })).items.length === 0);
      await until(async () => (await podsNow(bed, namespace)).length === 0);
    });

    test('[sig-apps] ReplicaSet should validate Replicaset Status endpoints [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'test' };
      await create(namespace, 1);
      await readyPods(bed, namespace, 1);
      using watch = bed.watch(ReplicaSet, { namespace }, {});
      const add = (one: ReplicaSetObject) =>
        ({ ...one, status: { ...one.status, conditions: [...(one.status?.conditions ?? []), condition('StatusUpdate')] } }) as never;
      const updated = await bed.change(ReplicaSet, at, add, 'status');
      assert.ok(has('StatusUpdate', updated.status?.conditions));
      await watch.find(({ object }) => has('StatusUpdate', object.status?.conditions));
      const patch = { status: { conditions: [condition('StatusPatched')] } };
      const patched = await bed.client.patch(ReplicaSet, at, 'strategic', patch, { subresource: 'status' });
      assert.ok(has('StatusPatched', patched.status?.conditions));
      await watch.find(({ object }) => has('StatusPatched', object.status?.conditions));
    });

    test('[sig-apps] ReplicationController should adopt matching pods on creation [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'adopted', {}, { labels });
      const { metadata } = await createController(namespace, 1);
      await podThat(bed, namespace, 'adopted', (pod) => pod.metadata.ownerReferences?.[0]?.uid === metadata.uid);
      assert.equal((await podsNow(bed, namespace)).length, 1);
    });

    test('[sig-apps] ReplicationController should release no longer matching pods [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createController(namespace, 1);
      const [pod] = await readyPods(bed, namespace, 1);
      const name = pod!.metadata.name!;
      await bed.client.patch(Pod, { namespace, name }, 'merge', { metadata: { labels: { name: 'not-matching' } } });
      await podThat(bed, namespace, name, ({ metadata }) => !metadata.ownerReferences?.length);
      const [other] = await readyPods(bed, namespace, 1, 'name=sample-pod');
      assert.notEqual(other!.metadata.name, name);
    });

    test('[sig-apps] ReplicationController should get and update a ReplicationController scale [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createController(namespace, 1);
      await readyPods(bed, namespace, 1);
      await until(async () => (await bed.client.get(ReplicationController, { namespace, name: 'test' })).status?.replicas === 1);
      await exerciseScale(bed, ReplicationController, { namespace, name: 'test' }, 'name=sample-pod');
      await readyPods(bed, namespace, 4);
    });

    test('[sig-apps] ReplicationController should test the lifecycle of a ReplicationController [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'test' };
      using watch = bed.watch(ReplicationController, { namespace }, {});
      await createController(namespace, 1);
      await watch.find(({ type }) => type === 'ADDED');
      await watch.find(({ object }) => object.status?.readyReplicas === 1);
      await bed.client.patch(ReplicationController, at, 'strategic', { metadata: { labels: { 'test-rc': 'patched' } } });
      await watch.find(({ object }) => object.metadata.labels?.['test-rc'] === 'patched');
      const status = { readyReplicas: 0, availableReplicas: 0 };
      await bed.client.patch(ReplicationController, at, 'merge', { status }, { subresource: 'status' });
      await watch.find(({ object }) => !object.status?.readyReplicas);
      await watch.find(({ object }) => object.status?.readyReplicas === 1 && object.status.availableReplicas === 1);
      await bed.client.patch(ReplicationController, at, 'merge', { spec: { replicas: 2 } }, { subresource: 'scale' });
      await watch.find(({ object }) => object.status?.readyReplicas === 2);
      await bed.change(ReplicationController, at, (one) => ({
        ...one,
        metadata: { ...one.metadata, annotations: { updated: 'yes' } },
      }));
      await watch.find(({ object }) => object.metadata.annotations?.['updated'] === 'yes');
      assert.equal((await bed.client.list(ReplicationController, {}, { labelSelector: 'test-rc=patched' })).items.length, 1);
      await bed.client.deleteCollection(ReplicationController, { namespace }, {}, { labelSelector: 'test-rc=patched' });
      await watch.find(({ type }) => type === 'DELETED');
      await refused(bed.client.get(ReplicationController, at), 404);
    });

    test('[sig-apps] ReplicationController should surface a failure condition on a common issue like exceeded quota [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'test' };
      await bed.client.create(ResourceQuota, { metadata: { namespace, name: 'two' }, spec: { hard: { pods: '2' } } } as never);
      await until(async () => (await bed.client.get(ResourceQuota, { namespace, name: 'two' })).status?.hard?.['pods'] === '2');
      await createController(namespace, 3);
      const failure = await until(async () => {
        const { status } = await bed.client.get(ReplicationController, at);
        return status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
      });
      assert.deepEqual([failure.status, failure.reason], ['True', 'FailedCreate']);
      assert.match(failure.message!, /exceeded quota: two, requested: pods=1, used: pods=2, limited: pods=2/);
      await bed.change(ReplicationController, at, (one) => ({ ...one, spec: { ...one.spec, replicas: 2 } }));
      await until(async () => !has('ReplicaFailure', (await bed.client.get(ReplicationController, at)).status?.conditions));
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
