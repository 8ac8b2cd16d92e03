import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerRevision } from '../../src/api/kinds/apps/controllerrevision.ts';
import { CronJob } from '../../src/api/kinds/batch/cronjob.ts';
import { PodDisruptionBudget } from '../../src/api/kinds/policy/poddisruptionbudget.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, until } from './bed.ts';

const jobTemplate = {
  spec: { template: { spec: { restartPolicy: 'OnFailure' as const, containers: [{ name: 'c', image: 'busybox', command: ['true'] }] } } },
};

conformance('apps', (bed) => {
  test('[sig-apps] CronJob should support CronJob API operations [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: CronJob,
      namespace,
      make: () => ({ spec: { schedule: '59 23 * * *', suspend: true, jobTemplate } }),
      change: (job) => ({ ...job, spec: { ...job.spec, schedule: '0 0 * * 0' } }),
      status: [{ lastScheduleTime: '2026-01-01T00:00:00Z' }, { lastScheduleTime: '2026-01-02T00:00:00Z' }],
    });
    await refused(
      bed.client.create(CronJob, { metadata: { namespace, name: 'bad' }, spec: { schedule: 'never', jobTemplate } } as never),
      422,
      'spec.schedule: Invalid value: "never"',
    );
  });

  test('ControllerRevision supports all operations, and its data never changes', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: ControllerRevision,
      namespace,
      make: () => ({ data: { spec: { a: 1 } }, revision: 1 }),
      change: (one) => ({ ...one, revision: 2 }),
    });
    const made = await bed.client.create(ControllerRevision, { metadata: { namespace, name: 'a' }, data: { a: 1 }, revision: 1 });
    await refused(bed.client.update(ControllerRevision, { ...made, data: { a: 2 } }), 422, 'data: Invalid value');
  });

  test('[sig-apps] DisruptionController should create a PodDisruptionBudget [Conformance]', async () => {
    const namespace = await bed.namespace();
    const at = { namespace, name: 'budget' };
    const selector = { matchLabels: { foo: 'bar' } };
    await bed.client.create(PodDisruptionBudget, { metadata: at, spec: { minAvailable: '1%', selector } } as never);
    // Its controller has seen it.
    await until(async () => (await bed.client.get(PodDisruptionBudget, at)).status?.observedGeneration === 1);
    const updated = await bed.change(PodDisruptionBudget, at, (budget) => ({ ...budget, spec: { ...budget.spec, minAvailable: '2%' } }));
    assert.equal(updated.spec?.minAvailable, '2%');
    const patched = await bed.client.patch(PodDisruptionBudget, at, 'merge', { spec: { minAvailable: '3%' } });
    assert.deepEqual([patched.spec?.minAvailable, patched.metadata.generation], ['3%', 3]);
    await bed.client.delete(PodDisruptionBudget, at);
    await refused(bed.client.get(PodDisruptionBudget, at), 404, 'poddisruptionbudgets.policy "budget" not found');
  });

  test('[sig-apps] DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets [Conformance]', async () => {
    const [first, second] = [await bed.namespace(), await bed.namespace()];
    const labels = { set: 'budgets' };
    const spec = { minAvailable: '1%', selector: { matchLabels: { foo: 'bar' } } };
    for (const [namespace, name] of [
      [first, 'foo'],
      [first, 'foo2'],
      [second, 'foo'],
    ] as const)
      await bed.client.create(PodDisruptionBudget, { metadata: { namespace, name, labels }, spec } as never);
    const all = { labelSelector: 'set=budgets' };
    assert.equal((await bed.client.list(PodDisruptionBudget, {}, all)).items.length, 3);
    await bed.client.deleteCollection(PodDisruptionBudget, { namespace: first }, {}, all);
    assert.deepEqual(
      (await bed.client.list(PodDisruptionBudget, {}, all)).items.map(({ metadata }) => metadata.namespace),
      [second],
    );
  });
});
