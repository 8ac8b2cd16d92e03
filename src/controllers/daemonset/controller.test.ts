import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { playKubelet, setPodStatus, type TrialKubelet } from '../../workloads/trial-kubelet.ts';
import { at, playScheduler, podTemplate, trialSet, type TrialSet } from './trial-set.ts';

const { namespace } = at;
let plane: VirtualControlPlane;
let set: TrialSet;

describe('daemon set controller', () => {
  beforeEach(async () => {
    const controllers = ['daemonset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];
    plane = await startVirtualControlPlane({ controllers });
    await plane.clock.advance(100);
    set = trialSet(plane.client);
  });
  afterEach(() => plane[Symbol.dispose]());

  const play = (kubelet?: TrialKubelet) => {
    playScheduler(plane.client);
    playKubelet(plane, namespace, kubelet);
  };
  const available = async (count: number) => ((await set.read()).status.numberAvailable ?? 0) === count;
  const revisions = async () => (await plane.client.list(ControllerRevision, { namespace })).items;
  const rolling = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate } });

  test('each node has a pod that only it can have, nodes that come get one, and the status counts them', async () => {
    play();
    await set.addNode('n1');
    await set.addNode('n2');
    await set.create();
    await plane.until(() => available(2));
    assert.deepEqual(await set.shape(), ['n1:a', 'n2:a']);
    const pod = (await set.pods()).find(({ spec }) => spec.nodeName === 'n1');
    const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] };
    assert.deepEqual(pod?.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, [term]);
    const [revision] = await revisions();
    assert.deepEqual(pod.metadata.labels, {
      app: 'agent',
      'controller-revision-hash': revision?.metadata.labels?.['controller-revision-hash'],
      'pod-template-generation': '1',
    });
    await set.addNode('n3');
    await plane.until(() => available(3));
    assert.deepEqual((await set.read()).status, {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
    });
    assert.match((await set.events())[0] ?? '', /^Created pod: agent-.....$/);
  });

  test('nodes that the template does not select have none, and lose theirs when they are selected no more', async () => {
    play();
    await set.addNode('n1', {}, { disk: 'ssd' });
    await set.addNode('n2');
    const template = { ...podTemplate('a'), spec: { ...podTemplate('a').spec, nodeSelector: { disk: 'ssd' } } };
    await set.create({ template });
    await plane.until(() => available(1));
    assert.deepEqual(await set.shape(), ['n1:a']);
    await plane.client.patch(Node, { name: 'n1' }, 'merge', { metadata: { labels: { disk: 'hdd' } } });
    await plane.client.patch(Node, { name: 'n2' }, 'merge', { metadata: { labels: { disk: 'ssd' } } });
    await plane.until(async () => (await set.shape()).join() === 'n2:a');
  });

  test('a cordoned node has its pod, a tainted one has none; who is there stays unless it must not run', async () => {
    play();
    const taint = (key: string, effect: 'NoSchedule' | 'NoExecute') => ({ taints: [{ key, effect }] });
    await set.addNode('cordoned', { unschedulable: true, ...taint('node.kubernetes.io/unschedulable', 'NoSchedule') });
    await set.addNode('tainted', taint('mine', 'NoSchedule'));
    await set.addNode('later');
    await set.create();
    await plane.until(() => available(2));
    assert.deepEqual(await set.shape(), ['cordoned:a', 'later:a']);
    await plane.client.patch(Node, { name: 'later' }, 'merge', { spec: taint('mine', 'NoSchedule') });
    await plane.until(async () => (await set.read()).status.numberMisscheduled === 1);
    assert.deepEqual(await set.shape(), ['cordoned:a', 'later:a']);
    await plane.client.patch(Node, { name: 'later' }, 'merge', { spec: taint('mine', 'NoExecute') });
    await plane.until(async () => (await set.shape()).join() === 'cordoned:a');
  });

  test('an update replaces pods one after another, and the history keeps both revisions', async () => {
    play({ goneAfterMs: () => 2_000 });
    for (const name of ['n1', 'n2', 'n3']) await set.addNode(name);
    await set.create();
    await plane.until(() => available(3));
    await set.setImage('b');
    await plane.clock.advance(1_000);
    assert.deepEqual((await set.shape()).filter((pod) => pod.startsWith('(')).length, 1);
    await plane.until(async () => (await set.read()).status.updatedNumberScheduled === 3 && (await available(3)));
    assert.deepEqual(await set.shape(), ['n1:b', 'n2:b', 'n3:b']);
    assert.deepEqual(new Set((await revisions()).map(({ revision }) => revision)), new Set([1, 2]));
  });

  test('an update that does not become ready stops at maxUnavailable, and undo brings the rest back', async () => {
    play({ readyAfterMs: ({ spec }) => (spec.containers[0]!.image === 'bad' ? undefined : 100) });
    for (const name of ['n1', 'n2', 'n3', 'n4']) await set.addNode(name);
    await set.create(rolling({ maxUnavailable: '50%' }));
    await plane.until(() => available(4));
    await set.setImage('bad');
    await plane.clock.advance(20_000);
    assert.equal((await set.shape()).filter((pod) => pod.endsWith(':bad')).length, 2);
    assert.equal((await set.read()).status.numberUnavailable, 2);
    const first = (await revisions()).find(({ revision }) => revision === 1);
    await plane.client.patch(DaemonSet, at, 'strategic', first!.data);
    await plane.until(async () => (await set.read()).status.updatedNumberScheduled === 4 && (await available(4)));
    assert.deepEqual(new Set((await revisions()).map(({ revision }) => revision)), new Set([2, 3]));
  });

  test('with maxSurge the new pod is there before the old one goes, and no node is without', async () => {
    play();
    for (const name of ['n1', 'n2']) await set.addNode(name);
    await set.create(rolling({ maxUnavailable: 0, maxSurge: 1 }));
    await plane.until(() => available(2));
    await set.setImage('b');
    let least = 2;
    let most = 2;
    await plane.until(async () => {
      const ready = (await set.pods()).filter(({ status, metadata }) => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') && !metadata.deletionTimestamp); // prettier-ignore
      least = Math.min(least, new Set(ready.map(({ spec }) => spec.nodeName)).size);
      most = Math.max(most, (await set.pods()).filter(({ metadata }) => !metadata.deletionTimestamp).length);
      return (await set.shape()).join() === 'n1:b,n2:b';
    });
    assert.deepEqual([least, most], [2, 3]);
  });

  test('OnDelete waits until somebody deletes the pod', async () => {
    play();
    for (const name of ['n1', 'n2']) await set.addNode(name);
    await set.create({ updateStrategy: { type: 'OnDelete' } });
    await plane.until(() => available(2));
    await set.setImage('b');
    await plane.clock.advance(5_000);
    assert.deepEqual(await set.shape(), ['n1:a', 'n2:a']);
    const [pod] = await set.pods();
    await plane.client.delete(Pod, { namespace, name: pod!.metadata.name! });
    await plane.until(async () => (await set.shape()).filter((one) => one.endsWith(':b')).length === 1);
  });

  test('failed pods are replaced, ever less often, and told of', async () => {
    playScheduler(plane.client);
    playKubelet(plane, namespace, { readyAfterMs: () => undefined });
    await set.addNode('n1');
    await set.create();
    let failures = 0;
    const seen = new Set<string>();
    for (let s = 0; s < 64; s++) {
      for (const pod of await set.pods()) {
        if (seen.has(pod.metadata.uid!) || pod.metadata.deletionTimestamp) continue;
        seen.add(pod.metadata.uid!);
        failures++;
        await setPodStatus(plane, pod, 'Failed', false);
      }
      await plane.clock.advance(500);
    }
    // At 0, 1, 3, 7, 15 and 31 seconds.
    assert.ok(failures >= 5 && failures <= 7, String(failures));
    assert.ok(
      (await set.events()).some((message) =>
        /^Found failed daemon pod default\/agent-..... on node n1, will try to kill it$/.test(message),
      ),
    );
  });

  test('a pod that waits for a node which is gone is deleted', async () => {
    await set.addNode('n1');
    await set.create();
    await plane.until(async () => (await set.pods()).length === 1);
    await plane.client.delete(Node, { name: 'n1' });
    await plane.until(async () => (await set.pods()).length === 0);
  });

  test('pods become available, which nothing tells of, after minReadySeconds', async () => {
    play();
    await set.addNode('n1');
    await set.create({ minReadySeconds: 10 });
    await plane.until(async () => (await set.read()).status.numberReady === 1);
    assert.equal((await set.read()).status.numberUnavailable, 1);
    await plane.until(() => available(1), 12_000);
  });

  test('old revisions go beyond the limit, with the set its pods and revisions go', async () => {
    play();
    await set.addNode('n1');
    await set.create({ revisionHistoryLimit: 1 });
    for (const image of ['b', 'c']) {
      await set.setImage(image);
      await plane.until(async () => (await set.shape()).join() === `n1:${image}` && (await available(1)));
      await plane.clock.advance(500);
    }
    assert.equal((await revisions()).length, 2);
    await plane.client.delete(DaemonSet, at);
    await plane.until(async () => (await set.pods()).length + (await revisions()).length === 0);
  });
});
