import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Running } from '../../../base/component.ts';
import type { PersistentVolumeClaim as ClaimType, PersistentVolume as VolumeType } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { podCondition } from '../../../api/pods/pod-state.ts';
import { typedClient } from '../../../client/typed-client.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../../cluster/virtual-control-plane.ts';
import { kubeScheduler } from '../../scheduler.ts';
import { testNode } from '../test-objects.ts';

const namespace = 'default';

describe('a pod whose claim waits for it', () => {
  let plane: VirtualControlPlane;
  let scheduler: Running;

  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller', 'persistentvolume-binder-controller'] });
    const user = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };
    const client = typedClient({ api: plane.api.call, credentials: { by: 'identity', user }, userAgent: 'kube-scheduler' });
    scheduler = await kubeScheduler({ client }).start(plane.env);
    for (const name of ['a', 'b']) {
      await plane.client.create(Node, testNode(name));
      await plane.client.patch(Node, { name }, 'merge', { spec: { taints: null } });
    }
    await plane.client.create(PersistentVolumeClaim, claim);
    await plane.client.create(Pod, {
      metadata: { name: 'p', namespace },
      spec: {
        containers: [{ name: 'c', image: 'app' }],
        automountServiceAccountToken: false,
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
      },
      status: {},
    });
  });
  afterEach(async () => {
    await scheduler[Symbol.asyncDispose]();
    plane[Symbol.dispose]();
  });

  const claim: ClaimType = {
    metadata: { name: 'c', namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'late' },
    status: {},
  };
  const addClass = (provisioner: string) =>
    plane.client.create(StorageClass, { metadata: { name: 'late' }, provisioner, volumeBindingMode: 'WaitForFirstConsumer' });
  const pod = () => plane.client.get(Pod, { namespace, name: 'p' });
  const claimNow = () => plane.client.get(PersistentVolumeClaim, { namespace, name: 'c' });
  const whyNot = async () => podCondition(await pod(), 'PodScheduled')?.message;
  const addVolume = (name: string, node: string, more: Partial<VolumeType['spec']> = {}) => {
    const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [node] }];
    return plane.client.create(PersistentVolume, {
      metadata: { name },
      spec: {
        capacity: { storage: '2Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'late',
        local: { path: '/mnt/disk' },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
        ...more,
      },
      status: {},
    });
  };

  test('goes where a volume is free, and takes it', async () => {
    await addClass('kubernetes.io/no-provisioner');
    await plane.until(async () => (await whyNot())?.includes("2 node(s) didn't find available persistent volumes to bind") ?? false);
    await addVolume('disk', 'b');
    await plane.until(async () => (await pod()).spec.nodeName === 'b');
    assert.equal((await claimNow()).spec.volumeName, 'disk');
    assert.equal((await claimNow()).status.phase, 'Bound');
  });

  test('gets a volume made for its node', async () => {
    await addClass('csi.example.com');
    const chosen = async () => (await claimNow()).metadata.annotations?.['volume.kubernetes.io/selected-node'];
    await plane.until(async () => (await chosen()) !== undefined);
    assert.equal((await pod()).spec.nodeName, undefined, 'it waits for the volume');
    const node = (await chosen())!;
    const { metadata } = await claimNow();
    await addVolume('made', node, {
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: 'c', uid: metadata.uid! },
    });
    await plane.until(async () => (await pod()).spec.nodeName === node);
  });
});
