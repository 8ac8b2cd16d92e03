import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { localProvisioner } from '../../addons/local-provisioner/provisioner.ts';
import { defaultStorageClass } from '../../addons/local-provisioner/storage-class.ts';
import { runController } from '../../client/controller.ts';
import { faultyApi, type FaultRates } from '../../client/fault-injection.ts';
import { Informers } from '../../client/informers.ts';
import { typedClient } from '../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { claimProtectionController } from '../persistent-volume-claim-protection/controller.ts';
import { volumeProtectionController } from '../persistent-volume-protection/controller.ts';
import { claimController } from './claims.ts';
import { volumeController } from './volumes.ts';

const bad: FaultRates = {
  refused: 0.1,
  answerLost: 0.1,
  conflict: 0.1,
  late: 0.3,
  latencyMs: 500,
  watchBroken: 0.05,
  watchExpired: 0.1,
  frameLate: 0.2,
  frameTwice: 0.1,
};
const syncMs = 15_000;
const count = 6;

for (let seed = 1; seed <= 4; seed++) {
  test(`over a bad network each claim has its own volume, and those of claims that went are gone, seed ${seed}`, async () => {
    using plane = await startVirtualControlPlane({ controllers: [] });
    let rates: FaultRates | undefined = bad;
    const client = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng: seededRng(seed), rates: () => rates }),
      credentials: { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } },
    });
    const informers = new Informers(client, plane.env);
    const controllers = [claimController(syncMs), volumeController(syncMs), claimProtectionController(), volumeProtectionController];
    const started = Promise.all([
      ...controllers.map((one) => runController(one, client, informers, plane.env)),
      localProvisioner(client, informers, plane.env),
    ]);
    await makeObjects(plane);
    await plane.clock.advance(200_000);
    for (let n = 0; n < count / 2; n++)
      for (const kind of ['static', 'made'])
        await plane.client.delete(PersistentVolumeClaim, { namespace: 'default', name: `${kind}-${n}` });
    await plane.clock.advance(100_000);
    rates = undefined;
    await plane.clock.advance(200_000);
    await started;
    const { items: claims } = await plane.client.list(PersistentVolumeClaim);
    const { items: volumes } = await plane.client.list(PersistentVolume);
    assert.equal(claims.length, count);
    assert.deepEqual(
      volumes.map(({ spec: { claimRef }, status }) => `${claimRef?.uid} ${status.phase}`).toSorted(),
      claims.map(({ metadata, status }) => `${metadata.uid} ${status.phase}`).toSorted(),
    );
    assert.equal(new Set(claims.map(({ spec }) => spec.volumeName)).size, count);
  });
}

async function makeObjects({ client }: VirtualControlPlane): Promise<void> {
  await client.create(StorageClass, defaultStorageClass);
  await client.create(Node, { metadata: { name: 'n1' }, spec: {}, status: {} });
  const spec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '1Gi' } } };
  const annotations = { 'volume.kubernetes.io/selected-node': 'n1' };
  for (let n = 0; n < count; n++) {
    await client.create(PersistentVolume, {
      metadata: { name: `v${n}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/tmp/x' },
        persistentVolumeReclaimPolicy: 'Delete',
      },
      status: {},
    });
    await client.create(PersistentVolumeClaim, {
      metadata: { namespace: 'default', name: `static-${n}` },
      spec: { ...spec, storageClassName: '' },
      status: {},
    });
    await client.create(PersistentVolumeClaim, { metadata: { namespace: 'default', name: `made-${n}`, annotations }, spec, status: {} });
  }
}
