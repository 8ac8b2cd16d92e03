import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtobufWriter } from '../codec/protobuf/writer.ts';
import { decodeBody, type Decodable } from './decode.ts';
import { ApiError } from './errors.ts';
import { encodeKubernetesProtobuf } from './protobuf/envelope.ts';
import { generatedKind, schemaOf } from './schemas.ts';

const Pod = generatedKind('', 'v1', 'Pod');
const Deployment = generatedKind('apps', 'v1', 'Deployment');

const mediaType = 'application/vnd.kubernetes.protobuf';
const from = (bytes: Uint8Array, kind: Decodable = Pod, fieldValidation?: string) =>
  decodeBody({ bytes, mediaType }, kind, fieldValidation);

const prefix = [0x6b, 0x38, 0x73, 0];
/** An object's message, without a word of what it is. */
const untyped = (write: (raw: ProtobufWriter) => void): Uint8Array =>
  Uint8Array.from([...prefix, ...new ProtobufWriter().message(2, write).finish()]);

function refusalOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return `${error.code} ${error.message}`;
  }
  return assert.fail('nothing was refused');
}

test('a body in protocol buffers is the object that JSON would have been', () => {
  const object = {
    metadata: { name: 'web', creationTimestamp: '2026-01-02T03:04:05Z' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: {}, spec: { containers: [{ name: 'c', resources: {} }] } },
    },
  };
  const bytes = encodeKubernetesProtobuf(object, 'apps/v1', 'Deployment')!;
  assert.deepEqual(from(bytes, Deployment), { object: { apiVersion: 'apps/v1', kind: 'Deployment', ...object }, warnings: [] });
});

test('quantities are put in their canonical form, and wrong ones refused', () => {
  const quota = generatedKind('', 'v1', 'ResourceQuota');
  const hard = (cpu: string) => encodeKubernetesProtobuf({ spec: { hard: { cpu } } }, 'v1', 'ResourceQuota')!;
  assert.deepEqual(from(hard('1000m'), quota).object, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {},
    spec: { hard: { cpu: '1' } },
  });
  assert.match(
    refusalOf(() => from(hard('much'), quota)),
    /^400 ResourceQuota in version "v1" cannot be handled as a ResourceQuota: quantities must match/,
  );
});

test('a body that does not say what it is, is what is asked for', () => {
  const bytes = untyped((raw) => raw.message(1, (metadata) => metadata.string(1, 'a')));
  assert.deepEqual(from(bytes).object, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
});

test('fields that nobody knows are no mistake, however strict the client is', () => {
  const unknown = untyped((raw) => raw.message(1, (metadata) => metadata.string(1, 'a').string(999, 'x')).string(998, 'y'));
  assert.deepEqual(from(unknown, Pod, 'Strict'), { object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, warnings: [] });
  // A field of another release.
  const clusterName = untyped((raw) => raw.message(1, (metadata) => metadata.string(15, 'x')));
  assert.deepEqual(from(clusterName, Pod, 'Strict').object, { apiVersion: 'v1', kind: 'Pod', metadata: {} });
});

test('what is no message is a bad request, in the serializer’s words', () => {
  const unrecognized = '400 the object provided is unrecognized (must be of type Pod)';
  assert.equal(
    refusalOf(() => from(new Uint8Array())),
    `${unrecognized}: empty data (<empty>)`,
  );
  assert.equal(
    refusalOf(() => from(Uint8Array.of(0x7b, 0x7d))),
    `${unrecognized}: provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})`,
  );
  assert.equal(
    refusalOf(() => from(Uint8Array.of(...prefix, 0x12, 9))),
    `${unrecognized}: unexpected EOF (6b3873001209)`,
  );
  assert.equal(
    refusalOf(() => from(untyped((raw) => raw.int(1, 1)))),
    '400 Pod in version "v1" cannot be handled as a Pod: proto: wrong wireType = 0 for field ObjectMeta',
  );
});

test('another kind, or another version, is refused as it is in JSON', () => {
  const config = encodeKubernetesProtobuf({}, 'v1', 'ConfigMap')!;
  assert.equal(
    refusalOf(() => from(config)),
    '400 ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
  );
  const old = encodeKubernetesProtobuf({}, 'apps/v1beta1', 'Deployment')!;
  assert.equal(
    refusalOf(() => from(old, Deployment)),
    '400 the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)',
  );
});

test('custom kinds have no protocol buffers', () => {
  const widget: Decodable = { group: 'example.com', version: 'v1', kind: 'Widget', schema: () => ({ type: 'object' }) };
  assert.equal(
    refusalOf(() => from(Uint8Array.from(prefix), widget)),
    '415 the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  );
});

test('bodies of subresources are read too', () => {
  const bodies: readonly (readonly [definition: string, apiVersion: string, object: object])[] = [
    ['io.k8s.api.policy.v1.Eviction', 'policy/v1', { metadata: { name: 'a' }, deleteOptions: { gracePeriodSeconds: 0 } }],
    [
      'io.k8s.api.authentication.v1.TokenRequest',
      'authentication.k8s.io/v1',
      { metadata: {}, spec: { audiences: ['x'], expirationSeconds: 600 } },
    ],
    ['io.k8s.api.core.v1.Binding', 'v1', { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } }],
    ['io.k8s.api.autoscaling.v1.Scale', 'autoscaling/v1', { metadata: { name: 'a' }, spec: { replicas: 3 } }],
  ];
  for (const [definition, apiVersion, object] of bodies) {
    const kind = definition.split('.').at(-1)!;
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const decodable = { group, version, kind, schema: () => schemaOf(definition) };
    assert.deepEqual(from(encodeKubernetesProtobuf(object, apiVersion, kind)!, decodable).object, { apiVersion, kind, ...object });
  }
});
