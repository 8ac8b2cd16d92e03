import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Event } from '../../api/kinds/core/event.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('ephemeral volume controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const spec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '1Gi' } }, storageClassName: '' };
  const addPod = () =>
    plane.client.create(Pod, {
      metadata: { namespace: 'default', name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } } }],
      },
      status: {},
    });
  const claim = () => plane.client.get(PersistentVolumeClaim, { namespace: 'default', name: 'p-scratch' });

  test('a pod gets its claim, owned by it, and again when it is deleted', async () => {
    const { metadata } = await addPod();
    await plane.clock.advance(500);
    const first = await claim();
    assert.equal(first.metadata.ownerReferences?.[0]?.uid, metadata.uid);
    assert.deepEqual(first.metadata.labels, { a: 'b' });
    await plane.client.delete(PersistentVolumeClaim, { namespace: 'default', name: 'p-scratch' });
    await plane.until(async () => (await claim()).metadata.uid !== first.metadata.uid);
  });

  test('a claim of that name which is not the pod’s is not taken', async () => {
    await plane.client.create(PersistentVolumeClaim, { metadata: { namespace: 'default', name: 'p-scratch' }, spec, status: {} });
    await addPod();
    await plane.clock.advance(500);
    const failed = (await plane.client.list(Event)).items.filter(({ involvedObject }) => involvedObject.kind === 'Pod');
    assert.deepEqual(
      failed.map(({ message }) => message),
      ['ephemeral volume scratch: PVC default/p-scratch was not created for pod default/p (pod is not owner)'],
    );
  });
});
