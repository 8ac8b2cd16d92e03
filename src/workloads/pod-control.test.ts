import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ApiError, isNotFound } from '../api/errors.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import type { KubeObject } from '../api/meta.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { createPod, deletePod, isNamespaceTerminating, podFromTemplate } from './pod-control.ts';

describe('pods of a controller', () => {
  let plane: VirtualControlPlane;
  let owner: KubeObject;
  let told: string[];
  const events: EventRecorder = {
    event: (about, type, reason, message) => told.push(`${'kind' in about ? about.kind : ''} ${type} ${reason}: ${message}`),
  };
  const context = () => ({ client: plane.client, events });
  const template = {
    metadata: { labels: { app: 'web' }, annotations: { note: 'x' }, finalizers: ['example.com/hold'] },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  };

  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    await plane.clock.advance(100);
    told = [];
    const {
      kind: _kind,
      apiVersion: _version,
      ...made
    } = await plane.client.create<KubeObject>(ConfigMap, {
      metadata: { namespace: 'default', name: 'web' },
    });
    owner = made;
  });
  afterEach(() => plane[Symbol.dispose]());

  test('a pod has the labels, annotations and finalizers of the template, a name and an owner', async () => {
    const { metadata, spec } = await createPod(context(), template, owner, ConfigMap);
    assert.match(metadata.name!, /^web-[a-z0-9]{5}$/);
    assert.equal(spec.containers[0]!.image, 'nginx');
    assert.deepEqual([metadata.labels, metadata.annotations, metadata.finalizers], Object.values(template.metadata));
    assert.deepEqual(metadata.ownerReferences, [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true },
    ]);
    assert.deepEqual(told, [`ConfigMap Normal SuccessfulCreate: Created pod: ${metadata.name}`]);
  });

  test('what the API says against a pod is told and thrown', async () => {
    const wrong = { ...template, spec: { containers: [{ name: 'c' }] } };
    await assert.rejects(createPod(context(), wrong, owner, ConfigMap, { name: 'web-0' }), /spec.containers\[0\].image: Required value/);
    assert.match(told.join(), /^ConfigMap Warning FailedCreate: Error creating: Pod "web-0" is invalid: spec.containers\[0\].image/);
  });

  test('a deletion is told; of a pod that is gone there is nothing to tell', async () => {
    const pod = await createPod(context(), { ...template, metadata: { labels: { app: 'web' } } }, owner, ConfigMap, { name: 'web-0' });
    told.length = 0;
    await deletePod(context(), pod, owner, ConfigMap);
    await assert.rejects(plane.client.get(Pod, { namespace: 'default', name: 'web-0' }), isNotFound);
    await assert.rejects(deletePod(context(), pod, owner, ConfigMap), isNotFound);
    assert.deepEqual(told, ['ConfigMap Normal SuccessfulDelete: Deleted pod: web-0']);
  });

  test('a namespace that is going is no news', async () => {
    const cause = { reason: 'NamespaceTerminating', message: 'going' };
    const refusal = new ApiError(403, 'Forbidden', 'going', { causes: [cause] });
    const client = { ...plane.client, create: () => Promise.reject(refusal) };
    await assert.rejects(createPod({ client, events }, template, owner, ConfigMap), isNamespaceTerminating);
    assert.deepEqual(told, []);
  });
});

test('where a name with a dash would be invalid, a pod is named without one', () => {
  const named = (name: string) => podFromTemplate({}, { metadata: { name } }, ConfigMap).metadata.generateName;
  assert.equal(named('web'), 'web-');
  assert.equal(named('Web'), 'Web');
});
