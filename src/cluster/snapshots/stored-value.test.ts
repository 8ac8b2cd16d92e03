import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeKubernetesProtobuf } from '../../api/protobuf/envelope.ts';
import { utf8 } from '../../codec/bytes.ts';
import { decodeStoredValue, encodingOf, typeOf } from './stored-value.ts';

const encrypted = (provider: string): Uint8Array => Uint8Array.of(...utf8(`k8s:enc:${provider}:`), 0, 0x3a, 0xff, 1);

describe('a stored value', () => {
  test('shows how it is encoded, and of an encrypted one provider and key', () => {
    const protobuf = encodeKubernetesProtobuf({ metadata: { name: 'a' } }, 'v1', 'Pod')!;
    assert.deepEqual(
      [
        protobuf,
        utf8('{}'),
        new Uint8Array(),
        utf8('1'),
        utf8('kubernetes'),
        Uint8Array.of(0xd9, 0xd9, 0xf7, 0),
        encrypted('aescbc:v1:key1'),
        encrypted('kms:v2:vault'),
      ].map(encodingOf),
      ['protobuf', 'json', 'empty', 'other', 'other', 'cbor', 'aescbc:v1:key1', 'kms:v2:vault'],
    );
  });

  test('in JSON says its type in whatever order its members are', () => {
    const type = { apiVersion: 'example.com/v1', kind: 'Widget' };
    for (const json of [
      '{"apiVersion":"example.com/v1","kind":"Widget","spec":{}}',
      '{"kind":"Widget","apiVersion":"example.com/v1"}',
      '{"apiVersion":"example.com/v1","data":{"kind":"x"},"kind":"Widget"}',
    ])
      assert.deepEqual(typeOf(utf8(json), 'json'), type);
    assert.deepEqual(typeOf(utf8('{"broken'), 'json'), { apiVersion: '', kind: '' });
  });

  test('is decoded with the revision at which it was stored as its resourceVersion', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } };
    const decoded = { ...object, metadata: { name: 'a', resourceVersion: '17' } };
    assert.deepEqual(decodeStoredValue(encodeKubernetesProtobuf(object, 'v1', 'ConfigMap')!, 17), decoded);
    assert.deepEqual(decodeStoredValue(utf8(JSON.stringify(object)), 17), decoded);
  });

  test('of a release long ago is decoded too: every kind that clusters from 1.18 on have stored', () => {
    for (const [apiVersion, kind] of storedOnce) {
      const value = encodeKubernetesProtobuf({ metadata: { name: 'old' } }, apiVersion, kind);
      assert.ok(value, `${apiVersion} ${kind}`);
      assert.deepEqual((decodeStoredValue(value, 1)['metadata'] as { name: string }).name, 'old', kind);
    }
  });

  test('that cannot be read says why', () => {
    assert.throws(() => decodeStoredValue(encrypted('aescbc:v1:key1'), 1), { message: 'it is encrypted, by aescbc:v1:key1' });
    assert.throws(() => decodeStoredValue(utf8('7'), 1), /it is no Kubernetes object/);
    assert.throws(() => decodeStoredValue(utf8('{"a"'), 1), /it is damaged json/);
    assert.throws(() => decodeStoredValue(Uint8Array.of(0x6b, 0x38, 0x73, 0, 0xff), 1), /it is damaged protobuf/);
  });
});

/** Versions in which etcd held objects that are stored in others today, or not at all. */
const storedOnce = [
  ['extensions/v1beta1', 'Ingress'],
  ['policy/v1beta1', 'PodSecurityPolicy'],
  ['policy/v1beta1', 'PodDisruptionBudget'],
  ['batch/v1beta1', 'CronJob'],
  ['batch/v2alpha1', 'CronJob'],
  ['autoscaling/v1', 'HorizontalPodAutoscaler'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice'],
  ['networking.k8s.io/v1beta1', 'IngressClass'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest'],
  ['node.k8s.io/v1beta1', 'RuntimeClass'],
  ['settings.k8s.io/v1alpha1', 'PodPreset'],
  ['auditregistration.k8s.io/v1alpha1', 'AuditSink'],
  ['flowcontrol.apiserver.k8s.io/v1alpha1', 'FlowSchema'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity'],
  ['resource.k8s.io/v1alpha1', 'ResourceClass'],
  ['resource.k8s.io/v1alpha2', 'PodSchedulingContext'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['v1', 'RangeAllocation'],
  ['v1', 'Event'],
] as const;
