import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { PersistentVolume as VolumeObject, PersistentVolumeClaim as ClaimObject } from '../../api/generated/core/v1.ts';
import type { StorageClass as ClassObject } from '../../api/generated/storage/v1.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('persistent volume binder', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
  });
  afterEach(() => plane[Symbol.dispose]());

  const addVolume = (name: string, spec: Partial<VolumeObject['spec']> = {}, annotations = {}) =>
    plane.client.create(PersistentVolume, {
      metadata: { name, annotations },
      spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/x' }, ...spec },
      status: {},
    });
  const addClaim = (name: string, spec: Partial<ClaimObject['spec']> = {}) =>
    plane.client.create(PersistentVolumeClaim, {
      metadata: { namespace: 'default', name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
      status: {},
    });
  const addClass = (name: string, more: Partial<ClassObject> = {}, isDefault = false) =>
    plane.client.create(StorageClass, {
      metadata: { name, annotations: isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {} },
      provisioner: 'example.com/disks',
      ...more,
    });
  const volume = (name: string) => plane.client.get(PersistentVolume, { name });
  const claim = (name: string) => plane.client.get(PersistentVolumeClaim, { namespace: 'default', name });
  const settle = () => plane.clock.advance(500);
  const removeClaim = (name: string) => plane.client.delete(PersistentVolumeClaim, { namespace: 'default', name });
  const events = async (name: string) =>
    (await plane.client.list(Event)).items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason}: ${message}`);

  test('a volume nobody wants is available; a claim takes it, and both say so', async () => {
    await addVolume('v');
    await settle();
    assert.equal((await volume('v')).status.phase, 'Available');
    const { metadata } = await addClaim('c', { storageClassName: '' });
    await settle();
    const [bound, taken] = [await claim('c'), await volume('v')];
    assert.deepEqual(
      [bound.status.phase, bound.spec.volumeName, bound.status.capacity, bound.status.accessModes],
      ['Bound', 'v', { storage: '5Gi' }, ['ReadWriteOnce']],
    );
    assert.deepEqual(bound.metadata.annotations, {
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
    assert.deepEqual([taken.status.phase, taken.spec.claimRef?.uid], ['Bound', metadata.uid]);
    assert.equal(taken.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
  });

  test('a claim that finds nothing waits, says why, and takes what comes', async () => {
    await addClaim('c', { storageClassName: '' });
    await settle();
    assert.equal((await claim('c')).status.phase, 'Pending');
    assert.deepEqual(await events('c'), ['FailedBinding: no persistent volumes available for this claim and no storage class is set']);
    await addVolume('v');
    await settle();
    assert.equal((await claim('c')).status.phase, 'Bound');
  });

  test('two claims at once get two volumes', async () => {
    await addVolume('v1');
    await addVolume('v2');
    await settle();
    await Promise.all(['a', 'b'].map((name) => addClaim(name, { storageClassName: '' })));
    await settle();
    assert.deepEqual(new Set([(await claim('a')).spec.volumeName, (await claim('b')).spec.volumeName]), new Set(['v1', 'v2']));
  });

  test('a claim gets the volume it names, if that suits it', async () => {
    await addVolume('v', { storageClassName: 'manual' });
    await addClaim('wrong', { storageClassName: '', volumeName: 'v' });
    await settle();
    assert.deepEqual(await events('wrong'), ['VolumeMismatch: Cannot bind to requested volume "v": storageClassName does not match']);
    await addClaim('right', { storageClassName: 'manual', volumeName: 'v' });
    await settle();
    const bound = await claim('right');
    assert.equal(bound.status.phase, 'Bound');
    assert.equal(bound.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], undefined);
  });

  test('a volume reserved by a user waits for its claim', async () => {
    await addVolume('v', { claimRef: { namespace: 'default', name: 'c' } });
    await addVolume('smaller', { capacity: { storage: '1Gi' } });
    await settle();
    assert.equal((await volume('v')).status.phase, 'Available');
    await addClaim('c', { storageClassName: '' });
    await settle();
    assert.equal((await claim('c')).spec.volumeName, 'v');
    assert.equal((await volume('v')).metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], undefined);
  });

  test('with WaitForFirstConsumer a claim waits for a pod, then for the provisioner', async () => {
    await addClass('late', { volumeBindingMode: 'WaitForFirstConsumer' });
    await addVolume('v', { storageClassName: 'late' });
    await addClaim('c', { storageClassName: 'late' });
    await settle();
    assert.deepEqual(await events('c'), ['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
    await plane.client.create(Pod, {
      metadata: { namespace: 'default', name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] },
      status: {},
    });
    await plane.clock.advance(15_000);
    assert.ok((await events('c')).includes('WaitForPodScheduled: waiting for pod p to be scheduled'));
    const annotations = { 'volume.kubernetes.io/selected-node': 'n1' };
    await plane.client.patch(PersistentVolumeClaim, { namespace: 'default', name: 'c' }, 'merge', { metadata: { annotations } });
    await settle();
    const { metadata, status } = await claim('c');
    assert.equal(status.phase, 'Pending');
    assert.equal(metadata.annotations?.['volume.kubernetes.io/storage-provisioner'], 'example.com/disks');
    assert.match((await events('c')).join(), /ExternalProvisioning: Waiting for a volume .* 'example\.com\/disks'/);
  });

  test('what has no class, or one that nobody serves, says so', async () => {
    await addClass('none', { provisioner: 'kubernetes.io/no-provisioner' });
    await addClaim('a', { storageClassName: 'none' });
    await addClaim('b', { storageClassName: 'missing' });
    await settle();
    assert.deepEqual(await events('a'), ['ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner']);
    assert.deepEqual(await events('b'), ['ProvisioningFailed: storageclass.storage.k8s.io "missing" not found']);
  });

  test('a claim that named no class gets the default one when there is one', async () => {
    await addClaim('c');
    await addClaim('none', { storageClassName: '' });
    await settle();
    await addClass('standard', {}, true);
    await settle();
    assert.equal((await claim('c')).spec.storageClassName, 'standard');
    assert.equal((await claim('none')).spec.storageClassName, '');
  });

  describe('when the claim goes', () => {
    const bindAndRemove = async (policy: 'Retain' | 'Delete' | 'Recycle', spec = {}, annotations = {}) => {
      await addVolume('v', { persistentVolumeReclaimPolicy: policy, ...spec }, annotations);
      await addClaim('c', { storageClassName: '' });
      await settle();
      assert.equal((await claim('c')).status.phase, 'Bound');
      await removeClaim('c');
      await settle();
    };

    test('Retain keeps the volume, for nobody else', async () => {
      await bindAndRemove('Retain');
      assert.equal((await volume('v')).status.phase, 'Released');
      await addClaim('c', { storageClassName: '' });
      await settle();
      assert.equal((await claim('c')).status.phase, 'Pending');
    });

    test('Delete deletes what can be deleted', async () => {
      await bindAndRemove('Delete');
      await assert.rejects(volume('v'), isNotFound);
    });

    test('Delete fails for what it does not know', async () => {
      await bindAndRemove('Delete', { hostPath: { path: '/data' } });
      const { status } = await volume('v');
      assert.deepEqual([status.phase, status.message], ['Failed', 'host_path deleter only supports /tmp/.+ but received provided /data']);
      assert.match((await events('v')).join(), /VolumeFailedDelete/);
    });

    test('Delete leaves to its provisioner what a provisioner made', async () => {
      await bindAndRemove('Delete', {}, { 'pv.kubernetes.io/provisioned-by': 'example.com/disks' });
      assert.equal((await volume('v')).status.phase, 'Released');
    });

    test('Recycle has a pod empty the volume, then offers it again', async () => {
      await bindAndRemove('Recycle');
      const pod = await plane.client.get(Pod, { namespace: 'default', name: 'recycler-for-v' });
      await plane.client.updateStatus(Pod, { ...pod, status: { ...pod.status, phase: 'Succeeded' } });
      await settle();
      const { status, spec } = await volume('v');
      assert.deepEqual([status.phase, spec.claimRef], ['Available', undefined]);
      await assert.rejects(plane.client.get(Pod, { namespace: 'default', name: 'recycler-for-v' }), isNotFound);
    });

    test('Recycle says so when the pod fails, and tries again after a while', async () => {
      await bindAndRemove('Recycle');
      const recycler = () => plane.client.get(Pod, { namespace: 'default', name: 'recycler-for-v' });
      const pod = await recycler();
      await plane.client.updateStatus(Pod, { ...pod, status: { ...pod.status, phase: 'Failed', message: 'no room' } });
      await settle();
      const { status } = await volume('v');
      assert.deepEqual([status.phase, status.message], ['Failed', 'Recycle failed: no room']);
      assert.equal((await recycler()).metadata.uid, pod.metadata.uid);
      await plane.clock.advance(31_000);
      assert.notEqual((await recycler()).metadata.uid, pod.metadata.uid);
    });
  });

  test('a claim whose volume goes is lost', async () => {
    await addVolume('v');
    await addClaim('c', { storageClassName: '' });
    await settle();
    await plane.client.delete(PersistentVolume, { name: 'v' });
    await plane.client.patch(PersistentVolume, { name: 'v' }, 'merge', { metadata: { finalizers: null } });
    await plane.until(async () => (await claim('c')).status.phase === 'Lost');
    assert.deepEqual(await events('c'), ['ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!']);
  });
});
