import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { isNotFound } from '../../api/errors.ts';
import type { PersistentVolumeClaim as ClaimObject } from '../../api/generated/core/v1.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { Informers } from '../../client/informers.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { nodeCrypto } from '../../machine/real/crypto.ts';
import { localProvisioner } from './provisioner.ts';
import { defaultStorageClass } from './storage-class.ts';

let plane: VirtualControlPlane;
let life: AbortController;
describe('local provisioner', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
    life = new AbortController();
    const env = { clock: plane.clock, rng: seededRng(2), crypto: nodeCrypto(), log: silentLog, signal: life.signal };
    await plane.client.create(StorageClass, defaultStorageClass);
    await plane.client.create(Node, { metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'host-1' } }, spec: {}, status: {} });
    const started = localProvisioner(plane.client, new Informers(plane.client, env), env);
    await plane.clock.settle();
    await started;
  });
  afterEach(() => {
    life.abort();
    plane[Symbol.dispose]();
  });

  const addClaim = (spec: Partial<ClaimObject['spec']> = {}) =>
    plane.client.create(PersistentVolumeClaim, {
      metadata: { namespace: 'default', name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
      status: {},
    });
  /** As the scheduler does. */
  const select = (node: string) => {
    const metadata = { annotations: { 'volume.kubernetes.io/selected-node': node } };
    return plane.client.patch(PersistentVolumeClaim, { namespace: 'default', name: 'c' }, 'merge', { metadata });
  };
  const claim = () => plane.client.get(PersistentVolumeClaim, { namespace: 'default', name: 'c' });
  const messages = async (reason: string) =>
    (await plane.client.list(Event)).items.filter((event) => event.reason === reason).map(({ message }) => message);

  test('makes a volume on the selected node, which the claim gets, and deletes it after the claim', async () => {
    const { metadata } = await addClaim();
    await plane.clock.advance(1_000);
    assert.equal((await claim()).status.phase, 'Pending');
    await select('n1');
    await plane.until(async () => (await claim()).status.phase === 'Bound');
    const name = `pvc-${metadata.uid}`;
    const { spec } = await plane.client.get(PersistentVolume, { name });
    assert.deepEqual(spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions, [
      { key: 'kubernetes.io/hostname', operator: 'In', values: ['host-1'] },
    ]);
    assert.deepEqual(spec.hostPath, { path: `/var/local-path-provisioner/${name}_default_c`, type: 'DirectoryOrCreate' });
    assert.deepEqual(await messages('ProvisioningSucceeded'), [`Successfully provisioned volume ${name}`]);
    await plane.client.delete(PersistentVolumeClaim, { namespace: 'default', name: 'c' });
    await plane.clock.advance(1_000);
    await assert.rejects(plane.client.get(PersistentVolume, { name }), isNotFound);
  });

  test('says why it cannot make a volume', async () => {
    await addClaim({ accessModes: ['ReadWriteMany'] });
    await select('n1');
    await plane.clock.advance(1_000);
    assert.deepEqual(await messages('ProvisioningFailed'), [
      'failed to provision volume with StorageClass "standard": NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes',
    ]);
  });

  test('has the scheduler choose again when the node has gone', async () => {
    await addClaim();
    await select('n2');
    await plane.clock.advance(1_000);
    assert.equal((await claim()).metadata.annotations?.['volume.kubernetes.io/selected-node'], undefined);
    await select('n1');
    await plane.until(async () => (await claim()).status.phase === 'Bound');
  });
});
