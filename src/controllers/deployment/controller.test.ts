import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { ResourceQuota } from '../../api/kinds/core/resourcequota.ts';
import type { KubeObject } from '../../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { templateHash } from '../../workloads/template-hash.ts';
import { conditionOf } from './conditions.ts';
import { sizeOf } from './replica-sets.ts';
import { revisionAnnotation, revisionOf } from './revision.ts';
import { container, controllers, imageOf, name, namespace, trialDeployment, type TrialDeployment } from './trial-deployment.ts';

const at = { namespace, name };

describe('deployment controller', () => {
  let plane: VirtualControlPlane;
  let web: TrialDeployment;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers });
    web = await trialDeployment(plane);
  });
  afterEach(() => plane[Symbol.dispose]());

  const progress = async () => {
    const found = conditionOf((await web.read()).status.conditions, 'Progressing');
    return found && `${found.status} ${found.reason}`;
  };
  const sizes = async () => (await web.replicaSets()).map(sizeOf);
  const revisions = async () => (await web.replicaSets()).map((one) => Number(revisionOf(one)));
  const settle = () => web.advance(15_000);

  test('a deployment makes a replica set named by its template, and tells how it gets on', async () => {
    const made = await web.create();
    await web.advance(100);
    assert.equal(await progress(), 'True ReplicaSetUpdated');
    const [replicaSet] = await web.replicaSets();
    const hash = templateHash(made.spec.template);
    assert.equal(replicaSet!.metadata.name, `web-${hash}`);
    assert.equal(replicaSet!.spec.selector.matchLabels?.['pod-template-hash'], hash);
    assert.equal(replicaSet!.spec.template?.metadata?.labels?.['pod-template-hash'], hash);
    await settle();
    const { metadata, status } = await web.read();
    assert.deepEqual([metadata.annotations?.[revisionAnnotation], metadata.generation], ['1', 1]);
    assert.deepEqual([status.replicas, status.updatedReplicas, status.availableReplicas, status.unavailableReplicas], [4, 4, 4, undefined]);
    assert.equal(await progress(), 'True NewReplicaSetAvailable');
    assert.deepEqual(await web.events(), [`Scaled up replica set web-${hash} from 0 to 4`]);
  });

  test('a new template rolls, and the next reconciliation has nothing left to write', async () => {
    await web.create();
    await settle();
    await web.setImage('b');
    await settle();
    assert.deepEqual(
      [await sizes(), await revisions()],
      [
        [0, 4],
        [1, 2],
      ],
    );
    assert.deepEqual(new Set((await web.pods()).map(imageOf)), new Set(['b']));
    const { resourceVersion } = (await web.read()).metadata;
    await web.advance(600_000);
    assert.equal((await web.read()).metadata.resourceVersion, resourceVersion);
  });

  test('undo brings the old replica set back under a new revision, and its history is kept', async () => {
    await web.create();
    await settle();
    for (const image of ['b', 'a']) {
      await web.setImage(image);
      await settle();
    }
    assert.deepEqual(
      [await sizes(), await revisions()],
      [
        [4, 0],
        [3, 2],
      ],
    );
    assert.equal((await web.replicaSets())[0]!.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
    assert.equal((await web.read()).metadata.annotations?.[revisionAnnotation], '3');
  });

  test('a bad image stops the rollout within its limits, the deadline tells, and undo frees it', async () => {
    await web.create({ progressDeadlineSeconds: 30 });
    await settle();
    await web.setImage('bad');
    await web.advance(20_000);
    assert.deepEqual(await sizes(), [3, 2]);
    const { status } = await web.read();
    assert.deepEqual([status.replicas, status.availableReplicas, status.unavailableReplicas], [5, 3, 2]);
    await web.advance(15_000);
    assert.equal(await progress(), 'False ProgressDeadlineExceeded');
    await web.setImage('a');
    await settle();
    assert.deepEqual([await sizes(), await progress()], [[4, 0], 'True NewReplicaSetAvailable']);
  });

  test('scaling makes no revision, and in the middle of a rollout it is shared', async () => {
    await web.create({ replicas: 10 });
    await settle();
    await web.patch({ replicas: 12 });
    await settle();
    assert.deepEqual([await sizes(), await revisions()], [[12], [1]]);
    await web.setImage('bad');
    await settle();
    assert.deepEqual(await sizes(), [9, 6]);
    await web.patch({ replicas: 24 });
    await settle();
    assert.deepEqual(
      [await sizes(), await revisions()],
      [
        [18, 12],
        [1, 2],
      ],
    );
    await web.patch({ replicas: 0 });
    await settle();
    assert.deepEqual(
      [await sizes(), await revisions()],
      [
        [0, 0],
        [1, 2],
      ],
    );
  });

  test('a paused deployment scales, but makes no new replica set until it goes on', async () => {
    await web.create({ paused: true });
    await settle();
    assert.deepEqual([await sizes(), await progress()], [[], 'Unknown DeploymentPaused']);
    await web.patch({ paused: false });
    await settle();
    await web.patch({ paused: true, template: { spec: { containers: [container('b')] } } });
    await settle();
    await web.patch({ replicas: 6 });
    await settle();
    assert.deepEqual([await sizes(), await progress()], [[6], 'Unknown DeploymentPaused']);
    await web.patch({ paused: false });
    await web.advance(10);
    assert.equal((await sizes()).length, 2);
    await settle();
    assert.deepEqual([await sizes(), await progress()], [[0, 6], 'True NewReplicaSetAvailable']);
  });

  test('Recreate waits for the last old pod to be gone', async () => {
    await web.create({ strategy: { type: 'Recreate' } });
    await settle();
    await web.setImage('b');
    await web.advance(400);
    assert.deepEqual([await sizes(), (await web.pods()).length, (await web.read()).status.terminatingReplicas], [[0], 0, 4]);
    await web.advance(200);
    assert.deepEqual(await sizes(), [0, 4]);
    await settle();
    assert.deepEqual((await web.pods()).map(imageOf), ['b', 'b', 'b', 'b']);
    assert.equal(await progress(), 'True NewReplicaSetAvailable');
  });

  test('old replica sets go, but for as many as the history keeps', async () => {
    await web.create({ revisionHistoryLimit: 1 });
    await settle();
    for (const image of ['b', 'c', 'd']) {
      await web.setImage(image);
      await settle();
    }
    assert.deepEqual(
      [await sizes(), await revisions()],
      [
        [0, 4],
        [3, 4],
      ],
    );
  });

  test('annotations and minReadySeconds reach the current replica set without a rollout', async () => {
    await web.create();
    await settle();
    const annotations = { 'kubernetes.io/change-cause': 'why not' };
    await plane.client.patch(Deployment, at, 'merge', { metadata: { annotations }, spec: { minReadySeconds: 7 } });
    await settle();
    const [replicaSet, ...others] = await web.replicaSets();
    assert.equal(others.length, 0);
    assert.deepEqual([replicaSet!.metadata.annotations?.['kubernetes.io/change-cause'], replicaSet!.spec.minReadySeconds], ['why not', 7]);
  });

  test('when another has taken the name, the next try takes a different one', async () => {
    const spec = {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'n', containers: [container('a')] } },
    };
    const { spec: defaulted } = await plane.client.create(Deployment, { metadata: at, spec, status: {} }, { dryRun: ['All'] });
    const taken = `web-${templateHash(defaulted.template)}`;
    const other = {
      ...spec,
      selector: { matchLabels: { app: 'other' } },
      template: { ...spec.template, metadata: { labels: { app: 'other' } } },
    };
    await plane.client.create(ReplicaSet, { metadata: { namespace, name: taken }, spec: other, status: { replicas: 0 } });
    await web.create();
    await settle();
    assert.equal((await web.read()).status.collisionCount, 1);
    const owned = (await web.replicaSets()).filter(({ metadata }) => metadata.ownerReferences);
    assert.deepEqual(
      owned.map(({ metadata }) => metadata.name),
      [`web-${templateHash(defaulted.template, 1)}`],
    );
    assert.equal((await web.pods()).filter(({ metadata }) => metadata.labels?.['app'] === 'web').length, 4);
  });

  test('orphaned replica sets are adopted by a new deployment, pods and all', async () => {
    await web.create();
    await settle();
    await plane.client.delete(Deployment, at, { propagationPolicy: 'Orphan' });
    await plane.until(async () =>
      plane.client.get(Deployment, at).then(
        () => false,
        (error: unknown) => isNotFound(error),
      ),
    );
    const pods = (await web.pods()).map(({ metadata }) => metadata.uid);
    const { metadata } = await web.create();
    await settle();
    const [replicaSet, ...others] = await web.replicaSets();
    assert.deepEqual([replicaSet!.metadata.ownerReferences?.[0]?.uid, others.length], [metadata.uid, 0]);
    assert.deepEqual(
      (await web.pods()).map((pod) => pod.metadata.uid),
      pods,
    );
  });

  test('what keeps pods from being made is told of the deployment', async () => {
    const hard = { pods: '3' };
    await plane.client.create<KubeObject>(ResourceQuota, { metadata: { namespace, name: 'q' }, spec: { hard } } as KubeObject);
    await plane.client.patch(
      ResourceQuota,
      { namespace, name: 'q' },
      'merge',
      { status: { hard, used: { pods: '0' } } },
      { subresource: 'status' },
    );
    await web.create();
    await settle();
    const failure = conditionOf((await web.read()).status.conditions, 'ReplicaFailure');
    assert.match(`${failure?.reason} ${failure?.message}`, /^FailedCreate pods "web-.*" is forbidden: exceeded quota: q/);
    await plane.client.delete<KubeObject>(ResourceQuota, { namespace, name: 'q' });
    // By then a try comes every few minutes.
    await web.advance(1_000_000);
    assert.equal(conditionOf((await web.read()).status.conditions, 'ReplicaFailure'), undefined);
    assert.equal((await web.pods()).length, 4);
  });
});
