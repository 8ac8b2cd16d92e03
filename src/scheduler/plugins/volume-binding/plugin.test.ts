import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../../base/virtual-clock.ts';
import type { PersistentVolume as VolumeType, PersistentVolumeClaim as ClaimType } from '../../../api/generated/core/v1.ts';
import type { StorageClass as StorageClassType } from '../../../api/generated/storage/v1.ts';
import type { Kind } from '../../../api/kind.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { CSIDriver } from '../../../api/kinds/storage/csidriver.ts';
import { CSIStorageCapacity } from '../../../api/kinds/storage/csistoragecapacity.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import type { KubeObject } from '../../../api/meta.ts';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { findNodeVolumes } from './node-volumes.ts';
import { volumeBinding } from './plugin.ts';
import { isAllowedTopology } from './storage-capacity.ts';

const nodes = [testNode('a', { labels: { zone: 'x' } }), testNode('b', { labels: { zone: 'y' } })];
const pod = testPod('p', { nodeName: 'a', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] });
const claim = (spec: Partial<ClaimType['spec']> = {}, metadata: Partial<ClaimType['metadata']> = {}): ClaimType => ({
  metadata: { name: 'c', namespace: 'default', uid: 'uid-of-c', resourceVersion: '7', ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'late', ...spec },
  status: { phase: 'Pending' },
});
const bound = (volumeName: string) => claim({ volumeName }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } });
const volume = (name: string, node: string, storage = '1Gi', phase: VolumeType['status']['phase'] = 'Available'): VolumeType => ({
  metadata: { name, resourceVersion: '5' },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'late',
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
    },
  },
  status: { phase },
});
const late = (more: Partial<StorageClassType> = {}): StorageClassType => ({
  metadata: { name: 'late' },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
type Objects = (readonly [Kind, KubeObject])[];
const bench = (objects: Objects, client = {}) => new PluginBench(volumeBinding, { cluster: testCluster(nodes), objects, client });
const verdicts = (wanted: ClaimType | undefined, storageClass: StorageClassType, ...volumes: VolumeType[]) =>
  bench([
    ...(wanted ? [[PersistentVolumeClaim, wanted] as const] : []),
    [StorageClass, storageClass],
    ...volumes.map((one) => [PersistentVolume, one] as const),
  ]).verdicts(pod);

const noObjects = { get: () => undefined, list: () => [] };
const nothingToBind = "node(s) didn't find available persistent volumes to bind";
const conflict = 'node(s) had volume node affinity conflict';

describe('claims that are bound', () => {
  test('take the pod to nodes that reach the volume', () => {
    assert.deepEqual(verdicts(bound('v'), late(), volume('v', 'a', '1Gi', 'Bound')), { a: '', b: conflict });
  });

  test('to a volume that is gone, hold the pod up', () => {
    assert.equal(verdicts(bound('v'), late())['a'], 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
  });
});

describe('claims that cannot be used', () => {
  const said = (wanted: ClaimType | undefined, storageClass = late()) => verdicts(wanted, storageClass)['a'];

  test('say why', () => {
    assert.equal(said(undefined), 'persistentvolumeclaim "c" not found');
    assert.equal(
      said({ ...claim({ volumeName: 'v' }), status: { phase: 'Lost' } }),
      'persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
    );
    assert.equal(said(claim({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })), 'persistentvolumeclaim "c" is being deleted');
    assert.equal(said(claim(), late({ volumeBindingMode: 'Immediate' })), 'pod has unbound immediate PersistentVolumeClaims');
    assert.equal(said(claim({ volumeName: 'v' })), 'pod has unbound immediate PersistentVolumeClaims');
  });

  test('of ephemeral volumes have to be the pod’s own', () => {
    const ephemeral = testPod('p', { volumes: [{ name: 'scratch', ephemeral: {} }] });
    assert.equal(
      bench([]).verdicts(ephemeral)['a'],
      'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch"',
    );
    const strange = bench([[PersistentVolumeClaim, claim({}, { name: 'p-scratch' })]]);
    assert.equal(strange.verdicts(ephemeral)['a'], 'PVC default/p-scratch was not created for pod default/p (pod is not owner)');
  });

  test('a pod without claims is not asked about', () => {
    assert.equal(bench([]).begin(testPod('p')), skip);
  });
});

describe('claims that wait for their pod', () => {
  test('take it where a volume is free', () => {
    assert.deepEqual(verdicts(claim(), late(), volume('v', 'a')), { a: '', b: nothingToBind });
    assert.equal(verdicts(claim(), late(), volume('v', 'a', '1Gi', 'Released'))['a'], nothingToBind);
    assert.equal(verdicts(claim(), late(), volume('v', 'a', '512Mi'))['a'], nothingToBind);
  });

  test('get the smallest volume that will do, or the one that is reserved for them', () => {
    const chosen = (...volumes: VolumeType[]) => {
      const found = findNodeVolumes({ bound: [], delayed: [{ claim: claim(), storageClass: late(), volumes }] }, nodes[0]!, noObjects);
      return 'code' in found ? found.reasons : found.bindings.map((binding) => binding.volume.metadata.name);
    };
    const small = volume('small', 'a', '1Gi');
    const shared: VolumeType = { ...small, spec: { ...small.spec, accessModes: ['ReadOnlyMany', 'ReadWriteOnce'] } };
    assert.deepEqual(chosen(volume('large', 'a', '9Gi'), shared), ['small']);
    const large = volume('large', 'a', '9Gi');
    const reserved: VolumeType = { ...large, spec: { ...large.spec, claimRef: { namespace: 'default', name: 'c' } } };
    assert.deepEqual(chosen(reserved, small), ['large']);
  });

  test('take it where a volume can be made', () => {
    const provisioner = 'csi.example.com';
    assert.deepEqual(verdicts(claim(), late({ provisioner })), { a: '', b: '' });
    const allowedTopologies = [{ matchLabelExpressions: [{ key: 'zone', values: ['y'] }] }];
    assert.deepEqual(verdicts(claim(), late({ provisioner, allowedTopologies })), { a: nothingToBind, b: '' });
    const chosen = claim({}, { annotations: { 'volume.kubernetes.io/selected-node': 'b' } });
    assert.deepEqual(verdicts(chosen, late({ provisioner })), { a: nothingToBind, b: '' });
  });

  test('heed what a driver says is left', () => {
    const capacity = (node: string, maximumVolumeSize: string) =>
      [
        CSIStorageCapacity,
        {
          metadata: { name: node, namespace: 'x' },
          storageClassName: 'late',
          maximumVolumeSize,
          nodeTopology: { matchLabels: { 'kubernetes.io/hostname': node } },
        } as KubeObject,
      ] as const;
    const one = bench([
      [PersistentVolumeClaim, claim()],
      [StorageClass, late({ provisioner: 'd' })],
      [CSIDriver, { metadata: { name: 'd' }, spec: { storageCapacity: true } } as KubeObject],
      capacity('a', '2Gi'),
      capacity('b', '512Mi'),
    ]);
    assert.deepEqual(one.verdicts(pod), { a: '', b: 'node(s) did not have enough free storage' });
  });
});

test('topologies of a class: none allow all, of a term every expression must hold', () => {
  assert.ok(isAllowedTopology([], nodes[0]!));
  const both = [
    {
      matchLabelExpressions: [
        { key: 'zone', values: ['x'] },
        { key: 'rack', values: ['1'] },
      ],
    },
  ];
  assert.ok(!isAllowedTopology(both, nodes[0]!));
});

describe('once the node is chosen', () => {
  const start = (objects: Objects) => {
    const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)) });
    const written: KubeObject[] = [];
    const update = async <O extends KubeObject>(kind: Kind<O>, object: O): Promise<O> => {
      written.push(object);
      const at = objects.findIndex(([one, { metadata }]) => one === kind && metadata.name === object.metadata.name);
      const next = { ...object, metadata: { ...object.metadata, resourceVersion: '100' } };
      objects[at] = [kind, next];
      return next;
    };
    const one = new PluginBench(volumeBinding, { cluster: testCluster(nodes), objects, client: { update }, clock });
    const info = one.info(pod);
    one.begin(pod);
    one.plugin.filter!(one.state, info, one.cluster.node('a')!);
    one.plugin.reserve!(one.state, info, 'a');
    return { one, info, clock, written, objects, preBind: () => one.plugin.preBind!(one.state, info, 'a') };
  };
  const others: Objects = [
    [Pod, pod],
    [Node, nodes[0]!],
  ];

  test('a free volume is reserved, and the pod waits for the binder', async () => {
    const { clock, written, objects, preBind } = start([
      [PersistentVolumeClaim, claim()],
      [StorageClass, late()],
      [PersistentVolume, volume('v', 'a')],
      ...others,
    ]);
    const bound_ = preBind();
    await clock.advance(3000);
    const [reserved] = written as VolumeType[];
    assert.equal(reserved!.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
    const claimRef = {
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      namespace: 'default',
      name: 'c',
      uid: 'uid-of-c',
      resourceVersion: '7',
    };
    assert.deepEqual(reserved!.spec.claimRef, claimRef);
    objects[0] = [PersistentVolumeClaim, bound('v')];
    await clock.advance(1000);
    assert.equal(await bound_, undefined);
  });

  test('a volume that is reserved is not free for the next pod, until that is taken back', () => {
    const { one, info, objects } = start([
      [PersistentVolumeClaim, claim()],
      [StorageClass, late()],
      [PersistentVolume, volume('v', 'a')],
      ...others,
    ]);
    const other = claim({}, { name: 'd', uid: 'uid-of-d' });
    const another = testPod('q', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }] });
    objects.push([PersistentVolumeClaim, other]);
    assert.equal(one.verdicts(another)['a'], nothingToBind);
    one.plugin.unreserve!(one.state, info, 'a');
    assert.equal(one.verdicts(another)['a'], '');
  });

  test('a volume to be made is ordered for the node; when it cannot be, the pod is scheduled again', async () => {
    const { clock, written, objects, preBind } = start([
      [PersistentVolumeClaim, claim()],
      [StorageClass, late({ provisioner: 'd' })],
      ...others,
    ]);
    const bound_ = preBind();
    await clock.advance(1000);
    assert.deepEqual(written[0]!.metadata.annotations, { 'volume.kubernetes.io/selected-node': 'a' });
    objects[0] = [PersistentVolumeClaim, claim({}, { resourceVersion: '101' })];
    await clock.advance(1000);
    assert.deepEqual(await bound_, { code: 'Error', reasons: ['binding volumes: provisioning failed for PVC "c"'] });
  });

  test('it does not wait for ever', async () => {
    const { clock, preBind } = start([[PersistentVolumeClaim, claim()], [StorageClass, late({ provisioner: 'd' })], ...others]);
    const bound_ = preBind();
    await clock.advance(601_000);
    assert.deepEqual(await bound_, { code: 'Error', reasons: ['binding volumes: context deadline exceeded'] });
  });
});
