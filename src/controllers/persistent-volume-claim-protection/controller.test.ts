import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('claim protection', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const at = { namespace: 'default', name: 'c' };
  const addClaim = () =>
    plane.client.create(PersistentVolumeClaim, {
      metadata: at,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '' },
      status: {},
    });
  const addPod = (nodeName: string) =>
    plane.client.create(Pod, {
      metadata: { namespace: 'default', name: 'p' },
      spec: {
        ...(nodeName && { nodeName }),
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }],
      },
      status: {},
    });
  const removeClaim = async () => {
    await plane.client.delete(PersistentVolumeClaim, at);
    await plane.clock.advance(500);
  };

  test('a claim that nobody mounts goes at once', async () => {
    const { metadata } = await addClaim();
    assert.deepEqual(metadata.finalizers, ['kubernetes.io/pvc-protection']);
    await removeClaim();
    await assert.rejects(plane.client.get(PersistentVolumeClaim, at), isNotFound);
  });

  test('a claim stays until the pod that mounts it has gone', async () => {
    await addClaim();
    await addPod('n1');
    await removeClaim();
    assert.notEqual((await plane.client.get(PersistentVolumeClaim, at)).metadata.deletionTimestamp, undefined);
    await plane.client.delete(Pod, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 });
    await plane.clock.advance(500);
    await assert.rejects(plane.client.get(PersistentVolumeClaim, at), isNotFound);
  });

  test('a pod that waits for a node holds nothing', async () => {
    await addClaim();
    await addPod('');
    await removeClaim();
    await assert.rejects(plane.client.get(PersistentVolumeClaim, at), isNotFound);
  });
});
