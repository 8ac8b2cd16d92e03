import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

test('a volume that is deleted stays as long as it is bound', async () => {
  using plane = await startVirtualControlPlane();
  const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce' as const], hostPath: { path: '/tmp/x' } };
  for (const name of ['free', 'bound']) await plane.client.create(PersistentVolume, { metadata: { name }, spec, status: {} });
  assert.deepEqual((await plane.client.get(PersistentVolume, { name: 'free' })).metadata.finalizers, ['kubernetes.io/pv-protection']);
  await plane.client.create(PersistentVolumeClaim, {
    metadata: { namespace: 'default', name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: '', volumeName: 'bound' },
    status: {},
  });
  await plane.clock.advance(500);
  for (const name of ['free', 'bound']) await plane.client.delete(PersistentVolume, { name });
  await plane.clock.advance(500);
  await assert.rejects(plane.client.get(PersistentVolume, { name: 'free' }), isNotFound);
  assert.notEqual((await plane.client.get(PersistentVolume, { name: 'bound' })).metadata.deletionTimestamp, undefined);
  await plane.client.delete(PersistentVolumeClaim, { namespace: 'default', name: 'c' });
  await plane.clock.advance(500);
  await assert.rejects(plane.client.get(PersistentVolume, { name: 'bound' }), isNotFound);
});
