import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume as VolumeType } from '../../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { isWithin, placesOfVolume, volumeZone } from './plugin.ts';

const zone = 'topology.kubernetes.io/zone';
const oldZone = 'failure-domain.beta.kubernetes.io/zone';
const volume = (labels: Record<string, string>): VolumeType => ({ metadata: { name: 'v', labels }, spec: {}, status: {} });
const pod = testPod('p', { volumes: [{ name: 'x', persistentVolumeClaim: { claimName: 'c' } }] });
const cluster = testCluster([testNode('a', { labels: { [zone]: 'a' } }), testNode('b', { labels: { [zone]: 'b' } }), testNode('none')]);
const bench = (labels: Record<string, string>, spec: object = { volumeName: 'v' }, mode = 'Immediate') =>
  new PluginBench(volumeZone, {
    cluster,
    objects: [
      [PersistentVolume, volume(labels)],
      [PersistentVolumeClaim, { metadata: { name: 'c', namespace: 'default' }, spec, status: {} } as object as VolumeType],
      [StorageClass, { metadata: { name: 'fast' }, provisioner: 'x', volumeBindingMode: mode } as object as VolumeType],
    ],
  });
const elsewhere = 'node(s) had no available volume zone';

test('a pod goes where its volume is; a node without zones is taken to be there', () => {
  assert.deepEqual(bench({ [zone]: 'a' }).verdicts(pod), { a: '', b: elsewhere, none: '' });
  assert.deepEqual(bench({ [zone]: 'a__b' }).verdicts(pod), { a: '', b: '', none: '' });
  assert.equal(bench({}).begin(pod), skip);
});

test('old labels of volumes are found under the new ones of nodes', () => {
  assert.equal(isWithin(placesOfVolume(volume({ [oldZone]: 'a' })), { [zone]: 'a' }), undefined);
  assert.deepEqual(isWithin(placesOfVolume(volume({ [oldZone]: 'a' })), { [zone]: 'b' })?.reasons, [elsewhere]);
  assert.deepEqual(placesOfVolume(volume({ [zone]: 'a__' })), []);
});

test('a claim without a volume may wait for the pod’s node, and not for anything else', () => {
  assert.equal(bench({}, { storageClassName: 'fast' }, 'WaitForFirstConsumer').begin(pod), skip);
  assert.equal(bench({}, { storageClassName: 'fast' }).verdicts(pod)['a'], 'PersistentVolume had no name');
  assert.equal(bench({}, {}).verdicts(pod)['a'], 'PersistentVolumeClaim had no pv name and storageClass name');
  assert.equal(bench({}, { volumeName: 'w' }).verdicts(pod)['a'], 'persistentvolume "w" not found');
});
