import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import { Binding } from '../../api/kinds/core/binding.ts';
import { testPod } from '../../api/kinds/core/pod-test-objects.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { createBinding } from './binding.ts';
import { answered, trialRegistry } from './subresource-trial.ts';

async function withPod(spec = {}, metadata = {}, status = {}) {
  const trial = trialRegistry();
  await trial.put(Pod, testPod(spec, { uid: 'u1', generation: 1, ...metadata }, status));
  const bind = (object: object, options = {}) =>
    createBinding(trial.request(Pod, 'binding', 'web', { verb: 'create', body: { object }, options }), trial.deps);
  return { ...trial, bind, pod: async () => (await trial.stored<PodType>(Pod, 'web'))! };
}

const binding = (metadata = {}, target: object = { kind: 'Node', name: 'n1' }) => ({ metadata: { name: 'web', ...metadata }, target });

test('a binding gives the pod its node, annotations and labels, and says that it is scheduled', async () => {
  const { bind, pod } = await withPod({}, { annotations: { kept: 'a' } }, { nominatedNodeName: 'n2' });
  const answer = answered(await bind(binding({ annotations: { new: 'b' }, labels: { zone: 'z' } })));
  assert.deepEqual(answer, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  const { spec, metadata, status } = await pod();
  assert.equal(spec.nodeName, 'n1');
  assert.deepEqual(metadata.annotations, { kept: 'a', new: 'b' });
  assert.deepEqual(metadata.labels, { zone: 'z' });
  assert.equal(status?.nominatedNodeName, undefined);
  assert.deepEqual(status?.conditions, [
    { type: 'PodScheduled', status: 'True', observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ]);
});

test('bindings of old name their pod themselves', async () => {
  const { deps, request, pod } = await withPod();
  await createBinding(request(Binding, '', '', { verb: 'create', body: { object: binding() } }), deps);
  assert.equal((await pod()).spec.nodeName, 'n1');
});

test('pods that have a node, go, or wait at gates are not bound', async () => {
  const refused = async (spec: object, metadata: object, why: string) =>
    assert.rejects((await withPod(spec, metadata)).bind(binding()), {
      code: 409,
      message: `Operation cannot be fulfilled on pods/binding "web": pod web ${why}`,
    });
  await refused({ nodeName: 'n0' }, {}, 'is already assigned to node "n0"');
  await refused({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }, 'is being deleted, cannot be assigned to a host');
  await refused({ schedulingGates: [{ name: 'wait' }] }, {}, 'has non-empty .spec.schedulingGates');
});

test('uid and revision of a binding are conditions', async () => {
  const { bind, pod } = await withPod();
  await assert.rejects(bind(binding({ uid: 'u2' })), { code: 409, message: /UID in precondition: u2, UID in object meta: u1$/ });
  await assert.rejects(bind(binding({ resourceVersion: '1' })), { code: 409, message: /the object has been modified/ });
  await bind(binding({ uid: 'u1', resourceVersion: (await pod()).metadata.resourceVersion }));
});

test('a binding must fit its path and name a node', async () => {
  const { bind, pod } = await withPod();
  await assert.rejects(bind(binding({ name: 'other' })), { code: 400, message: 'name in URL does not match name in Binding object' });
  await assert.rejects(bind(binding({}, { kind: 'Pod' })), {
    code: 500,
    message: '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]',
  });
  await bind(binding(), { dryRun: ['All'] });
  assert.equal((await pod()).spec.nodeName, undefined);
});
