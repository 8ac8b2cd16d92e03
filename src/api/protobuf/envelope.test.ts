import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../codec/bytes.ts';
import { ProtobufError } from '../../codec/protobuf/reader.ts';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf } from './envelope.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (text: string): string => toHex(new TextEncoder().encode(text));

/** A number of one byte or two. */
const varint = (value: number): string => toHex(value < 128 ? Uint8Array.of(value) : Uint8Array.of((value % 128) + 128, value >> 7));
/** A text, or bytes, or a message. */
const field = (number: number, hex: string): string => varint(number * 8 + 2) + varint(hex.length / 2) + hex;

const enveloped = (apiVersion: string, kind: string, raw: string): Uint8Array =>
  bytesOf(`6b387300${field(1, field(1, hexOf(apiVersion)) + field(2, hexOf(kind)))}${field(2, raw)}1a002200`);

/** Both ways: what the bytes mean, and that these bytes are what is written for it. */
function means(apiVersion: string, kind: string, raw: string, object: object): void {
  const bytes = enveloped(apiVersion, kind, raw);
  assert.deepEqual(decodeKubernetesProtobuf(bytes), { apiVersion, kind, object });
  assert.equal(toHex(encodeKubernetesProtobuf(object, apiVersion, kind)!), toHex(bytes));
}

test('an object is in an envelope that says what it is', () => {
  means('v1', 'ConfigMap', field(1, field(1, hexOf('a'))), { metadata: { name: 'a' } });
  assert.deepEqual(decodeKubernetesProtobuf(bytesOf(`6b387300${field(2, field(1, ''))}`), { apiVersion: 'v1', kind: 'Pod' }), {
    apiVersion: 'v1',
    kind: 'Pod',
    object: { metadata: {} },
  });
});

test('times are seconds of which JSON shows a date, and whose absence it shows as null', () => {
  // 1767323045 = 2026-01-02T03:04:05Z
  means('v1', 'ConfigMap', field(1, field(8, '08a5ebdcca061000')), { metadata: { creationTimestamp: '2026-01-02T03:04:05Z' } });
  assert.deepEqual(decodeKubernetesProtobuf(enveloped('v1', 'ConfigMap', field(1, field(8, '')))).object, { metadata: {} });
  const year1 = '088092b8c398feffffff01';
  assert.deepEqual(decodeKubernetesProtobuf(enveloped('v1', 'ConfigMap', field(1, field(8, year1)))).object, { metadata: {} });
});

test('MicroTime has six digits of a second', () => {
  // 7000 nanoseconds
  means('coordination.k8s.io/v1', 'Lease', field(2, field(3, '08a5ebdcca0610d836')), {
    spec: { acquireTime: '2026-01-02T03:04:05.000007Z' },
  });
});

test('times outside the years of four digits are refused', () => {
  assert.throws(() => decodeKubernetesProtobuf(enveloped('v1', 'ConfigMap', field(1, field(8, '08ffffffffffffffff7f')))), ProtobufError);
});

test('quantities are texts, also as values of maps', () => {
  const cpu = field(1, field(1, hexOf('cpu')) + field(2, field(1, hexOf('1500m'))));
  means('v1', 'ResourceQuota', field(2, cpu), { spec: { hard: { cpu: '1500m' } } });
});

test('IntOrString is a number or a text, by its type', () => {
  means('policy/v1', 'PodDisruptionBudget', field(2, field(1, '080010021a00')), { spec: { minAvailable: 2 } });
  means('policy/v1', 'PodDisruptionBudget', field(2, field(1, `08011000${field(3, hexOf('50%'))}`)), { spec: { minAvailable: '50%' } });
});

test('bytes are base64', () => {
  means('v1', 'Secret', field(2, field(1, hexOf('k')) + field(2, '00ff')), { data: { k: 'AP8=' } });
});

test('JSON that is carried as bytes is itself again', () => {
  means('apps/v1', 'ControllerRevision', field(2, field(1, hexOf('{"a":[1,null]}'))), { data: { a: [1, null] } });
  const managed = field(1, field(17, field(7, field(1, hexOf('{"f:data":{}}')))));
  means('v1', 'ConfigMap', managed, { metadata: { managedFields: [{ fieldsV1: { 'f:data': {} } }] } });
  assert.throws(() => decodeKubernetesProtobuf(enveloped('apps/v1', 'ControllerRevision', field(2, field(1, '7b')))), ProtobufError);
});

