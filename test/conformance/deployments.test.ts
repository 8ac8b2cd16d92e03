import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment as DeploymentObject, DeploymentSpec, ReplicaSet as ReplicaSetObject } from '../../src/api/generated/apps/v1.ts';
import { Deployment } from '../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { isFinished } from '../../src/api/pods/pod-state.ts';
import { conformance, unlessMissing, until } from './bed.ts';
import { podsNow, readyPods, templateOf } from './pods-of.ts';
import { exerciseScale } from './scale.ts';

const labels = { name: 'sample-pod' };
const revision = 'deployment.kubernetes.io/revision';
const imageOf = ({ spec }: DeploymentObject | ReplicaSetObject) => spec?.template?.spec?.containers[0]?.image;

conformance(
  'deployments',
  (bed) => {
    const create = (namespace: string, image: string, spec: Partial<DeploymentSpec> = {}, name = 'web') =>
      bed.client.create(Deployment, {
        metadata: { namespace, name, labels },
        spec: { replicas: 1, selector: { matchLabels: labels }, template: templateOf(labels, { image }), ...spec },
      } as never);
    const createReplicaSet = (namespace: string, annotations: Readonly<Record<string, string>> = {}) =>
      bed.client.create(ReplicaSet, {
        metadata: { namespace, name: 'older', labels, annotations },
        spec: { replicas: 1, selector: { matchLabels: labels }, template: templateOf(labels, { image: 'httpd:2.4' }) },
      } as never);
    const setImage = (namespace: string, image: string) =>
      bed.client.patch(Deployment, { namespace, name: 'web' }, 'strategic', {
        spec: { template: { spec: { containers: [{ name: 'pause', image }] } } },
      });
    const completed = (namespace: string, name = 'web') =>
      until(async () => {
        const deployment = await bed.client.get(Deployment, { namespace, name });
        const { replicas, updatedReplicas, availableReplicas, observedGeneration } = deployment.status ?? {};
        const wanted = deployment.spec?.replicas;
        const isDone = replicas === wanted && updatedReplicas === wanted && availableReplicas === wanted;
        return isDone && observedGeneration === deployment.metadata.generation && deployment;
      }, 20_000);
    const replicaSets = async (namespace: string) => (await bed.client.list(ReplicaSet, { namespace })).items;
    const replicaSetOf = async (namespace: string, image: string) => (await replicaSets(namespace)).find((one) => imageOf(one) === image);

    test('[sig-apps] Deployment RollingUpdateDeployment should delete old pods and create new ones [Conformance]', async () => {
      const namespace = await bed.namespace();
      const older = await createReplicaSet(namespace, { [revision]: '3546343826724305832' });
      await readyPods(bed, namespace, 1);
      await create(namespace, 'agnhost:2.39');
      const deployment = await completed(namespace);
      assert.equal(deployment.metadata.annotations?.[revision], '3546343826724305833');
      const adopted = await until(async () => {
        const old = await bed.client.get(ReplicaSet, { namespace, name: 'older' });
        return old.status?.replicas === 0 && old;
      });
      assert.equal(adopted.metadata.uid, older.metadata.uid);
      assert.equal(adopted.metadata.ownerReferences?.[0]?.uid, deployment.metadata.uid);
      const [pod] = await readyPods(bed, namespace, 1);
      assert.equal(pod?.spec.containers[0]?.image, 'agnhost:2.39');
    });

    test('[sig-apps] Deployment RecreateDeployment should delete old pods and create new ones [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'agnhost:2.39', { strategy: { type: 'Recreate' } });
      await completed(namespace);
      using watch = bed.watch(Pod, { namespace }, {});
      await setImage(namespace, 'httpd:2.4');
      const deployment = await completed(namespace);
      assert.equal(deployment.metadata.annotations?.[revision], '2');
      await readyPods(bed, namespace, 1);
      const old = new Map<string, boolean>();
      for (let event; watch.unread.length > 0;) {
        event = await watch.next();
        const { metadata, spec, status } = event.object;
        if (spec.containers[0]?.image === 'agnhost:2.39') old.set(metadata.uid!, event.type !== 'DELETED' && !isFinished(event.object));
        else if (status?.phase === 'Running') assert.ok(![...old.values()].includes(true), 'a new pod runs beside an old one');
      }
      assert.equal(old.size, 1);
    });

    test('[sig-apps] Deployment deployment should delete old replica sets [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createReplicaSet(namespace);
      await readyPods(bed, namespace, 1);
      await create(namespace, 'agnhost:2.39', { revisionHistoryLimit: 0 });
      await until(async () => !(await bed.client.get(ReplicaSet, { namespace, name: 'older' }).catch(unlessMissing)));
      await completed(namespace);
      assert.deepEqual((await replicaSets(namespace)).map(imageOf), ['agnhost:2.39']);
    });

    test('[sig-apps] Deployment deployment should support rollover [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createReplicaSet(namespace);
      await readyPods(bed, namespace, 1);
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } as const;
      await create(namespace, 'redis-slave:nonexistent', { minReadySeconds: 10, strategy });
      await until(async () => (await replicaSetOf(namespace, 'redis-slave:nonexistent'))?.spec?.replicas === 1);
      assert.equal((await bed.client.get(ReplicaSet, { namespace, name: 'older' })).spec?.replicas, 1, 'the old pod stays');
      await setImage(namespace, 'agnhost:2.39');
      await until(async () => (await replicaSetOf(namespace, 'agnhost:2.39'))?.spec?.replicas === 1);
      await completed(namespace);
      const counts = (await replicaSets(namespace)).map((one) => [imageOf(one), one.spec?.replicas]);
      assert.deepEqual(Object.fromEntries(counts), { 'httpd:2.4': 0, 'redis-slave:nonexistent': 0, 'agnhost:2.39': 1 });
      for (const one of await replicaSets(namespace))
        if (imageOf(one) !== 'agnhost:2.39')
          await until(async () => (await replicaSetOf(namespace, imageOf(one)!))?.status?.replicas === 0);
    });

    test('[sig-apps] Deployment deployment should support proportional scaling [Conformance]', async () => {
      const namespace = await bed.namespace();
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, maxSurge: 3 } } as const;
      await create(namespace, 'httpd:2.4', { replicas: 10, strategy });
      await completed(namespace);
      await setImage(namespace, 'webserver:404');
      const sizes = (old: number, next: number, available: number) =>
        until(async () => {
          const [first, second] = [await replicaSetOf(namespace, 'httpd:2.4'), await replicaSetOf(namespace, 'webserver:404')];
          const { observedGeneration } = (await bed.client.get(Deployment, { namespace, name: 'web' })).status ?? {};
          const isThere = first?.spec?.replicas === old && second?.spec?.replicas === next && first.status?.availableReplicas === available;
          return isThere && (second.status?.availableReplicas ?? 0) === 0 && observedGeneration;
        });
      await sizes(8, 5, 8);
      await bed.client.patch(Deployment, { namespace, name: 'web' }, 'merge', { spec: { replicas: 30 } }, { subresource: 'scale' });
      await sizes(20, 13, 20);
    });

    test('[sig-apps] Deployment Deployment should have a working scale subresource [Conformance]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, 'httpd:2.4');
      await completed(namespace);
      await exerciseScale(bed, Deployment, { namespace, name: 'web' }, 'name=sample-pod');
    });

    test('[sig-apps] Deployment should run the lifecycle of a Deployment [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'web' };
      using watch = bed.watch(Deployment, { namespace }, {});
      await create(namespace, 'httpd:2.4');
      await watch.find(({ type }) => type === 'ADDED');
      await watch.find(({ object }) => object.status?.availableReplicas === 1 && object.status.readyReplicas === 1);
      const patch = {
        metadata: { labels: { 'test-deployment': 'patched' } },
        spec: {
          replicas: 2,
          template: { spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'pause', image: 'httpd:2.5' }] } },
        },
      };
      await bed.client.patch(Deployment, at, 'strategic', patch);
      await watch.find(({ object }) => object.metadata.labels?.['test-deployment'] === 'patched');
      await watch.find(
        ({ object: { status, metadata } }) => status?.observedGeneration === metadata.generation && status?.readyReplicas === 2,
      );
      assert.equal((await bed.client.list(Deployment, {}, { labelSelector: 'test-deployment=patched' })).items.length, 1);
      await bed.change(Deployment, at, (one) => ({ ...one, metadata: { ...one.metadata, labels: { 'test-deployment': 'updated' } } }));
      await watch.find(({ object }) => object.metadata.labels?.['test-deployment'] === 'updated');
      await completed(namespace);
      const status = { readyReplicas: 0, availableReplicas: 0, unavailableReplicas: 2 };
      const patched = await bed.client.patch(Deployment, at, 'merge', { status }, { subresource: 'status' });
      assert.equal(patched.status?.readyReplicas ?? 0, 0);
      await watch.find(({ object }) => object.status?.readyReplicas === 2 /* its controller counts again */);
      const read = await bed.client.getSub<DeploymentObject>({
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        subresource: 'status',
        ...at,
      });
      assert.equal(imageOf(read), 'httpd:2.5');
      await bed.client.deleteCollection(Deployment, { namespace }, {}, { labelSelector: 'test-deployment=updated' });
      await watch.find(({ type }) => type === 'DELETED');
    });

    test('[sig-apps] Deployment should validate Deployment Status endpoints [Conformance]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'web' };
      using watch = bed.watch(Deployment, { namespace }, {});
      await create(namespace, 'httpd:2.4');
      await completed(namespace);
      const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' }) as const;
      const updated = await bed.change(
        Deployment,
        at,
        (one) => ({ ...one, status: { ...one.status, conditions: [...one.status.conditions!, condition('StatusUpdate')] } }),
        'status',
      );
      assert.ok(updated.status?.conditions?.some(({ type }) => type === 'StatusUpdate'));
      await watch.find(({ object }) => object.status?.conditions?.some(({ type }) => type === 'StatusUpdate') === true);
      const patched = await bed.client.patch(
        Deployment,
        at,
        'strategic',
        { status: { conditions: [condition('StatusPatched')] } },
        { subresource: 'status' },
      );
      assert.ok(patched.status?.conditions?.some(({ type }) => type === 'StatusPatched'));
      await watch.find(({ object }) => object.status?.conditions?.some(({ type }) => type === 'StatusPatched') === true);
      assert.equal((await podsNow(bed, namespace)).length, 1);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
