import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget as BudgetObject } from '../../src/api/generated/policy/v1.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../src/api/kinds/policy/poddisruptionbudget.ts';
import { ReplicaSet } from '../../src/api/kinds/apps/replicaset.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { conformance, refused, until } from './bed.ts';
import { createPod, podIsGone, readyPods, templateOf } from './pods-of.ts';

const labels = { foo: 'bar' };

conformance(
  'disruption controller',
  (bed) => {
    const at = (namespace: string) => ({ namespace, name: 'foo' });
    const createBudget = async (namespace: string, spec: object) => {
      const selector = { matchLabels: labels };
      await bed.client.create(PodDisruptionBudget, { metadata: at(namespace), spec: { selector, ...spec } } as never);
      await budgetThat(namespace, ({ status, metadata }) => status?.observedGeneration === metadata.generation);
    };
    const budgetThat = (namespace: string, fits: (budget: BudgetObject) => boolean) =>
      until(async () => {
        const budget = await bed.client.get(PodDisruptionBudget, at(namespace));
        return fits(budget) && budget;
      });
    const createPods = async (namespace: string, count: number) => {
      for (let n = 0; n < count; n++) await createPod(bed, namespace, `pod-${n}`, {}, { labels });
      return readyPods(bed, namespace, count);
    };
    const evict = (namespace: string, name: string) =>
      bed.client.createSub(
        { ...refOf(Pod, { namespace, name }), subresource: 'eviction' },
        { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } },
      );

    test('[sig-apps] DisruptionController should observe PodDisruptionBudget status updated [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createBudget(namespace, { minAvailable: 1 });
      await createPods(namespace, 3);
      const { status } = await budgetThat(namespace, ({ status: now }) => (now?.disruptionsAllowed ?? 0) > 0);
      await budgetThat(namespace, (budget) => budget.status.disruptionsAllowed === 2);
      assert.equal(status?.desiredHealthy, 1);
    });

    test('[sig-apps] DisruptionController should update/patch PodDisruptionBudget status [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createBudget(namespace, { minAvailable: 1 });
      await createPods(namespace, 1);
      await budgetThat(namespace, ({ status }) => status?.currentHealthy === 1);
      const disruptedPods = (name: string) => ({ [name]: new Date().toISOString().replace(/\.\d+/, '') });
      const updated = await bed.change(
        PodDisruptionBudget,
        at(namespace),
        (budget) => ({ ...budget, status: { ...budget.status, disruptedPods: disruptedPods('evicted-1') } }),
        'status',
      );
      assert.deepEqual(Object.keys(updated.status?.disruptedPods ?? {}), ['evicted-1']);
      const patch = { status: { disruptedPods: { 'evicted-1': null, ...disruptedPods('evicted-2') } } };
      const patched = await bed.client.patch(PodDisruptionBudget, at(namespace), 'merge', patch, { subresource: 'status' });
      assert.deepEqual(Object.keys(patched.status?.disruptedPods ?? {}), ['evicted-2']);
    });

    test('[sig-apps] DisruptionController should block an eviction until the PDB is updated to allow it [Conformance]', async () => {
      const namespace = await bed.namespace();
      await createPods(namespace, 3);
      await createBudget(namespace, { minAvailable: 3 });
      await budgetThat(namespace, ({ status }) => status?.currentHealthy === 3);
      const blocked = await refused(evict(namespace, 'pod-0'), 429, "Cannot evict pod as it would violate the pod's disruption budget.");
      assert.deepEqual(
        blocked.details?.causes?.map(({ reason }) => reason),
        ['DisruptionBudget'],
      );
      await bed.change(PodDisruptionBudget, at(namespace), (budget) => ({ ...budget, spec: { ...budget.spec, minAvailable: 2 } }));
      await budgetThat(namespace, ({ status }) => status?.disruptionsAllowed === 1);
      await evict(namespace, 'pod-0');
      await podIsGone(bed, namespace, 'pod-0');

      // Those that are left may not go, until there is no budget any more.
      await bed.client.patch(PodDisruptionBudget, at(namespace), 'merge', { spec: { minAvailable: 2 } });
      await budgetThat(namespace, ({ status }) => status?.currentHealthy === 2);
      await refused(evict(namespace, 'pod-1'), 429);
      await bed.client.delete(PodDisruptionBudget, at(namespace));
      await evict(namespace, 'pod-1');
      await podIsGone(bed, namespace, 'pod-1');
    });

    for (const [words, budget, isAllowed] of [
      ['maxUnavailable allow single eviction, percentage', { maxUnavailable: '10%' }, true],
      ['enough pods, replicaSet, percentage', { minAvailable: '90%' }, true],
      ['maxUnavailable deny evictions, integer', { maxUnavailable: 0 }, false],
    ] as const)
      test(`evictions: ${words}`, async () => {
        const namespace = await bed.namespace();
        const spec = { replicas: 10, selector: { matchLabels: labels }, template: templateOf(labels) };
        await bed.client.create(ReplicaSet, { metadata: { namespace, name: 'rs' }, spec } as never);
        const [pod] = await readyPods(bed, namespace, 10);
        await createBudget(namespace, budget);
        await budgetThat(namespace, ({ status }) => status?.currentHealthy === 10 && status.expectedPods === 10);
        const name = pod!.metadata.name!;
        if (!isAllowed) return void (await refused(evict(namespace, name), 429));
        await evict(namespace, name);
        await podIsGone(bed, namespace, name);
      });
  },
  { workers: 2, speed: 10, concurrency: true },
);
