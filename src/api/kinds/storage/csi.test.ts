import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { CSIDriver } from './csidriver.ts';
import { CSINode } from './csinode.ts';
import { CSIStorageCapacity } from './csistoragecapacity.ts';
import { VolumeAttachment } from './volumeattachment.ts';
import { VolumeAttributesClass, VolumeAttributesClassV1Beta1 } from './volumeattributesclass.ts';

const named = (parts: Manifest): Manifest => ({ metadata: { name: 'csi.example.com' }, ...parts });

test('a CSIDriver’s defaults and row', () => {
  const driver = created(CSIDriver, named({ spec: { tokenRequests: [{ audience: 'a' }, { audience: 'b' }] } }));
  assert.deepEqual(row(CSIDriver, driver), {
    Name: 'csi.example.com',
    AttachRequired: true,
    PodInfoOnMount: false,
    StorageCapacity: false,
    TokenRequests: 'a,b',
    RequiresRepublish: false,
    Modes: 'Persistent',
    Age: '<unknown>',
  });
  assert.equal(driver.spec.fsGroupPolicy, 'ReadWriteOnceWithFSType');
});

test('a CSIDriver’s rules', () => {
  const spec = {
    fsGroupPolicy: 'Some',
    volumeLifecycleModes: ['Eternal'],
    nodeAllocatableUpdatePeriodSeconds: 9,
    tokenRequests: [{ audience: 'a', expirationSeconds: 599 }, { audience: 'a' }],
  };
  assert.deepEqual(createProblems(CSIDriver, named({ spec })), [
    'spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    'spec.tokenRequests[1].audience: Duplicate value: "a"',
    'spec.volumeLifecycleModes: Unsupported value: "Eternal": supported values: "Persistent", "Ephemeral"',
    'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
  ]);
  assert.deepEqual(
    updateProblems(CSIDriver, named({ spec: {} }), (next) => (next.spec.attachRequired = false)),
    ['spec.attachedRequired: Invalid value: false: field is immutable'],
  );
});

test('a CSINode’s drivers stay as they are, but for how many volumes they attach', () => {
  const driver = { name: 'csi.example.com', nodeID: 'n1', topologyKeys: ['zone'], allocatable: { count: 4 } };
  const node = named({ spec: { drivers: [driver] } });
  assert.deepEqual(createProblems(CSINode, node), []);
  assert.deepEqual(
    updateProblems(CSINode, node, (next) => (next.spec.drivers[0]!.allocatable = { count: 9 })),
    [],
  );
  assert.deepEqual(
    updateProblems(CSINode, node, (next) => (next.spec.drivers[0]!.nodeID = 'n2')),
    ['spec.drivers: Invalid value: {"name":"csi.example.com","nodeID":"n2","topologyKeys":["zone"]}: field is immutable'],
  );
  assert.deepEqual(createProblems(CSINode, named({ spec: { drivers: [driver, { ...driver, nodeID: '', topologyKeys: ['a', 'a'] }] } })), [
    'spec.drivers[1].nodeID: Required value',
    'spec.drivers[1].name: Duplicate value: "csi.example.com"',
    'spec.drivers[1]: Duplicate value: "a"',
  ]);
  assert.equal(row(CSINode, created(CSINode, node))['Drivers'], 1);
});

test('a CSIStorageCapacity answers one question for good', () => {
  const capacity = named({ storageClassName: 'fast', capacity: '10Gi' });
  assert.deepEqual(
    updateProblems(CSIStorageCapacity, capacity, (next) => (next.capacity = '5Gi')),
    [],
  );
  assert.deepEqual(
    updateProblems(CSIStorageCapacity, capacity, (next) => Object.assign(next, { storageClassName: 'slow', capacity: '-1' })),
    ['capacity: Invalid value: "-1": must be greater than or equal to 0', 'storageClassName: Invalid value: "slow": field is immutable'],
  );
  assert.deepEqual(row(CSIStorageCapacity, created(CSIStorageCapacity, named({ storageClassName: 'fast' }))), {
    Name: 'csi.example.com',
    StorageClassName: 'fast',
    Capacity: '<unset>',
  });
});

test('a VolumeAttachment names one volume', () => {
  const attachment = (source: Manifest, attacher = 'csi.example.com'): Manifest =>
    named({ spec: { attacher, nodeName: 'worker', source } });
  assert.deepEqual(createProblems(VolumeAttachment, attachment({ persistentVolumeName: 'disk' })), []);
  assert.deepEqual(createProblems(VolumeAttachment, attachment({}, '')), [
    'spec.attacher: Required value',
    'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    'spec.attacher: Required value',
    "spec.attacher: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ]);
  const inline = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/a' } };
  assert.deepEqual(createProblems(VolumeAttachment, attachment({ inlineVolumeSpec: inline })), [
    'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
    'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
  ]);
  assert.deepEqual(statusProblems(VolumeAttachment, attachment({ persistentVolumeName: 'disk' }), { attachError: { errorCode: -1 } }), [
    'status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]);
  const changed = updateProblems(VolumeAttachment, attachment({ persistentVolumeName: 'disk' }), (next) => (next.spec.nodeName = 'other'));
  assert.match(changed.join(), /^spec: Invalid value: \{.*\}: field is immutable$/);
});

test('a VolumeAttributesClass has parameters, and keeps them', () => {
  const attributes = (parameters: Manifest) => named({ driverName: 'csi.example.com', parameters });
  assert.deepEqual(createProblems(VolumeAttributesClass, attributes({})), [
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  assert.deepEqual(
    updateProblems(VolumeAttributesClass, attributes({ iops: '1' }), (next) => (next.parameters = { iops: '2' })),
    ['parameters: Forbidden: updates to parameters are forbidden.'],
  );
  const stored = VolumeAttributesClassV1Beta1.storage!.toStored({ apiVersion: 'storage.k8s.io/v1beta1', metadata: {} });
  assert.equal(stored.apiVersion, 'storage.k8s.io/v1');
});
