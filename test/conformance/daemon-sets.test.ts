import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet as DaemonSetObject, DaemonSetSpec } from '../../src/api/generated/apps/v1.ts';
import { ControllerRevision } from '../../src/api/kinds/apps/controllerrevision.ts';
import { DaemonSet } from '../../src/api/kinds/apps/daemonset.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { isActive, isReady } from '../../src/api/pods/pod-state.ts';
import { conformance, until } from './bed.ts';
import { podIsGone, podsNow, readyPods, templateOf, type Labels } from './pods-of.ts';

const labels = { 'daemonset-name': 'daemon-set' };
const revisionLabel = 'controller-revision-hash';
const [old, next] = ['httpd:2.4', 'agnhost:2.39'];

conformance(
  'daemon sets',
  (bed) => {
    const create = (namespace: string, spec: Partial<DaemonSetSpec> = {}) =>
      bed.client.create(DaemonSet, {
        metadata: { namespace, name: 'daemon-set', labels },
        spec: { selector: { matchLabels: labels }, template: templateOf(labels, { image: old }), ...spec },
      } as never);
    const setImage = (namespace: string, image: string) =>
      bed.client.patch(DaemonSet, { namespace, name: 'daemon-set' }, 'strategic', {
        spec: { template: { spec: { containers: [{ name: 'pause', image }] } } },
      });
    const workers = async () =>
      (await bed.client.list(Node)).items.flatMap(({ metadata, spec }) => (spec?.taints?.length ? [] : metadata.name!)).toSorted();
    /** A ready pod on each of these nodes, and none elsewhere. */
    const runsOn = (namespace: string, nodes: readonly string[]) =>
      until(async () => {
        const pods = (await podsNow(bed, namespace)).filter(isActive);
        const places = pods.map(({ spec }) => spec.nodeName ?? '').toSorted();
        return pods.every(isReady) && places.join() === nodes.join() && pods;
      });
    const labelNode = (name: string, wanted: Readonly<Record<string, string | null>>) =>
      bed.client.patch(Node, { name }, 'merge', { metadata: { labels: wanted } });
    const revisions = async (namespace: string, labelSelector = 'daemonset-name=daemon-set') =>
      (await bed.client.list(ControllerRevision, { namespace }, { labelSelector })).items;

    test('[sig-apps] Daemon set should run and stop simple daemon [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await create(namespace);
      const [one] = await runsOn(namespace, await workers());
      await bed.client.delete(Pod, { namespace, name: one!.metadata.name! });
      await podIsGone(bed, namespace, one!.metadata.name!);
      await runsOn(namespace, await workers());
      await bed.client.delete(DaemonSet, { namespace, name: 'daemon-set' });
      await until(async () => (await podsNow(bed, namespace)).length === 0);
    });

    test('[sig-apps] Daemon set should run and stop complex daemon [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const selected = (color: string): { readonly template: DaemonSetSpec['template'] } => ({
        template: templateOf(labels, { nodeSelector: { 'daemonset-color': color } }),
      });
      const [node] = await workers();
      await create(namespace, selected('blue'));
      await until(async () => (await bed.client.get(DaemonSet, { namespace, name: 'daemon-set' })).status?.observedGeneration === 1);
      await runsOn(namespace, []);
      await labelNode(node!, { 'daemonset-color': 'blue' });
      await runsOn(namespace, [node!]);
      await labelNode(node!, { 'daemonset-color': 'green' });
      await runsOn(namespace, []);
      const updateStrategy = { type: 'RollingUpdate' } as const;
      await bed.change(DaemonSet, { namespace, name: 'daemon-set' }, (set) => ({
        ...set,
        spec: { ...set.spec, ...selected('green'), updateStrategy },
      }));
      await runsOn(namespace, [node!]);
      await labelNode(node!, { 'daemonset-color': null });
      await runsOn(namespace, []);
    });

    test('[sig-apps] Daemon set should retry creating failed daemon pods [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await create(namespace);
      const [one] = await runsOn(namespace, await workers());
      const { name } = one!.metadata;
      await bed.client.patch(Pod, { namespace, name: name! }, 'merge', { status: { phase: 'Failed' } }, { subresource: 'status' });
      await podIsGone(bed, namespace, name!);
      const pods = await runsOn(namespace, await workers());
      assert.ok(!pods.some(({ metadata }) => metadata.name === name));
    });

    test('[sig-apps] Daemon set should update pod when spec was updated and update strategy is RollingUpdate [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await create(namespace, { updateStrategy: { type: 'RollingUpdate' } });
      const before = await runsOn(namespace, await workers());
      assert.equal((await revisions(namespace))[0]?.revision, 1);
      await setImage(namespace, next);
      const after = await until(async () => {
        const pods = await runsOn(namespace, await workers());
        return pods.every(({ spec }) => spec.containers[0]!.image === next) && pods;
      });
      const hash = (await revisions(namespace)).find(({ revision }) => revision === 2)!.metadata.labels?.[revisionLabel];
      assert.deepEqual([...new Set(after.map(({ metadata }) => metadata.labels?.[revisionLabel]))], [hash]);
      assert.notEqual(before[0]!.metadata.labels?.[revisionLabel], hash);
    });

    test('[sig-apps] Daemon set should rollback without unnecessary restarts [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await create(namespace);
      const before = await runsOn(namespace, await workers());
      assert.ok(before.length >= 2);
      await setImage(namespace, 'foo:non-existent');
      const isNew = ({ spec }: { readonly spec: { readonly containers: readonly { readonly image?: string }[] } }) =>
        spec.containers[0]!.image === 'foo:non-existent';
      await until(async () => (await podsNow(bed, namespace)).some(isNew));
      const untouched = (await podsNow(bed, namespace)).filter((pod) => isActive(pod) && !isNew(pod));
      assert.ok(untouched.length > 0, 'a rollout stops at the first pod that does not become ready');
      await setImage(namespace, old);
      await until(async () => !(await podsNow(bed, namespace)).some(isNew));
      const after = new Map((await runsOn(namespace, await workers())).map((pod) => [pod.metadata.uid, pod]));
      for (const { metadata } of untouched) {
        assert.ok(after.has(metadata.uid), 'a pod that was of the old revision is still there');
        assert.equal(after.get(metadata.uid)!.status?.containerStatuses?.[0]?.restartCount, 0);
      }
    });

    test('[sig-apps] Daemon set should list and delete a collection of DaemonSets [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await create(namespace);
      await runsOn(namespace, await workers());
      const labelSelector = 'daemonset-name=daemon-set';
      assert.equal((await bed.client.list(DaemonSet, { namespace }, { labelSelector })).items.length, 1);
      await bed.client.deleteCollection(DaemonSet, { namespace }, {}, { labelSelector });
      await until(async () => (await bed.client.list(DaemonSet, { namespace })).items.length === 0);
      await until(async () => (await podsNow(bed, namespace)).length === 0);
    });

    test('[sig-apps] Daemon set should verify changes to a daemon set status [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const at = { namespace, name: 'daemon-set' };
      await create(namespace);
      await runsOn(namespace, await workers());
      using watch = bed.watch(DaemonSet, { namespace }, {});
      const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from a test' });
      const has = (type: string, { status }: DaemonSetObject) => status?.conditions?.some((one) => one.type === type) === true;
      const add = (set: DaemonSetObject) =>
        ({ ...set, status: { ...set.status, conditions: [...(set.status?.conditions ?? []), condition('StatusUpdate')] } }) as never;
      assert.ok(has('StatusUpdate', await bed.change(DaemonSet, at, add, 'status')));
      await watch.find(({ object }) => has('StatusUpdate', object));
      const patch = { status: { conditions: [condition('StatusPatched')] } };
      assert.ok(has('StatusPatched', await bed.client.patch(DaemonSet, at, 'strategic', patch, { subresource: 'status' })));
      await watch.find(({ object }) => has('StatusPatched', object));
    });

    test('[sig-apps] ControllerRevision should manage the lifecycle of a ControllerRevision [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const selector = 'daemonset-name=daemon-set';
      await create(namespace);
      await runsOn(namespace, await workers());
      const [made] = await revisions(namespace);
      const name = made!.metadata.name!;
      const patched = await bed.client.patch(ControllerRevision, { namespace, name }, 'strategic', {
        metadata: { labels: { [name]: 'patched' } },
      });
      assert.equal(patched.metadata.labels?.[name], 'patched');
      const { ownerReferences, labels: ownLabels } = made!.metadata;
      const second = {
        metadata: { namespace, name: 'second', labels: ownLabels as Labels, ownerReferences },
        data: made!.data,
        revision: 3,
      };
      await bed.client.create(ControllerRevision, second);
      assert.equal((await bed.client.list(ControllerRevision, { namespace }, { labelSelector: selector })).items.length, 2);
      await bed.client.delete(ControllerRevision, { namespace, name });
      await until(async () => (await revisions(namespace)).length === 1);
      const updated = await bed.change(ControllerRevision, { namespace, name: 'second' }, (one) => ({
        ...one,
        metadata: { ...one.metadata, labels: { ...one.metadata.labels, second: 'updated' } },
      }));
      assert.equal(updated.metadata.labels?.['second'], 'updated');
      await setImage(namespace, next);
      const latest = await until(async () => {
        const all = await revisions(namespace);
        return all.length === 2 && all.find(({ metadata }) => metadata.name !== 'second');
      });
      await bed.client.deleteCollection(ControllerRevision, { namespace }, {}, { labelSelector: 'second=updated' });
      await until(async () => (await revisions(namespace)).length === 1);
      assert.equal((await revisions(namespace))[0]!.metadata.uid, latest.metadata.uid);
      await readyPods(bed, namespace, (await workers()).length);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
