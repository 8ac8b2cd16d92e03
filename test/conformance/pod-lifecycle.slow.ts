/** Pods on nodes, as far as merely running shows it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodObject } from '../../src/api/generated/core/v1.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { RuntimeClass } from '../../src/api/kinds/node/runtimeclass.ts';
import { isReady, isScheduled } from '../../src/api/pods/pod-state.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused } from './bed.ts';
import { createPod, pause, podIsGone, podNow, podRuns, podsNow, podThat } from './pods-of.ts';

conformance(
  'pod lifecycle',
  (bed) => {
    const patch = (namespace: string, name: string, change: unknown, subresource?: string) =>
      bed.client.patch(Pod, { namespace, name }, 'strategic', change, { ...(subresource !== undefined && { subresource }) });

    test('[sig-node] Pods should get a host IP [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'pod-hostip');
      const { status } = await podThat(bed, namespace, 'pod-hostip', ({ status: now }) => (now?.hostIP ?? '') !== '');
      assert.match(status.hostIP!, /^\d+\.\d+\.\d+\.\d+$/);
      assert.deepEqual(status?.hostIPs, [{ ip: status?.hostIP }]);
    });

    test('[sig-node] Pods should be submitted and removed [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const labels = { name: 'foo', time: 'now' };
      const before = await bed.client.list(Pod, { namespace }, { labelSelector: 'time=now' });
      assert.deepEqual(before.items, []);
      using watch = bed.watch(Pod, { namespace }, { labelSelector: 'time=now', resourceVersion: before.metadata.resourceVersion });
      await createPod(bed, namespace, 'pod-submit-remove', {}, { labels });
      assert.equal((await watch.next()).type, 'ADDED');
      const { metadata } = await podRuns(bed, namespace, 'pod-submit-remove');
      await bed.client.delete(Pod, { namespace, name: 'pod-submit-remove' }, { gracePeriodSeconds: 30 });
      const last = await watch.find(({ type }) => type === 'DELETED');
      assert.equal(last.object.metadata.uid, metadata.uid);
      assert.ok(last.object.metadata.deletionTimestamp);
      assert.notEqual(last.object.metadata.deletionGracePeriodSeconds, undefined);
      assert.deepEqual(await podsNow(bed, namespace, 'time=now'), []);
    });

    test('[sig-node] Pods should be updated [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'pod-update', {}, { labels: { time: 'first' } });
      await podRuns(bed, namespace, 'pod-update');
      await bed.change(Pod, { namespace, name: 'pod-update' }, (pod) => ({
        ...pod,
        metadata: { ...pod.metadata, labels: { time: 'second' } },
      }));
      assert.equal((await podsNow(bed, namespace, 'time=second')).length, 1);
      const { status } = await podRuns(bed, namespace, 'pod-update');
      assert.equal(status?.containerStatuses?.[0]?.restartCount, 0);
    });

    test('[sig-node] Pods should allow activeDeadlineSeconds to be updated [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'pod-deadline', { activeDeadlineSeconds: 30 });
      await podRuns(bed, namespace, 'pod-deadline');
      await patch(namespace, 'pod-deadline', { spec: { activeDeadlineSeconds: 5 } });
      const { status } = await podThat(bed, namespace, 'pod-deadline', ({ status: now }) => now?.phase === 'Failed');
      assert.equal(status?.reason, 'DeadlineExceeded');
      await refused(patch(namespace, 'pod-deadline', { spec: { activeDeadlineSeconds: 50 } }), 422, 'spec.activeDeadlineSeconds');
    });

    test('[sig-node] Pods should delete a collection of pods [Conformance]', async () => {
      const namespace = await bed.namespace();
      const labels = { type: 'Testing' };
      const names = ['test-pod-1', 'test-pod-2', 'test-pod-3'];
      for (const name of names) await createPod(bed, namespace, name, { terminationGracePeriodSeconds: 1 }, { labels });
      for (const name of names) await podRuns(bed, namespace, name);
      await bed.client.deleteCollection(Pod, { namespace }, {}, { labelSelector: 'type=Testing' });
      for (const name of names) await podIsGone(bed, namespace, name);
    });

    const gated = { readinessGates: [{ conditionType: 'example.com/gate' }] };
    const condition = (type: string, status: string) => ({ type, status, reason: 'E2E', message: 'Set from a test' });

    test('[sig-node] Pods should patch a pod status [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'pod-patch');
      await podRuns(bed, namespace, 'pod-patch');
      const wanted = { metadata: { labels: { test: 'patched' } } };
      assert.equal((await patch(namespace, 'pod-patch', wanted)).metadata.labels?.['test'], 'patched');
      const change = { status: { conditions: [condition('example.com/patched', 'True')] } };
      const patched = await patch(namespace, 'pod-patch', change, 'status');
      const isThere = ({ status }: PodObject) => status?.conditions?.find(({ type }) => type === 'example.com/patched')?.status === 'True';
      assert.ok(isThere(patched));
      assert.ok(isReady(patched), 'the rest of the status is as it was');
      const read = await bed.client.getSub<PodObject>({ ...refOf(Pod, { namespace, name: 'pod-patch' }), subresource: 'status' });
      assert.ok(isThere(read));
    });

    test('[sig-node] Pods should run through the lifecycle of Pods and PodStatus [Conformance]', async () => {
      const namespace = await bed.namespace();
      const name = 'pod-test';
      using watch = bed.watch(Pod, { namespace }, { labelSelector: 'test-pod-static=true' });
      await createPod(bed, namespace, name, { terminationGracePeriodSeconds: 1, ...gated }, { labels: { 'test-pod-static': 'true' } });
      await watch.find(({ type }) => type === 'ADDED');
      await watch.find(({ object }) => object.status?.phase === 'Running');
      const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.9' }];
      await patch(namespace, name, { metadata: { labels: { 'test-pod': 'patched' } }, spec: { containers } });
      await watch.find(({ object }) => object.metadata.labels?.['test-pod'] === 'patched');
      await podThat(bed, namespace, name, ({ spec }) => spec.containers[0]!.image === 'registry.k8s.io/pause:3.9');
      assert.ok(!isReady((await podNow(bed, namespace, name))!), 'its gate is shut');
      await patch(namespace, name, { status: { conditions: [condition('example.com/gate', 'True')] } }, 'status');
      await watch.find(({ object }) => isReady(object));
      await patch(namespace, name, { status: { conditions: [condition('example.com/gate', 'False')] } }, 'status');
      await watch.find(({ object }) => !isReady(object));
      await bed.client.deleteCollection(Pod, { namespace }, {}, { labelSelector: 'test-pod-static=true' });
      await watch.find(({ type }) => type === 'DELETED');
    });

    test('[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should be possible to delete [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      const containers = [{ name: 'fails', image: 'busybox', command: ['/bin/false'] }];
      await createPod(bed, namespace, 'bin-false', { containers });
      await podThat(bed, namespace, 'bin-false', ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
      await bed.client.delete(Pod, { namespace, name: 'bin-false' });
      await podIsGone(bed, namespace, 'bin-false');
    });

    const observed = (namespace: string, name: string) =>
      podThat(bed, namespace, name, ({ metadata, status }) => status?.observedGeneration === metadata.generation);

    test('[sig-node] Pods Extended (pod generation) Pod Generation pod generation should start at 1 and increment per update [MinimumKubeletVersion:1.34] [Conformance]', async () => {
      const namespace = await bed.namespace();
      const name = 'pod-generation';
      const resources = { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '200m', memory: '200Mi' } };
      await createPod(bed, namespace, name, { containers: [{ ...pause, resources }] });
      await podRuns(bed, namespace, name);
      assert.equal((await observed(namespace, name)).metadata.generation, 1);
      const { spec } = await observed(namespace, name);
      const toleration = { key: 'foo', operator: 'Exists', effect: 'NoSchedule' };
      const resized = { requests: { cpu: '150m' } };
      const debug = { name: 'debug', image: 'busybox', command: ['sleep', '1000'] };
      const steps: readonly (readonly [change: unknown, expected: number, subresource?: string])[] = [
        [{ metadata: { labels: { some: 'label' } } }, 1],
        [{ spec: { tolerations: [...spec.tolerations!, toleration] } }, 2],
        [{ spec: { activeDeadlineSeconds: 5000 } }, 3],
        [{ spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.9' }] } }, 4],
        [{ spec: { containers: [{ name: 'pause', resources: resized }] } }, 5, 'resize'],
        [{ spec: { ephemeralContainers: [debug] } }, 6, 'ephemeralcontainers'],
      ];
      for (const [change, expected, subresource] of steps) {
        assert.equal((await patch(namespace, name, change, subresource)).metadata.generation, expected);
        assert.equal((await observed(namespace, name)).metadata.generation, expected);
      }
    });

    test('[sig-node] Pods Extended (pod generation) Pod Generation custom-set generation on new pods and graceful delete [Conformance]', async () => {
      const namespace = await bed.namespace();
      const name = 'pod-generation';
      const metadata = { namespace, name, generation: 100, finalizers: ['e2e.example.com/hold'] };
      const made = await bed.client.create(Pod, { metadata, spec: { containers: [pause] } } as never);
      assert.equal(made.metadata.generation, 1);
      await podRuns(bed, namespace, name);
      assert.equal((await observed(namespace, name)).metadata.generation, 1);
      await bed.client.delete(Pod, { namespace, name });
      const going = await podThat(bed, namespace, name, (pod) => pod.metadata.deletionTimestamp !== undefined);
      assert.equal(going.metadata.generation, 2);
      assert.equal((await observed(namespace, name)).metadata.generation, 2);
      await bed.client.patch(Pod, { namespace, name }, 'merge', { metadata: { finalizers: null } });
      await podIsGone(bed, namespace, name);
    });

    test('[sig-node] Pods Extended (pod generation) Pod Generation issue 500 podspec updates and verify generation and observedGeneration eventually converge [MinimumKubeletVersion:1.34] [Conformance]', async () => {
      const namespace = await bed.namespace();
      const name = 'pod-generation';
      await createPod(bed, namespace, name, { activeDeadlineSeconds: 50_000 });
      await podRuns(bed, namespace, name);
      for (let n = 1; n <= 500; n++) await patch(namespace, name, { spec: { activeDeadlineSeconds: 50_000 - n } });
      assert.equal((await podNow(bed, namespace, name))?.metadata.generation, 501);
      const { status } = await observed(namespace, name);
      assert.equal(status?.observedGeneration, 501);
    });

    const overheadOf = async (name: string, overhead?: { readonly podFixed: Readonly<Record<string, string>> }) => {
      const namespace = await bed.namespace();
      await bed.client.create(RuntimeClass, { metadata: { name }, handler: 'runc', ...(overhead && { overhead }) });
      const pod = await createPod(bed, namespace, 'runtimeclass-pod', { runtimeClassName: name });
      await podThat(bed, namespace, 'runtimeclass-pod', isScheduled);
      return pod.spec.overhead;
    };

    test('[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass and initialize its Overhead [Conformance] [NodeConformance]', async () => {
      const podFixed = { cpu: '10m', memory: '1Mi' };
      assert.deepEqual(await overheadOf('with-overhead', { podFixed }), podFixed);
    });

    test('[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass without PodOverhead [Conformance] [NodeConformance]', async () => {
      assert.equal(await overheadOf('without-overhead'), undefined);
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