test('extra values and verbs are lists without a name', () => {
  const extra = field(5, field(1, hexOf('k')) + field(2, field(1, hexOf('a')) + field(1, hexOf('b'))));
  means('authorization.k8s.io/v1', 'SubjectAccessReview', field(2, extra), { spec: { extra: { k: ['a', 'b'] } } });
});

test('inlined messages are members of the message that holds them', () => {
  // spec.volumes[0] = { name: v, volumeSource: { emptyDir: {} } }
  const volume = field(1, hexOf('v')) + field(2, field(2, ''));
  means('v1', 'Pod', field(2, field(1, volume)), { spec: { volumes: [{ name: 'v', emptyDir: {} }] } });
});

test('schemas of custom resources may be booleans, lists and texts', () => {
  const described = (properties: string, openAPIV3Schema: object) =>
    means(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      field(2, field(7, field(1, hexOf('v1')) + field(4, field(1, properties)))),
      { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema } }] } },
    );
  const text = field(5, hexOf('string'));
  described(field(30, '0800'), { additionalProperties: false });
  described(field(30, `0801${field(2, text)}`), { additionalProperties: { type: 'string' } });
  described(field(24, field(1, text)), { items: { type: 'string' } });
  described(field(24, field(2, text)), { items: [{ type: 'string' }] });
  described(field(32, field(1, hexOf('a')) + field(2, field(2, hexOf('b')))), { dependencies: { a: ['b'] } });
  described(field(3, hexOf('#/x')) + field(8, field(1, hexOf('0'))), { $ref: '#/x', default: 0 });
});

test('zero is left out where Go leaves it out, and kept where it means something', () => {
  // generation has omitempty, replicas is a pointer
  const bytes = enveloped('apps/v1', 'Deployment', field(1, '3800') + field(2, '0800'));
  assert.deepEqual(decodeKubernetesProtobuf(bytes).object, { metadata: {}, spec: { replicas: 0 } });
});

test('integers that no number holds are bigints', () => {
  means('v1', 'ConfigMap', field(1, '38ffffffffffffffff7f'), { metadata: { generation: 2n ** 63n - 1n } });
});

test('lists of numbers are read packed too', () => {
  const groups = { spec: { securityContext: { supplementalGroups: [1, 300] } } };
  means('v1', 'Pod', field(2, field(14, '200120ac02')), groups);
  assert.deepEqual(decodeKubernetesProtobuf(enveloped('v1', 'Pod', field(2, field(14, field(4, '01ac02'))))).object, groups);
});

test('a message in several parts is one', () => {
  const parts = field(1, field(1, hexOf('a'))) + field(1, field(3, hexOf('b')));
  assert.deepEqual(decodeKubernetesProtobuf(enveloped('v1', 'ConfigMap', parts)).object, { metadata: { name: 'a', namespace: 'b' } });
});

test('a map’s key may be any text', () => {
  const label = field(1, field(11, field(1, hexOf('__proto__')) + field(2, hexOf('x'))));
  const { metadata } = decodeKubernetesProtobuf(enveloped('v1', 'ConfigMap', label)).object as { metadata: { labels: object } };
  assert.deepEqual(Object.entries(metadata.labels), [['__proto__', 'x']]);
});

test('what is no envelope is refused in the serializer’s words', () => {
  const refused = (hex: string, message: string) =>
    assert.throws(() => decodeKubernetesProtobuf(bytesOf(hex)), { name: 'ProtobufError', message });
  refused('', 'empty data');
  refused('7b7d', 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  refused('6b387300', 'empty body');
  refused('6b3873000801', 'proto: wrong wireType = 0 for field TypeMeta');
  refused(toHex(enveloped('v1', 'Pod', '0801')), 'proto: wrong wireType = 0 for field ObjectMeta');
});

test('custom kinds have no protocol buffers', () => {
  assert.equal(encodeKubernetesProtobuf({}, 'example.com/v1', 'Widget'), undefined);
  assert.throws(() => decodeKubernetesProtobuf(enveloped('example.com/v1', 'Widget', '')), ProtobufError);
});
