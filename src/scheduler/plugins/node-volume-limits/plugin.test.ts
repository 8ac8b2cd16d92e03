import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume as VolumeType, PersistentVolumeClaim as ClaimType } from '../../../api/generated/core/v1.ts';
import type { CSINode as CsiNodeType, VolumeAttachment as AttachmentType } from '../../../api/generated/storage/v1.ts';
import type { Kind } from '../../../api/kind.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { CSINode } from '../../../api/kinds/storage/csinode.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { VolumeAttachment } from '../../../api/kinds/storage/volumeattachment.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { nodeVolumeLimits } from './plugin.ts';

const driver = 'csi.example.com';
const claiming = (name: string, claims: string[], nodeName = '') =>
  testPod(name, { nodeName, volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) });
const volume = (name: string): VolumeType => ({
  metadata: { name },
  spec: { csi: { driver, volumeHandle: `handle-${name}` } },
  status: {},
});
const claim = (name: string, spec: ClaimType['spec']): ClaimType => ({ metadata: { name, namespace: 'default' }, spec, status: {} });
const csiNode = (count: number): CsiNodeType => ({
  metadata: { name: 'a' },
  spec: { drivers: [{ name: driver, nodeID: 'a', allocatable: { count } }] },
});
const attachment: AttachmentType = {
  metadata: { name: 'x' },
  spec: { attacher: driver, nodeName: 'a', source: { persistentVolumeName: 'v4' } },
  status: { attached: true },
};
const objects: (readonly [Kind, KubeObject])[] = [
  ...['1', '2', '3', '4'].flatMap((n) => [
    [PersistentVolume, volume(`v${n}`)] as const,
    [PersistentVolumeClaim, claim(`c${n}`, { volumeName: `v${n}` })] as const,
  ]),
  [PersistentVolumeClaim, claim('later', { storageClassName: 'fast' })],
  [StorageClass, { metadata: { name: 'fast' }, provisioner: driver } as KubeObject],
];
const bench = (count: number, ...more: (readonly [Kind, KubeObject])[]) =>
  new PluginBench(nodeVolumeLimits, {
    cluster: testCluster([testNode('a'), testNode('b')], [claiming('q', ['c1'], 'a'), claiming('r', ['c1', 'gone'], 'a')]),
    objects: [[CSINode, csiNode(count)], ...objects, ...more],
  });
const tooMany = 'node(s) exceed max volume count';

test('a node takes as many volumes of a driver as it can attach', () => {
  assert.deepEqual(bench(2).verdicts(claiming('p', ['c2'])), { a: '', b: '' });
  assert.deepEqual(bench(2).verdicts(claiming('p', ['c2', 'c3'])), { a: tooMany, b: '' });
});

test('a volume that is there already is not one more', () => {
  assert.equal(bench(1).verdicts(claiming('p', ['c1']))['a'], '');
});

test('a volume that its class is still to make counts as well', () => {
  assert.equal(bench(1).verdicts(claiming('p', ['later']))['a'], tooMany);
  assert.equal(bench(2).verdicts(claiming('p', ['later']))['a'], '');
});

test('what is attached counts even if no pod uses it any more', () => {
  assert.equal(bench(2, [VolumeAttachment, attachment]).verdicts(claiming('p', ['c2']))['a'], tooMany);
  assert.equal(bench(2, [VolumeAttachment, attachment]).verdicts(claiming('p', ['c4']))['a'], '');
});

test('a pod without claims is not asked about; one whose claim is not there is held up', () => {
  assert.equal(bench(1).begin(testPod('p')), skip);
  assert.equal(bench(1).begin(claiming('p', ['none'])), undefined, 'other plugins have their say first');
  assert.equal(bench(1).verdicts(claiming('p', ['none']))['b'], 'looking up PVC default/none: persistentvolumeclaim "none" not found');
});
