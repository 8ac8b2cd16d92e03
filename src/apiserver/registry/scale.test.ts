import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment as DeploymentType } from '../../api/generated/apps/v1.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import { create } from './create.ts';
import { getScale, patchScale, scaleOf, updateScale } from './scale.ts';
import { answered, trialRegistry } from './subresource-trial.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
const body = {
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, template },
};

async function withDeployment() {
  const trial = trialRegistry();
  await create(trial.request(Deployment, '', '', { verb: 'create', body: { object: body } }), trial.deps);
  const scale = (verb: 'update' | 'patch', call: object) => trial.request(Deployment, 'scale', 'web', { verb, ...call });
  return {
    ...trial,
    get: () => trial.request(Deployment, 'scale', 'web', { verb: 'get' }),
    update: (object: object, options = {}) => updateScale(scale('update', { body: { object }, options }) as never, trial.deps),
    patch: (patchType: string, object: object, options = {}) =>
      patchScale(scale('patch', { patchType, body: { object }, options }) as never, trial.deps),
    deployment: async () => (await trial.stored<DeploymentType>(Deployment, 'web'))!,
  };
}

test('a Scale shows counts, the selector as text and whose it is', async () => {
  const { get, deployment } = await withDeployment();
  const { uid, resourceVersion, creationTimestamp } = (await deployment()).metadata;
  assert.deepEqual(answered(await getScale(get())), {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'web', namespace: 'default', uid, resourceVersion, creationTimestamp },
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=web,!tier' },
  });
});

test('scaleOf() writes a replication controller’s map of labels, and leaves a count of zero out', () => {
  const object = { metadata: { name: 'web' }, spec: { replicas: 0, selector: { tier: 'front', app: 'web' } }, status: { replicas: 3 } };
  const { spec, status } = scaleOf(ReplicationController, object);
  assert.deepEqual({ spec, status }, { spec: {}, status: { replicas: 3, selector: 'app=web,tier=front' } });
});

test('updateScale() changes the replicas alone, counts the generation and notes its manager under the subresource', async () => {
  const { update, deployment } = await withDeployment();
  const before = await deployment();
  const answer = answered(await update({ metadata: { name: 'web' }, spec: { replicas: 5 } }, { fieldManager: 'hpa' }));
  assert.deepEqual(answer['spec'], { replicas: 5 });
  const after = await deployment();
  assert.deepEqual(after.spec, { ...before.spec, replicas: 5 });
  assert.equal(after.metadata.generation, 2);
  const entry = after.metadata.managedFields?.find(({ manager }) => manager === 'hpa');
  assert.equal(entry?.subresource, 'scale');
  assert.deepEqual(entry?.fieldsV1, { 'f:spec': { 'f:replicas': {} } });
});

test('updateScale() refuses a negative count, an old revision, another uid and another name', async () => {
  const { update, deployment } = await withDeployment();
  const { uid } = (await deployment()).metadata;
  await assert.rejects(update({ spec: { replicas: -1 } }), {
    code: 422,
    message: 'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  });
  await assert.rejects(update({ metadata: { resourceVersion: '1' }, spec: { replicas: 3 } }), {
    code: 409,
    message:
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
  });
  await assert.rejects(update({ metadata: { uid: 'other' }, spec: { replicas: 3 } }), {
    code: 409,
    message: `Operation cannot be fulfilled on deployments/scale.apps "web": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
  });
  await assert.rejects(update({ metadata: { name: 'other' }, spec: { replicas: 3 } }), { code: 400 });
  assert.equal((await deployment()).spec.replicas, 2);
});

test('a dry run answers the new count and keeps the old one', async () => {
  const { update, deployment } = await withDeployment();
  assert.deepEqual(answered(await update({ spec: { replicas: 9 } }, { dryRun: ['All'] }))['spec'], { replicas: 9 });
  assert.equal((await deployment()).spec.replicas, 2);
});

test('patches of each type scale', async () => {
  const { patch, deployment } = await withDeployment();
  await patch('merge', { spec: { replicas: 3 } });
  assert.equal((await deployment()).spec.replicas, 3);
  await patch('strategic', { spec: { replicas: 4 } });
  assert.equal((await deployment()).spec.replicas, 4);
  await patch('json', [{ op: 'replace', path: '/spec/replicas', value: 6 }]);
  assert.equal((await deployment()).spec.replicas, 6);
  await assert.rejects(patch('merge', { metadata: { resourceVersion: '1' }, spec: { replicas: 3 } }), { code: 409, reason: 'Conflict' });
});

test('an apply owns the replicas, and gives way to nobody without force', async () => {
  const { patch, deployment } = await withDeployment();
  const apply = (replicas: number, options: object) =>
    patch('apply', { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } }, options);
  await assert.rejects(apply(7, { fieldManager: 'hpa' }), { code: 409, reason: 'Conflict' });
  await apply(7, { fieldManager: 'hpa', force: true });
  const { spec, metadata } = await deployment();
  assert.equal(spec.replicas, 7);
  const entry = metadata.managedFields?.find(({ manager }) => manager === 'hpa');
  assert.equal(entry?.operation, 'Apply');
  assert.equal(entry?.subresource, 'scale');
  assert.equal(entry?.apiVersion, 'apps/v1');
});

test('patches made at the same time do not stand in each other’s way', async () => {
  const { patch, deployment } = await withDeployment();
  await Promise.all([3, 4, 5, 6].map((replicas) => patch('merge', { spec: { replicas } })));
  assert.equal((await deployment()).metadata.generation, 5);
});
