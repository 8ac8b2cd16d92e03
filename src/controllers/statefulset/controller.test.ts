import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { templateOf } from '../../workloads/controller-history.ts';
import { playKubelet, setPodStatus } from '../../workloads/trial-kubelet.ts';
import { at, trialSet, type TrialSet } from './trial-set.ts';

const { namespace } = at;
let plane: VirtualControlPlane;
let set: TrialSet;

describe('stateful set controller', () => {
  beforeEach(async () => {
    const controllers = ['statefulset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];
    plane = await startVirtualControlPlane({ controllers });
    await plane.clock.advance(100);
    set = trialSet(plane.client);
  });
  afterEach(() => plane[Symbol.dispose]());

  const ready = async (count: number) => (await set.read()).status.readyReplicas === count;
  const revisions = async () => (await plane.client.list(ControllerRevision, { namespace })).items;

  test('pods are made one after another, each when the one before is ready', async () => {
    await set.create();
    await plane.clock.advance(1_000);
    assert.deepEqual(await set.shape(), ['web-0:a']);
    await setPodStatus(plane, (await set.pods())[0]!, 'Running', true);
    await plane.clock.advance(1_000);
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a']);
    await setPodStatus(plane, (await set.pods())[0]!, 'Running', false);
    await setPodStatus(plane, (await set.pods())[1]!, 'Running', true);
    await plane.clock.advance(1_000);
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a']);
  });

  test('a pod has its name, place, revision, hostname and subdomain', async () => {
    await set.create({ replicas: 1 });
    await plane.until(async () => (await set.pods()).length === 1);
    const [pod] = await set.pods();
    const [revision] = await revisions();
    assert.deepEqual(pod?.metadata.labels, {
      app: 'web',
      'statefulset.kubernetes.io/pod-name': 'web-0',
      'apps.kubernetes.io/pod-index': '0',
      'controller-revision-hash': revision?.metadata.name,
    });
    assert.deepEqual([pod.spec.hostname, pod.spec.subdomain], ['web-0', 'web']);
    assert.equal(pod.metadata.ownerReferences?.[0]?.kind, 'StatefulSet');
    assert.deepEqual(await set.events(), ['create Pod web-0 in StatefulSet web successful']);
  });

  test('in parallel all pods are made at once', async () => {
    await set.create({ podManagementPolicy: 'Parallel' });
    await plane.until(async () => (await set.pods()).length === 3);
    assert.equal((await set.read()).status.readyReplicas, undefined);
  });

  test('ordinals begin where they are told to', async () => {
    playKubelet(plane, namespace);
    await set.create({ replicas: 2, ordinals: { start: 5 } });
    await plane.until(() => ready(2));
    assert.deepEqual(await set.shape(), ['web-5:a', 'web-6:a']);
    await set.patch({ ordinals: { start: 6 } });
    await plane.until(async () => (await set.shape()).join() === 'web-6:a,web-7:a');
  });

  test('scaling down takes the highest first, one at a time', async () => {
    playKubelet(plane, namespace, { goneAfterMs: () => 5_000 });
    await set.create();
    await plane.until(() => ready(3));
    await set.patch({ replicas: 1 });
    await plane.clock.advance(1_000);
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a', '(web-2:a)']);
    await plane.clock.advance(5_000);
    assert.deepEqual(await set.shape(), ['web-0:a', '(web-1:a)']);
    await plane.until(async () => (await set.shape()).length === 1);
    assert.equal((await set.read()).status.replicas, 1);
  });

  test('an update goes from the highest ordinal to the lowest, and ends with one revision', async () => {
    playKubelet(plane, namespace);
    await set.create();
    await plane.until(() => ready(3));
    const before = (await set.read()).status;
    assert.equal(before.currentRevision, before.updateRevision);
    await set.setImage('b');
    await plane.until(async () => (await set.shape()).includes('web-2:b'));
    assert.deepEqual((await set.shape()).slice(0, 2), ['web-0:a', 'web-1:a']);
    const during = (await set.read()).status;
    assert.equal(during.currentRevision, before.currentRevision);
    assert.notEqual(during.updateRevision, before.currentRevision);
    await plane.until(async () => (await set.read()).status.currentRevision === during.updateRevision);
    assert.deepEqual(await set.shape(), ['web-0:b', 'web-1:b', 'web-2:b']);
    const { status } = await set.read();
    assert.deepEqual(status, {
      observedGeneration: 2,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: during.updateRevision,
      updateRevision: during.updateRevision,
      collisionCount: 0,
    });
  });

  test('below the partition pods stay as they are, also when they are made anew', async () => {
    playKubelet(plane, namespace);
    await set.create({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    await plane.until(() => ready(3));
    await set.setImage('b');
    await plane.until(async () => (await set.read()).status.updatedReplicas === 1 && (await ready(3)));
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a', 'web-2:b']);
    const [first] = await set.pods();
    await plane.client.delete(Pod, { namespace, name: 'web-0' });
    await plane.until(async () => (await set.pods())[0]?.metadata.uid !== first?.metadata.uid && (await ready(3)));
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a', 'web-2:b']);
  });

  test('maxUnavailable lets more pods be updated at once', async () => {
    playKubelet(plane, namespace, { goneAfterMs: () => 5_000 });
    await set.create({ replicas: 4, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: '50%' } } });
    await plane.until(() => ready(4));
    await set.setImage('b');
    await plane.clock.advance(1_000);
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a', '(web-2:a)', '(web-3:a)']);
  });

  test('OnDelete waits until somebody deletes the pod', async () => {
    playKubelet(plane, namespace);
    await set.create({ updateStrategy: { type: 'OnDelete' } });
    await plane.until(() => ready(3));
    await set.setImage('b');
    await plane.clock.advance(5_000);
    assert.deepEqual(await set.shape(), ['web-0:a', 'web-1:a', 'web-2:a']);
    await plane.client.delete(Pod, { namespace, name: 'web-1' });
    await plane.until(async () => (await set.shape()).join() === 'web-0:a,web-1:b,web-2:a');
  });

  test('a rollback takes up the old revision again instead of making another', async () => {
    playKubelet(plane, namespace);
    await set.create({ replicas: 1 });
    await plane.until(() => ready(1));
    const [first] = await revisions();
    const cause = { 'kubernetes.io/change-cause': 'image b' };
    await plane.client.patch(StatefulSet, at, 'merge', { metadata: { annotations: cause } });
    await set.setImage('b');
    await plane.until(async () => (await set.shape()).join() === 'web-0:b' && (await ready(1)));
    assert.deepEqual((await revisions()).find(({ revision }) => revision === 2)?.metadata.annotations, cause);
    // What `kubectl rollout undo` does: the revision's data is a patch.
    await plane.client.patch(StatefulSet, at, 'strategic', first!.data);
    await plane.until(async () => (await set.shape()).join() === 'web-0:a' && (await ready(1)));
    const history = await revisions();
    assert.deepEqual(new Set(history.map(({ revision }) => revision)), new Set([2, 3]));
    assert.equal(history.find(({ revision }) => revision === 3)?.metadata.name, first?.metadata.name);
    assert.equal((await set.read()).status.currentRevision, first?.metadata.name);
  });

  test('no more revisions are kept than the limit says', async () => {
    playKubelet(plane, namespace);
    await set.create({ replicas: 1, revisionHistoryLimit: 1 });
    for (const image of ['b', 'c', 'd']) {
      await set.setImage(image);
      await plane.until(async () => (await set.shape()).join() === `web-0:${image}` && (await ready(1)));
      await plane.clock.advance(500);
    }
    const images = (await revisions()).map((revision) => templateOf(revision)?.spec?.containers[0]?.image);
    assert.deepEqual(new Set(images), new Set(['c', 'd']));
  });

  test('a pod that failed or ended is replaced', async () => {
    playKubelet(plane, namespace);
    await set.create({ replicas: 1 });
    await plane.until(() => ready(1));
    for (const phase of ['Failed', 'Succeeded']) {
      const [pod] = await set.pods();
      await setPodStatus(plane, pod!, phase, false);
      await plane.until(async () => (await set.pods())[0]?.metadata.uid !== pod?.metadata.uid && (await ready(1)));
    }
  });

  test('a pod counts as available, and lets the next one be made, only after minReadySeconds', async () => {
    playKubelet(plane, namespace);
    await set.create({ replicas: 2, minReadySeconds: 10 });
    await plane.until(() => ready(1));
    await plane.clock.advance(8_000);
    assert.deepEqual([await set.shape(), (await set.read()).status.availableReplicas], [['web-0:a'], 0]);
    await plane.until(async () => (await set.pods()).length === 2, 5_000);
    assert.equal((await set.read()).status.availableReplicas, 1);
  });

  test('an orphan of the right name is adopted, one of another name is not', async () => {
    const orphan = (name: string) =>
      plane.client.create<PodObject>(Pod, {
        metadata: { name, namespace, labels: { app: 'web' } },
        spec: { nodeName: 'n', containers: [{ name: 'c', image: 'old' }] },
        status: {},
      });
    await orphan('web-0');
    await orphan('web-00');
    await orphan('other');
    await set.create({ replicas: 1, updateStrategy: { type: 'OnDelete' } });
    await plane.clock.advance(1_000);
    const owners = (await set.pods()).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.length ?? 0]);
    assert.deepEqual(owners, [['other', 0], ['web-0', 1], ['web-00', 0]]); // prettier-ignore
    const adopted = (await set.pods())[1];
    assert.equal(adopted?.metadata.labels?.['apps.kubernetes.io/pod-index'], '0');
  });

  test('with the set its pods and revisions go', async () => {
    playKubelet(plane, namespace);
    await set.create();
    await plane.until(() => ready(3));
    await plane.client.delete(StatefulSet, at);
    await plane.until(async () => (await set.pods()).length + (await revisions()).length === 0);
  });
});
