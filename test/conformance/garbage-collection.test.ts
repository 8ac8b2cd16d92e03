import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnerReference } from '../../src/api/meta.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { Deployment } from '../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { establish, type Custom } from './custom-resource.ts';
import { conformance, unlessMissing, until } from './bed.ts';
import { podsNow, readyPods, templateOf } from './pods-of.ts';

conformance(
  'garbage collector',
  (bed) => {
    const create = (namespace: string, name: string, ownerReferences?: readonly OwnerReference[], finalizers?: readonly string[]) =>
      bed.client.create(ConfigMap, { metadata: { namespace, name, ownerReferences, finalizers } });
    /** So long the garbage collector has, of the cluster's time, to do what it should not. */
    const settled = () => delay(300);
    const isGone = (namespace: string, name: string) =>
      until(async () => !(await bed.client.get(ConfigMap, { namespace, name }).catch(unlessMissing)));
    const owner = (
      of: { readonly metadata: { readonly name?: string; readonly uid?: string } },
      more: Partial<OwnerReference> = {},
    ): OwnerReference => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: of.metadata.name!,
      uid: of.metadata.uid!,
      ...more,
    });

    test('dependents go with their owner, unless they are orphaned', async () => {
      const namespace = await bed.namespace();
      const [kept, removed] = [await create(namespace, 'kept'), await create(namespace, 'removed')];
      await create(namespace, 'of-kept', [owner(kept)]);
      await create(namespace, 'of-removed', [owner(removed)]);
      await bed.client.delete(ConfigMap, { namespace, name: 'kept' }, { propagationPolicy: 'Orphan' });
      await bed.client.delete(ConfigMap, { namespace, name: 'removed' }, { propagationPolicy: 'Background' });
      await isGone(namespace, 'kept');
      await isGone(namespace, 'of-removed');
      const orphan = await until(async () => {
        const one = await bed.client.get(ConfigMap, { namespace, name: 'of-kept' });
        return !one.metadata.ownerReferences?.length && one;
      });
      assert.equal(orphan.metadata.deletionTimestamp, undefined);
    });

    test('an owner that is deleted in the foreground waits for those that block it', async () => {
      const namespace = await bed.namespace();
      const first = await create(namespace, 'owner');
      await create(namespace, 'blocker', [owner(first, { blockOwnerDeletion: true })], ['example.com/hold']);
      await bed.client.delete(ConfigMap, { namespace, name: 'owner' }, { propagationPolicy: 'Foreground' });
      await until(async () => (await bed.client.get(ConfigMap, { namespace, name: 'blocker' })).metadata.deletionTimestamp);
      const waiting = await bed.client.get(ConfigMap, { namespace, name: 'owner' });
      assert.deepEqual(waiting.metadata.finalizers, ['foregroundDeletion']);
      await bed.client.patch(ConfigMap, { namespace, name: 'blocker' }, 'merge', { metadata: { finalizers: null } });
      await isGone(namespace, 'owner');
      await isGone(namespace, 'blocker');
    });

    test('the garbage collector does not delete dependents that have both valid owner and owner that is waiting for its own', async () => {
      const namespace = await bed.namespace();
      const [going, staying] = [await create(namespace, 'going'), await create(namespace, 'staying')];
      await create(namespace, 'both', [owner(going, { blockOwnerDeletion: true }), owner(staying)]);
      await create(namespace, 'one', [owner(going, { blockOwnerDeletion: true })]);
      await bed.client.delete(ConfigMap, { namespace, name: 'going' }, { propagationPolicy: 'Foreground' });
      await isGone(namespace, 'going');
      await isGone(namespace, 'one');
      const both = await bed.client.get(ConfigMap, { namespace, name: 'both' });
      assert.deepEqual(
        both.metadata.ownerReferences?.map(({ name }) => name),
        ['staying'],
      );
    });

    test('[sig-api-machinery] Garbage collector should not be blocked by dependency circle [Conformance]', async () => {
      const namespace = await bed.namespace();
      const containers = [{ name: 'pause', image: 'pause' }];
      const pods = [];
      for (const name of ['pod1', 'pod2', 'pod3'])
        pods.push(await bed.client.create(Pod, { metadata: { namespace, name }, spec: { containers } } as never));
      for (const [i, pod] of pods.entries()) {
        const reference = owner(pods[(i + 2) % 3]!, { kind: 'Pod', controller: true, blockOwnerDeletion: true });
        await bed.client.patch(Pod, { namespace, name: pod.metadata.name! }, 'merge', { metadata: { ownerReferences: [reference] } });
      }
      await bed.client.delete(Pod, { namespace, name: 'pod1' }, { propagationPolicy: 'Foreground' });
      await until(async () => (await bed.client.list(Pod, { namespace })).items.length === 0);
    });

    const labels = { app: 'collected' };
    const createController = (namespace: string, replicas: number) =>
      bed.client.create(ReplicationController, {
        metadata: { namespace, name: 'rc' },
        spec: { replicas, selector: labels, template: templateOf(labels) },
      } as never);
    const createDeployment = async (namespace: string) => {
      const spec = { replicas: 2, selector: { matchLabels: labels }, template: templateOf(labels) };
      await bed.client.create(Deployment, { metadata: { namespace, name: 'web' }, spec } as never);
      await readyPods(bed, namespace, 2);
    };
    const remove = (kind: typeof Deployment | typeof ReplicationController, namespace: string, name: string, policy: string) =>
      bed.client.delete<KubeObject>(kind, { namespace, name }, { propagationPolicy: policy });
    const isMissing = (kind: typeof Deployment | typeof ReplicationController, namespace: string, name: string) =>
      until(async () => !(await bed.client.get<KubeObject>(kind, { namespace, name }).catch(unlessMissing)));
    const replicaSets = async (namespace: string) => (await bed.client.list(ReplicaSet, { namespace })).items;

    test('[sig-api-machinery] Garbage collector should delete pods created by rc when not orphaning [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createController(namespace, 2);
      await readyPods(bed, namespace, 2);
      await remove(ReplicationController, namespace, 'rc', 'Background');
      await until(async () => (await podsNow(bed, namespace)).length === 0);
      await isMissing(ReplicationController, namespace, 'rc');
    });

    test('[sig-api-machinery] Garbage collector should orphan pods created by rc if delete options say so [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await createController(namespace, 10);
      await readyPods(bed, namespace, 10);
      await remove(ReplicationController, namespace, 'rc', 'Orphan');
      await isMissing(ReplicationController, namespace, 'rc');
      await settled();
      const pods = await podsNow(bed, namespace);
      assert.equal(pods.length, 10);
      for (const { metadata } of pods) assert.deepEqual([metadata.ownerReferences ?? [], metadata.deletionTimestamp], [[], undefined]);
    });

    test('[sig-api-machinery] Garbage collector should delete RS created by deployment when not orphaning [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createDeployment(namespace);
      await remove(Deployment, namespace, 'web', 'Background');
      await until(async () => (await replicaSets(namespace)).length === 0 && (await podsNow(bed, namespace)).length === 0);
      await isMissing(Deployment, namespace, 'web');
    });

    test('[sig-api-machinery] Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createDeployment(namespace);
      await remove(Deployment, namespace, 'web', 'Orphan');
      await isMissing(Deployment, namespace, 'web');
      await settled();
      const sets = await replicaSets(namespace);
      assert.equal(sets.length, 1);
      assert.deepEqual(sets[0]!.metadata.ownerReferences ?? [], []);
      await readyPods(bed, namespace, 2);
    });

    test('[sig-api-machinery] Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await createController(namespace, 10);
      await readyPods(bed, namespace, 10);
      using pods = bed.watch(Pod, { namespace }, {});
      using controllers = bed.watch(ReplicationController, { namespace }, {});
      await remove(ReplicationController, namespace, 'rc', 'Foreground');
      const { object } = await controllers.find(({ type }) => type === 'DELETED');
      assert.ok(object.metadata.deletionTimestamp);
      const goneAt = Number(object.metadata.resourceVersion);
      for (let left = 10; left > 0; left--) {
        const gone = await pods.find(({ type }) => type === 'DELETED');
        assert.ok(Number(gone.object.metadata.resourceVersion) < goneAt, 'its pods went first');
      }
      assert.deepEqual(await podsNow(bed, namespace), []);
    });

    test("[sig-api-machinery] Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted [Conformance] [Serial]", async () => {
      const namespace = await bed.namespace();
      const going = await createController(namespace, 10);
      const pods = await readyPods(bed, namespace, 10);
      const staying = await bed.client.create(ReplicationController, {
        metadata: { namespace, name: 'staying' },
        spec: { replicas: 0, selector: { app: 'another' }, template: templateOf({ app: 'another' }) },
      } as never);
      const both = pods.slice(0, 5).map(({ metadata }) => metadata.name!);
      for (const name of both) {
        const reference = owner(staying, { kind: 'ReplicationController' });
        const patch = { metadata: { ownerReferences: [reference] } };
        await bed.client.patch(Pod, { namespace, name }, 'strategic', patch);
      }
      assert.equal(going.metadata.name, 'rc');
      await remove(ReplicationController, namespace, 'rc', 'Foreground');
      await isMissing(ReplicationController, namespace, 'rc');
      const left = await podsNow(bed, namespace);
      assert.deepEqual(new Set(left.map(({ metadata }) => metadata.name)), new Set(both));
      for (const { metadata } of left)
        assert.deepEqual([metadata.ownerReferences?.map(({ name }) => name), metadata.deletionTimestamp], [['staying'], undefined]);
    });

    test('custom resources are collected like any other', async () => {
      const kind = await establish(bed, { group: 'collected.example.com', plural: 'foos', kind: 'Foo' });
      const namespace = await bed.namespace();
      const metadata = { namespace, name: 'owner' };
      const parent: Custom = await bed.client.create(kind, { metadata });
      const reference = { apiVersion: 'collected.example.com/v1', kind: 'Foo', name: 'owner', uid: parent.metadata.uid! };
      await bed.client.create(kind, { metadata: { namespace, name: 'dependent', ownerReferences: [reference] } });
      await create(namespace, 'dependent', [reference]);
      await bed.client.delete(kind, metadata);
      await isGone(namespace, 'dependent');
      await until(async () => (await bed.client.list(kind, { namespace })).items.length === 0);
    });

    test('an owner that never was is as good as gone', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'lost', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'b7f5a6c1-0000-4000-8000-000000000000' }]);
      await isGone(namespace, 'lost');
    });

    test('an owner that is named twice counts once, and a warning says so', async () => {
      const namespace = await bed.namespace();
      const first = owner(await create(namespace, 'owner'));
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const made = await bed.request('POST', path, { body: { metadata: { name: 'twice', ownerReferences: [first, first] } } });
      assert.deepEqual(made.json?.['metadata']?.['ownerReferences'], [first]);
      assert.match(
        made.warnings[0]!,
        /^\.metadata\.ownerReferences contains duplicate entries; API server dedups .* observed: [-0-9a-f]+$/,
      );
      const patch = [{ op: 'add', path: '/metadata/ownerReferences/-', value: first }];
      const patched = await bed.request('PATCH', `${path}/twice`, { contentType: 'application/json-patch+json', body: patch });
      assert.deepEqual(patched.json?.['metadata']?.['ownerReferences'], [first]);
      assert.match(patched.warnings[0]!, /duplicate entries after mutating admission happens/);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
