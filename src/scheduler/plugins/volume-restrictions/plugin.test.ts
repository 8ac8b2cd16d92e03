import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim as ClaimType, Volume } from '../../../api/generated/core/v1.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { skip } from '../../framework.ts';
import { PluginBench, rejectionText, testCluster, testNode, testPod } from '../test-objects.ts';
import { disksConflict } from './disk-conflict.ts';
import { volumeRestrictions } from './plugin.ts';

const mounting = (name: string, volume: Omit<Volume, 'name'>, nodeName = '') =>
  testPod(name, { nodeName, volumes: [{ name: 'v', ...volume }] });
const claiming = (name: string, claimName: string, nodeName = '') => mounting(name, { persistentVolumeClaim: { claimName } }, nodeName);
const claim = (name: string, mode: 'ReadWriteOnce' | 'ReadWriteOncePod'): ClaimType => ({
  metadata: { name, namespace: 'default' },
  spec: { accessModes: [mode] },
  status: {},
});
const bench = (pods: ReturnType<typeof mounting>[], ...claims: ClaimType[]) =>
  new PluginBench(volumeRestrictions, {
    cluster: testCluster([testNode('a'), testNode('b')], pods),
    objects: claims.map((object) => [PersistentVolumeClaim, object] as const),
  });

test('disks that conflict', () => {
  const conflict = (one: Omit<Volume, 'name'>, other = one) => disksConflict(mounting('p', one), mounting('q', other));
  assert.ok(conflict({ gcePersistentDisk: { pdName: 'd' } }));
  assert.ok(!conflict({ gcePersistentDisk: { pdName: 'd', readOnly: true } }));
  assert.ok(conflict({ gcePersistentDisk: { pdName: 'd', readOnly: true } }, { gcePersistentDisk: { pdName: 'd' } }));
  assert.ok(!conflict({ gcePersistentDisk: { pdName: 'd' } }, { gcePersistentDisk: { pdName: 'e' } }));
  assert.ok(conflict({ awsElasticBlockStore: { volumeID: 'd', readOnly: true } }));
  const iscsi = { targetPortal: '10.0.0.1', iqn: 'iqn', lun: 0 };
  assert.ok(conflict({ iscsi }));
  assert.ok(!conflict({ iscsi: { ...iscsi, readOnly: true } }));
  const rbd = { image: 'i', monitors: ['m', 'n'] };
  assert.ok(conflict({ rbd }, { rbd: { ...rbd, monitors: ['n'], pool: 'rbd' } }));
  assert.ok(!conflict({ rbd }, { rbd: { ...rbd, monitors: ['o'] } }));
  assert.ok(!conflict({ rbd }, { rbd: { ...rbd, pool: 'other' } }));
  assert.ok(!conflict({ emptyDir: {} }));
});

test('a node whose pods hold the disk turns the pod down', () => {
  const disk = { awsElasticBlockStore: { volumeID: 'd' } };
  assert.deepEqual(bench([mounting('q', disk, 'a')]).verdicts(mounting('p', disk)), { a: 'node(s) had no available disk', b: '' });
});

test('a claim for one pod alone is used by one pod alone, on whatever node', () => {
  const used = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode';
  const one = claim('c', 'ReadWriteOncePod');
  assert.deepEqual(bench([claiming('q', 'c', 'a')], one).verdicts(claiming('p', 'c')), { a: used, b: used });
  assert.equal(bench([claiming('q', 'd', 'a')], one).begin(claiming('p', 'c')), skip);
  assert.equal(bench([claiming('q', 'c', 'a')], claim('c', 'ReadWriteOnce')).begin(claiming('p', 'c')), skip);
});

test('preemption of the pod that uses the claim makes way', () => {
  const user = claiming('q', 'c', 'a');
  const one = bench([user], claim('c', 'ReadWriteOncePod'));
  const info = one.info(claiming('p', 'c'));
  one.begin(info.pod);
  const tried = one.state.clone();
  const a = one.cluster.node('a')!;
  one.plugin.removePod!(tried, info, one.info(user), a);
  assert.equal(one.plugin.filter!(tried, info, a), undefined);
  assert.notEqual(one.plugin.filter!(one.state, info, a), undefined);
});

test('a claim that is not there holds the pod up, and its coming helps', () => {
  const pod = claiming('p', 'c');
  const begun = bench([]).begin(pod);
  assert.ok(begun && 'code' in begun);
  assert.equal(rejectionText(begun), 'UnschedulableAndUnresolvable: persistentvolumeclaim "c" not found');
  assert.ok(bench([]).helps(PersistentVolumeClaim, pod, { now: claim('c', 'ReadWriteOnce') }));
  assert.ok(!bench([]).helps(PersistentVolumeClaim, pod, { now: claim('d', 'ReadWriteOnce') }));
  assert.ok(bench([]).helps(Pod, pod, { old: claiming('q', 'c', 'a') }));
  assert.ok(!bench([]).helps(Pod, pod, { old: claiming('q', 'd', 'a') }));
});
