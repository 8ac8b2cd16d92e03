import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaimSpec, PersistentVolumeSpec } from '../../src/api/generated/core/v1.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { PersistentVolume } from '../../src/api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../src/api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { CSIDriver } from '../../src/api/kinds/storage/csidriver.ts';
import { CSINode } from '../../src/api/kinds/storage/csinode.ts';
import { CSIStorageCapacity } from '../../src/api/kinds/storage/csistoragecapacity.ts';
import { StorageClass } from '../../src/api/kinds/storage/storageclass.ts';
import { VolumeAttachment } from '../../src/api/kinds/storage/volumeattachment.ts';
import { VolumeAttributesClass } from '../../src/api/kinds/storage/volumeattributesclass.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused } from './bed.ts';

const volumeSpec: PersistentVolumeSpec = {
  capacity: { storage: '5Gi' },
  accessModes: ['ReadWriteOnce'],
  persistentVolumeReclaimPolicy: 'Retain',
  storageClassName: 'by-hand',
  hostPath: { path: '/tmp/data' },
};
const claimSpec: PersistentVolumeClaimSpec = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'by-hand',
  resources: { requests: { storage: '2Gi' } },
};
const condition = (type: string) => ({
  type,
  status: 'True',
  reason: 'E2E',
  message: 'Set by a test',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

conformance('storage', (bed) => {
  test('[sig-storage] CSIInlineVolumes should run through the lifecycle of a CSIDriver [Conformance]', async () => {
    await exercise(bed, {
      kind: CSIDriver,
      make: () => ({ spec: { attachRequired: false, volumeLifecycleModes: ['Ephemeral'] } }),
      change: (driver) => ({ ...driver, spec: { ...driver.spec, podInfoOnMount: true } }),
    });
    const made = await bed.client.create(CSIDriver, { metadata: { name: 'inline.example.com' }, spec: {} });
    const { attachRequired, podInfoOnMount, fsGroupPolicy, requiresRepublish, storageCapacity, seLinuxMount, volumeLifecycleModes } =
      made.spec;
    assert.deepEqual(
      [attachRequired, podInfoOnMount, fsGroupPolicy, requiresRepublish, storageCapacity, seLinuxMount, volumeLifecycleModes],
      [true, false, 'ReadWriteOnceWithFSType', false, false, false, ['Persistent']],
    );
  });

  test('[sig-storage] CSIInlineVolumes should support CSIVolumeSource in Pod API [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: Pod,
      namespace,
      make: () => ({
        spec: {
          containers: [{ name: 'busybox', image: 'busybox', volumeMounts: [{ name: 'my-csi', mountPath: '/data' }] }],
          volumes: [{ name: 'my-csi', csi: { driver: 'inline.example.com', volumeAttributes: { foo: 'bar' } } }],
        },
      }),
    });
  });

  test('[sig-storage] CSINodes CSI Conformance should run through the lifecycle of a csinode [Conformance]', async () => {
    await exercise(bed, {
      kind: CSINode,
      make: () => ({ spec: { drivers: [{ name: 'e2e.example.com', nodeID: 'node-1', topologyKeys: ['example.com/zone'] }] } }),
    });
  });

  test('[sig-storage] CSIStorageCapacity should support CSIStorageCapacities API operations [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: CSIStorageCapacity,
      namespace,
      make: () => ({ storageClassName: 'example', capacity: '10Gi' }),
      change: (one) => ({ ...one, maximumVolumeSize: '2Gi' }),
    });
  });

  test('[sig-storage] StorageClasses CSI Conformance should run through the lifecycle of a StorageClass [Conformance]', async () => {
    await exercise(bed, { kind: StorageClass, make: () => ({ provisioner: 'e2e-fake-provisioner' }) });
    const { reclaimPolicy, volumeBindingMode } = await bed.client.create(StorageClass, { metadata: { name: 'fast' }, provisioner: 'x' });
    assert.deepEqual([reclaimPolicy, volumeBindingMode], ['Delete', 'Immediate']);
    await refused(
      bed.client.patch(StorageClass, { name: 'fast' }, 'merge', { provisioner: 'y' }),
      422,
      'provisioner: Forbidden: updates to provisioner are forbidden.',
    );
  });

  test('[sig-storage] VolumeAttachment Conformance should run through the lifecycle of a VolumeAttachment [Conformance]', async () => {
    await exercise(bed, {
      kind: VolumeAttachment,
      make: () => ({ spec: { attacher: 'e2e.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'pv' } } }),
    });
  });

  test('[sig-storage] VolumeAttachment Conformance should apply changes to a volumeattachment status [Conformance]', async () => {
    await exercise(bed, {
      kind: VolumeAttachment,
      make: () => ({ spec: { attacher: 'e2e.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'pv' } } }),
      status: [{ attached: true }, { attached: false }],
    });
  });

  test('[sig-storage] VolumeAttributesClass [FeatureGate:VolumeAttributesClass] should run through the lifecycle of a VolumeAttributesClass [Conformance]', async () => {
    await exercise(bed, {
      kind: VolumeAttributesClass,
      make: () => ({ driverName: 'e2e.example.com', parameters: { iops: '1000' } }),
    });
  });

  test('[sig-storage] PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: PersistentVolume,
      make: () => ({ spec: volumeSpec }),
      change: (volume) => ({ ...volume, spec: { ...volume.spec, persistentVolumeReclaimPolicy: 'Delete' as const } }),
    });
    await exercise(bed, { kind: PersistentVolumeClaim, namespace, make: () => ({ spec: claimSpec }) });
    const claim = await bed.client.create(PersistentVolumeClaim, { metadata: { namespace, name: 'claim' }, spec: claimSpec } as never);
    assert.deepEqual([claim.spec.volumeMode, claim.status?.phase], ['Filesystem', 'Pending']);
    await refused(
      bed.client.patch(PersistentVolumeClaim, { namespace, name: 'claim' }, 'merge', {
        spec: { volumeName: 'one', storageClassName: 'two' },
      }),
      422,
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
  });

  test('[sig-storage] PersistentVolumes CSI Conformance should apply changes to a pv/pvc status [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: PersistentVolume,
      // Of a class that no claim asks for: a volume that is bound has another status.
      make: () => ({ spec: { ...volumeSpec, storageClassName: 'apart' } }),
      status: [
        { message: 'StatusPatched', reason: 'E2E' },
        { message: 'StatusUpdated', phase: 'Available' },
      ],
    });
    await exercise(bed, {
      kind: PersistentVolumeClaim,
      namespace,
      make: () => ({ spec: claimSpec }),
      status: [{ conditions: [condition('StatusPatched')] }, { conditions: [condition('StatusUpdated')] }],
    });
  });

  test('[sig-storage] ConfigMap should be immutable if `immutable` field is set [Conformance]', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(ConfigMap, { metadata: { namespace, name: 'immutable' }, data: { a: '1' } });
    const changed = await bed.client.update(ConfigMap, { ...made, data: { a: '2' } });
    const immutable = await bed.client.update(ConfigMap, { ...changed, immutable: true });
    const words = /^ConfigMap "immutable" is invalid: .*Forbidden: field is immutable when `immutable` is set$/;
    await refused(bed.client.update(ConfigMap, { ...immutable, data: { a: '3' } }), 422, words);
    await refused(bed.client.update(ConfigMap, { ...immutable, immutable: false }), 422, words);
    const labelled = { ...immutable, metadata: { ...immutable.metadata, labels: { still: 'changes' } } };
    assert.deepEqual((await bed.client.update(ConfigMap, labelled)).metadata.labels, { still: 'changes' });
    await bed.client.delete(ConfigMap, { namespace, name: 'immutable' });
  });

  test('[sig-storage] Secrets should be immutable if `immutable` field is set [Conformance]', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(Secret, { metadata: { namespace, name: 'immutable' }, data: { a: 'MQ==' } });
    const changed = await bed.client.update(Secret, { ...made, data: { a: 'Mg==' } });
    const immutable = await bed.client.update(Secret, { ...changed, immutable: true });
    const words = /^Secret "immutable" is invalid: .*Forbidden: field is immutable when `immutable` is set$/;
    await refused(bed.client.update(Secret, { ...immutable, data: { a: 'Mw==' } }), 422, words);
    await refused(bed.client.update(Secret, { ...immutable, immutable: false }), 422, words);
    await bed.client.delete(Secret, { namespace, name: 'immutable' });
  });
});
