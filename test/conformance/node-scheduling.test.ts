/** Where pods go and who must give way: one test after the other, for each changes the nodes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod as PodObject, PodSpec } from '../../src/api/generated/core/v1.ts';
import { isAlreadyExists } from '../../src/api/errors.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { PriorityClass } from '../../src/api/kinds/scheduling/priorityclass.ts';
import { podCondition } from '../../src/api/pods/pod-state.ts';
import { conformance, until } from './bed.ts';
import { createPod, pause, podNow, podRuns, podsNow, podThat, templateOf, type PodParts } from './pods-of.ts';

const foo = 'scheduling.k8s.io/foo';
const priorities = { low: 1, medium: 100, high: 1000 };

const speed = 20;

conformance(
  'node scheduling',
  (bed) => {
    const workers = async () =>
      (await bed.client.list(Node)).items.flatMap(({ metadata, spec }) => (spec?.taints?.length ? [] : metadata.name!)).toSorted();
    const on = (node: string): Partial<PodSpec> => {
      const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [node] }];
      const nodeSelectorTerms = [{ matchFields }];
      return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
    };
    const asking = (resource: string, amount: string): Partial<PodSpec> => {
      const amounts = { [resource]: amount };
      return { containers: [{ ...pause, resources: { requests: amounts, limits: amounts } }] };
    };
    /** Says of a node that it has so much of what no kubelet knows. */
    const offer = (name: string, resource: string, amount: string | null) =>
      bed.client.patch(
        Node,
        { name },
        'merge',
        { status: { capacity: { [resource]: amount }, allocatable: { [resource]: amount } } },
        { subresource: 'status' },
      );
    const labelNode = (name: string, labels: Readonly<Record<string, string | null>>) =>
      bed.client.patch(Node, { name }, 'merge', { metadata: { labels } });
    const unschedulable = async (namespace: string, name: string) => {
      const pod = await podThat(bed, namespace, name, (one) => podCondition(one, 'PodScheduled')?.reason === 'Unschedulable');
      assert.equal(pod.spec.nodeName, undefined);
      return podCondition(pod, 'PodScheduled')!.message!;
    };
    const passes = (clusterSeconds: number) => delay((clusterSeconds * 1000) / speed);

    test('[sig-scheduling] SchedulerPredicates validates resource limits of pods that are allowed to run [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const nodes = await workers();
      for (const node of nodes) {
        await createPod(bed, namespace, `filler-${node}`, { ...asking('cpu', '5600m'), ...on(node) });
        const { spec } = await podRuns(bed, namespace, `filler-${node}`);
        assert.equal(spec.nodeName, node);
      }
      await createPod(bed, namespace, 'additional-pod', asking('cpu', '4'));
      assert.match(await unschedulable(namespace, 'additional-pod'), /^0\/3 nodes are available: .*2 Insufficient cpu/);
      await createPod(bed, namespace, 'fits', asking('cpu', '2'));
      await podRuns(bed, namespace, 'fits');
      await bed.client.deleteCollection(Pod, { namespace });
    });

    test('[sig-scheduling] SchedulerPredicates validates that NodeSelector is respected if not matching [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await createPod(bed, namespace, 'restricted-pod', { nodeSelector: { label: 'nonempty' } });
      assert.match(await unschedulable(namespace, 'restricted-pod'), /node\(s\) didn't match Pod's node affinity\/selector/);
    });

    test('[sig-scheduling] SchedulerPredicates validates that NodeSelector is respected if matching [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const [, node] = await workers();
      await labelNode(node!, { 'kubernetes.io/e2e': '42' });
      await createPod(bed, namespace, 'with-labels', { nodeSelector: { 'kubernetes.io/e2e': '42' } });
      assert.equal((await podRuns(bed, namespace, 'with-labels')).spec.nodeName, node);
      await labelNode(node!, { 'kubernetes.io/e2e': null });
    });

    test('[sig-scheduling] SchedulerPredicates validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const [node] = await workers();
      await labelNode(node!, { 'kubernetes.io/e2e': '95' });
      const nodeSelector = { 'kubernetes.io/e2e': '95' };
      const port = (more: object) => [{ ...pause, ports: [{ containerPort: 8080, hostPort: 54322, protocol: 'TCP', ...more }] }];
      await createPod(bed, namespace, 'pod4', { nodeSelector, containers: port({}) } as never);
      const { status } = await podRuns(bed, namespace, 'pod4');
      await createPod(bed, namespace, 'pod5', { nodeSelector, containers: port({ hostIP: status.hostIP }) } as never);
      assert.match(await unschedulable(namespace, 'pod5'), /1 node\(s\) didn't have free ports for the requested pod ports/);
      await labelNode(node!, { 'kubernetes.io/e2e': null });
    });

    const classes = async () => {
      for (const [name, value] of Object.entries(priorities))
        await bed.client.create(PriorityClass, { metadata: { name }, value }).catch((error: unknown) => {
          if (!isAlreadyExists(error)) throw error;
        });
    };
    /** On each worker a pod that has two of the three there are: the first of low priority, the others of medium. */
    const victims = async (namespace: string) => {
      await classes();
      const nodes = await workers();
      const names: string[] = [];
      for (const [index, node] of nodes.entries()) {
        await offer(node, foo, '3');
        const priorityClassName = index === 0 ? 'low' : 'medium';
        names.push(`pod${index}-${priorityClassName}`);
        await createPod(bed, namespace, names[index]!, { ...asking(foo, '2'), ...on(node), priorityClassName });
      }
      for (const name of names) await podRuns(bed, namespace, name);
      return names;
    };
    const isGoing = (pod: PodObject | undefined) => pod === undefined || pod.metadata.deletionTimestamp !== undefined;
    const onlyFirstGoes = async (namespace: string, [first, ...others]: readonly string[]) => {
      assert.ok(isGoing(await podNow(bed, namespace, first!)));
      for (const name of others) assert.ok(!isGoing(await podNow(bed, namespace, name)), name);
      await bed.client.deleteCollection(Pod, { namespace });
      for (const node of await workers()) await offer(node, foo, null);
    };

    test('[sig-scheduling] SchedulerPreemption validates basic preemption works [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const names = await victims(namespace);
      await createPod(bed, namespace, 'preemptor-pod', { ...asking(foo, '2'), priorityClassName: 'high' });
      await podRuns(bed, namespace, 'preemptor-pod');
      await onlyFirstGoes(namespace, names);
    });

    test('[sig-scheduling] SchedulerPreemption validates lower priority pod preemption by critical pod [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const names = await victims(namespace);
      const critical = { ...asking(foo, '2'), priorityClassName: 'system-cluster-critical' };
      await createPod(bed, 'kube-system', 'critical-pod', critical);
      await podRuns(bed, 'kube-system', 'critical-pod');
      await bed.client.delete(Pod, { namespace: 'kube-system', name: 'critical-pod' }, { gracePeriodSeconds: 0 });
      await onlyFirstGoes(namespace, names);
    });

    test('[sig-scheduling] SchedulerPreemption validates pod disruption condition is added to the preempted pod [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      await classes();
      const [node] = await workers();
      await offer(node!, foo, '1');
      const held: PodParts = { finalizers: ['e2e.example.com/hold'] };
      await createPod(bed, namespace, 'victim-pod', { ...asking(foo, '1'), ...on(node!), priorityClassName: 'low' }, held);
      await podRuns(bed, namespace, 'victim-pod');
      await createPod(bed, namespace, 'preemptor-pod', { ...asking(foo, '1'), ...on(node!), priorityClassName: 'high' });
      const victim = await podThat(bed, namespace, 'victim-pod', isGoing);
      const target = podCondition(victim, 'DisruptionTarget');
      assert.deepEqual([target?.status, target?.reason], ['True', 'PreemptionByScheduler']);
      await bed.client.patch(Pod, { namespace, name: 'victim-pod' }, 'merge', { metadata: { finalizers: null } });
      await podRuns(bed, namespace, 'preemptor-pod');
      await bed.client.deleteCollection(Pod, { namespace });
      await offer(node!, foo, null);
    });

    test('[sig-scheduling] SchedulerPreemption PreemptionExecutionPath runs ReplicaSets to verify preemption running path [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const [node] = await workers();
      const fakeCpu = 'example.com/fakecpu';
      await offer(node!, fakeCpu, '1000');
      using watch = bed.watch(Pod, { namespace }, {});
      for (const [index, amount] of ['200', '300', '450', '500'].entries()) {
        const name = `p${index + 1}`;
        await bed.client.create(PriorityClass, { metadata: { name }, value: index + 1 });
        const template = templateOf({ name }, { ...asking(fakeCpu, amount), ...on(node!), priorityClassName: name });
        const spec = { replicas: 1, selector: { matchLabels: { name } }, template };
        await bed.client.create(ReplicaSet, { metadata: { namespace, name }, spec } as never);
        await until(async () => (await podsNow(bed, namespace, `name=${name}`)).some(({ status }) => status?.phase === 'Running'));
      }
      // The last takes the place of the first two, which are made anew and wait.
      const pending = (name: string) => async () =>
        (await podsNow(bed, namespace, `name=${name}`)).some(({ spec, metadata }) => !spec.nodeName && !metadata.deletionTimestamp);
      await until(pending('p1'));
      await until(pending('p2'));
      await passes(5);
      const made: Record<string, number> = {};
      while (watch.unread.length > 0) {
        const { type, object } = await watch.next();
        const name = object.metadata.labels!['name']!;
        if (type === 'ADDED') made[name] = (made[name] ?? 0) + 1;
      }
      assert.deepEqual(made, { p1: 2, p2: 2, p3: 1, p4: 1 });
      await bed.client.deleteCollection(ReplicaSet, { namespace });
      await offer(node!, fakeCpu, null);
    });
  },
  { workers: 2, speed },
);
