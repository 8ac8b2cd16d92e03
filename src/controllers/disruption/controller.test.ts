import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as Budget, PodDisruptionBudgetSpec } from '../../api/generated/policy/v1.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('disruption controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['disruption-controller', 'serviceaccount-controller'] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const namespace = 'default';
  const labels = { app: 'web' };

  const makeBudget = (spec: Partial<PodDisruptionBudgetSpec>, name = 'web') =>
    plane.client.create<Budget>(PodDisruptionBudget, {
      metadata: { name, namespace },
      spec: { selector: { matchLabels: labels }, ...spec },
      status: {},
    });

  async function makePod(name: string, ready = true, owner?: { kind: string; apiVersion: string; name: string; uid: string }) {
    await plane.client.create<PodObject>(Pod, {
      metadata: { name, namespace, labels, ...(owner && { ownerReferences: [{ ...owner, controller: true }] }) },
      spec: { containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
    const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await plane.client.patch(Pod, { namespace, name }, 'merge', { status: { phase: 'Running', conditions } }, { subresource: 'status' });
  }

  async function makeReplicaSet(replicas: number) {
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const { metadata } = await plane.client.create<ReplicaSetObject>(ReplicaSet, {
      metadata: { name: 'set', namespace },
      spec: { replicas, selector: { matchLabels: labels }, template },
      status: { replicas: 0 },
    });
    return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: metadata.uid! };
  }

  const status = async (name = 'web') => {
    await plane.clock.advance(10);
    return (await plane.client.get(PodDisruptionBudget, { namespace, name })).status;
  };
  const evict = (name: string) =>
    plane.client.createSub(
      { group: '', version: 'v1', resource: 'pods', subresource: 'eviction', namespace, name },
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
    );
  const eventsOf = async (reason: string) => {
    await plane.clock.advance(100);
    return (await plane.client.list(Event, { namespace })).items.filter((event) => event.reason === reason);
  };

  test('maxUnavailable is out of what the replica set wants, not of what there is', async () => {
    const owner = await makeReplicaSet(4);
    await makeBudget({ maxUnavailable: '25%' });
    for (const name of ['a', 'b', 'c']) await makePod(name, true, owner);
    const { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = await status();
    assert.deepEqual([expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed], [4, 3, 3, 0]);
    await makePod('d', true, owner);
    assert.equal((await status()).disruptionsAllowed, 1);
  });

  test('an eviction that is let through is taken off, and forgotten when its pod has gone', async () => {
    await makeBudget({ minAvailable: 1 });
    await makePod('a');
    await makePod('b');
    assert.equal((await status()).disruptionsAllowed, 1);
    await evict('a');
    await assert.rejects(evict('b'), { code: 429 });
    const { disruptedPods = {}, currentHealthy, disruptionsAllowed } = await status();
    assert.deepEqual([disruptedPods, currentHealthy, disruptionsAllowed], [{}, 1, 0]);
  });

  test('a granted disruption whose pod stays is given back after two minutes', async () => {
    const budget = await makeBudget({ minAvailable: 1 });
    await makePod('a');
    await makePod('b');
    const current = { ...budget, status: await status() };
    const noted = { ...current.status, disruptionsAllowed: 0, disruptedPods: { a: '2026-01-01T00:00:00Z' } };
    await plane.client.patch(PodDisruptionBudget, { namespace, name: 'web' }, 'merge', { status: noted }, { subresource: 'status' });
    assert.equal((await status()).disruptionsAllowed, 0);
    await plane.clock.advance(121_000);
    assert.equal((await status()).disruptionsAllowed, 1);
    const [event] = await eventsOf('NotDeleted');
    assert.equal(event?.message, "Pod was expected by PDB default/default to be deleted but it wasn't");
    assert.equal(event.source?.component, 'controllermanager');
  });

  test('where a pod has an owner without a scale, nothing may be evicted and the budget says why', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
    const { metadata } = await plane.client.create(Job, { metadata: { name: 'job', namespace }, spec: { template } } as never);
    await makeBudget({ minAvailable: '50%' });
    await makePod('a', true, { apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: metadata.uid! });
    const { conditions = [], disruptionsAllowed } = await status();
    assert.equal(disruptionsAllowed, 0);
    assert.equal(conditions[0]?.reason, 'SyncFailed');
    assert.equal(conditions[0]?.message, 'jobs.batch does not implement the scale subresource');
    assert.equal((await eventsOf('CalculateExpectedPodCountFailed')).length, 1);
  });

  test('a pod without a controller is told of where its number would have to be known', async () => {
    await makeBudget({ maxUnavailable: 1 });
    await makePod('bare');
    const [event] = await eventsOf('UnmanagedPods');
    assert.match(event?.message ?? '', /selector: &LabelSelector\{MatchLabels:map\[string\]string\{app: web,\},/);
  });

  test('a pod with two budgets is told of', async () => {
    await makeBudget({ minAvailable: 1 }, 'one');
    await makeBudget({ minAvailable: 1 }, 'two');
    await makePod('a');
    const [event] = await eventsOf('MultiplePodDisruptionBudgets');
    assert.equal(event?.message, 'Pod "default"/"a" matches multiple PodDisruptionBudgets.  Chose "one" arbitrarily.');
  });

  test('a disruption that was announced and did not come is taken back after two minutes', async () => {
    await makePod('a');
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'Preempted', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    await plane.client.patch(Pod, { namespace, name: 'a' }, 'strategic', { status: { conditions } }, { subresource: 'status' });
    const condition = async () =>
      (await plane.client.get(Pod, { namespace, name: 'a' })).status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    await plane.clock.advance(119_000);
    assert.equal((await condition())?.status, 'True');
    await plane.clock.advance(2_000);
    assert.equal((await condition())?.status, 'False');
  });
});
