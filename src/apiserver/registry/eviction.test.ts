import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as BudgetType } from '../../api/generated/policy/v1.ts';
import { testPod } from '../../api/kinds/core/pod-test-objects.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { createEviction } from './eviction.ts';
import { answered, trialRegistry } from './subresource-trial.ts';

const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const unready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
const budget = (status: object, spec: object = {}, name = 'pdb') => ({
  metadata: { name, namespace: 'default', generation: 1 },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  status: { observedGeneration: 1, ...status },
});

async function withPod(status: object, ...budgets: object[]) {
  const trial = trialRegistry();
  await trial.put(Pod, testPod({ nodeName: 'n1' }, { uid: 'u1', generation: 1, labels: { app: 'web' } }, status));
  for (const one of budgets) await trial.put(PodDisruptionBudget, one);
  const evict = (object: object = {}, options = {}) => {
    const body = { object: { metadata: { name: 'web' }, ...object } };
    return createEviction(trial.request(Pod, 'eviction', 'web', { verb: 'create', body, options }), trial.deps);
  };
  const pdb = async () => (await trial.stored<BudgetType>(PodDisruptionBudget, 'pdb'))!.status;
  return { ...trial, evict, pdb, pod: () => trial.stored<PodType>(Pod, 'web') };
}

test('without a budget the pod is marked and its deletion begins', async () => {
  const { evict, pod } = await withPod(ready);
  assert.deepEqual(answered(await evict()), { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  const { metadata, status } = (await pod())!;
  assert.equal(metadata.deletionGracePeriodSeconds, 30);
  assert.deepEqual(status?.conditions?.[1], {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
});

test('an eviction takes one disruption off the budget and notes the pod there', async () => {
  const { evict, pdb, pod } = await withPod(ready, budget({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 }));
  await evict();
  const status = await pdb();
  assert.equal(status.disruptionsAllowed ?? 0, 0);
  assert.deepEqual(status.disruptedPods, { web: '2026-01-01T00:00:00Z' });
  assert.equal(status.conditions?.[0]?.reason, 'InsufficientPods');
  assert.ok((await pod())?.metadata.deletionTimestamp);
});

test('a budget without disruptions left answers 429 with what it needs, and no time to come back', async () => {
  const { evict, pod } = await withPod(ready, budget({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 }));
  await assert.rejects(evict(), {
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget pdb needs 2 healthy pods and has 2 currently' }] },
  });
  assert.equal((await pod())?.metadata.deletionTimestamp, undefined);
});

test('a budget that was not seen by its controller yet asks to come back in ten seconds', async () => {
  const { evict } = await withPod(ready, budget({ observedGeneration: 0, disruptionsAllowed: 1 }));
  await assert.rejects(evict(), {
    code: 429,
    details: {
      retryAfterSeconds: 10,
      causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget pdb is still being processed by the server.' }],
    },
  });
});

test('several budgets for one pod are too many', async () => {
  const { evict } = await withPod(ready, budget({ disruptionsAllowed: 1 }), budget({ disruptionsAllowed: 1 }, {}, 'other'));
  await assert.rejects(evict(), {
    code: 500,
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  });
});

test('a selector that is absent guards nothing, an empty one everything', async () => {
  const status = { disruptionsAllowed: 0 };
  await (await withPod(ready, budget(status, { selector: undefined }))).evict();
  await assert.rejects((await withPod(ready, budget(status, { selector: {} }))).evict(), { code: 429 });
});

test('pods that are over or have not begun are no disruption', async () => {
  for (const phase of ['Succeeded', 'Failed', 'Pending']) {
    const { evict, pdb } = await withPod({ phase }, budget({ disruptionsAllowed: 0 }));
    await evict();
    assert.equal((await pdb()).disruptedPods, undefined, phase);
  }
});

test('an unready pod goes where enough others are healthy, or where the policy always allows it', async () => {
  const healthy = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 };
  const short = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 };
  await (await withPod(unready, budget(healthy))).evict();
  await assert.rejects((await withPod(unready, budget(short))).evict(), { code: 429 });
  await (await withPod(unready, budget(short, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }))).evict();
});

test('a dry run checks everything and changes nothing', async () => {
  const { evict, pdb, pod } = await withPod(ready, budget({ disruptionsAllowed: 1 }));
  const before = await pod();
  await evict({}, { dryRun: ['All'] });
  await evict({ deleteOptions: { dryRun: ['All'] } });
  assert.deepEqual(await pod(), before);
  assert.equal((await pdb()).disruptionsAllowed, 1);
});

test('delete options hold: grace, and the preconditions of uid and revision', async () => {
  const { evict, pod } = await withPod(ready);
  await assert.rejects(evict({ deleteOptions: { preconditions: { uid: 'u2' } } }), {
    code: 409,
    message:
      'Operation cannot be fulfilled on Pod "web": the UID in the precondition (u2) does not match the UID in record (u1). The object might have been deleted and then recreated',
  });
  const { resourceVersion } = (await pod())!.metadata;
  await evict({ deleteOptions: { gracePeriodSeconds: 5, preconditions: { resourceVersion } } });
  assert.equal((await pod())?.metadata.deletionGracePeriodSeconds, 5);
});

test('an eviction must fit its path and its pod must be there', async () => {
  const { evict, deps, request } = await withPod(ready);
  await assert.rejects(evict({ metadata: { name: 'other' } }), {
    code: 400,
    message: 'name in URL does not match name in Eviction object',
  });
  const body = { object: { metadata: { name: 'gone' } } };
  await assert.rejects(createEviction(request(Pod, 'eviction', 'gone', { verb: 'create', body }), deps), {
    code: 404,
    message: 'pods "gone" not found',
  });
});
